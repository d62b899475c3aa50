import { existsSync, statSync } from 'node:fs';
import { type Environment, RsyncError, UsageError } from '../../protocol/index.ts';
import { readPasswordFile, systemPath } from '../../protocol/internal.ts';
import { EventFilter } from '../filter/event-filter.ts';
import { RootWatch } from '../tree/watched-root.ts';
import { ConfigError, type ConfigPlace } from './config-error.ts';
import { checkParsedConfig } from './config-shape.ts';
import type { ParsedConfig } from './parse-config.ts';
import { type ReplicatorSettings, settingsOf } from './settings.ts';

/**
 * Checks before anything begins whether a config can be carried out on this machine: its options, the watched folder,
 * the password file.
 *
 * @param file Of the config, for messages.
 * @throws ConfigError with the place in the file.
 */
export function checkConfig(file: string, parsed: ParsedConfig, environment: Environment = {}): void {
  checkParsedConfig(parsed);
  const { config, places } = parsed;
  const { ssh, commonParams, watchedFolder, passwordFile } = places;
  const at = <T>(place: ConfigPlace | undefined, check: () => T): T => {
    try {
      return check();
    } catch (thrown) {
      if (!(thrown instanceof RsyncError)) throw thrown;
      throw new ConfigError(file, place ?? { line: 1, column: 1 }, thrown.message, { cause: thrown });
    }
  };
  const { rsync, localPath } = config.sersync;
  const settings = at(rsync.ssh.isOn ? ssh : commonParams, () => settingsOf(config, environment));
  at(watchedFolder, () => new RootWatch(localPath));
  at(commonParams, () => new EventFilter({ ...settings.filter, root: settings.root }));
  at(rsync.auth.isOn ? passwordFile : commonParams, () => checkPasswordFiles(settings));
}

/** @throws UsageError if a password file is not there or cannot be used: no login will ever go well. */
export function checkPasswordFiles({
  remotes,
  transfer,
}: Pick<ReplicatorSettings, 'remotes' | 'transfer'>): void {
  for (const { connection } of remotes) {
    const file = connection.passwordFile;
    if (file === undefined || file === '-') continue;
    if (!existsSync(systemPath(file))) throw new UsageError(`the password file is not there: ${file}`);
    // What is read from a pipe is gone before the first login.
    if (statSync(systemPath(file)).isFIFO()) continue;
    readPasswordFile(file, undefined, transfer.insecureLinks);
  }
}
