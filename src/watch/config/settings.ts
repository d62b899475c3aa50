import { resolve } from 'node:path';
import {
  type ConnectionOptions,
  type DaemonTarget,
  type Environment,
  parseOptions,
  type TransferOptions,
  UnsupportedError,
  UsageError,
} from '../../protocol/index.ts';
import type { EventFilterRules } from '../filter/event-filter.ts';
import { checkConfigShape } from './config-shape.ts';
import { describeRemote } from './describe-config.ts';
import type { Remote, SersyncConfig } from './sersync-config.ts';

export interface SettleTimes {
  /** A path is due when nothing has happened to it for so long, */
  readonly quietMs: number;
  /** or when it has been dirty for so long. */
  readonly maxMs: number;
}

/** What the replicator is to do, understood and checked. */
export interface ReplicatorSettings {
  /** The watched folder. */
  readonly root: string;
  readonly remotes: readonly RemoteSettings[];
  /** The user's own options for every transfer. */
  readonly transfer: TransferOptions;
  readonly filter: Omit<EventFilterRules, 'root'>;
  /** Rsync patterns that hold for the whole tree only, not for single changes. */
  readonly wholeTreeExcludes: readonly string[];
  readonly deletes: boolean;
  readonly sendsFiles: boolean;
  readonly sendsFolders: boolean;
  /** Symlinks are sent as what they lead to. */
  readonly followsLinks: boolean;
  /** `-u` holds for single changes, too. */
  readonly updatesOnly: boolean;
  readonly settle: SettleTimes;
  /** Maximum retry delay of a path that could not be sent. */
  readonly retryMs: number;
}

export interface RemoteSettings {
  /** `user@host::module/path`. */
  readonly name: string;
  readonly target: DaemonTarget;
  readonly connection: ConnectionOptions;
}

const MINUTE_MS = 60_000;

/**
 * What a confxml.xml asks for.
 *
 * @param environment Variables that rsync honours.
 * @throws UsageError or UnsupportedError for what cannot be done.
 */
export function settingsOf(config: SersyncConfig, environment: Environment = {}): ReplicatorSettings {
  checkConfigShape(config);
  const { filter, inotify, sersync, tsersync } = config;
  const { rsync } = sersync;
  if (rsync.ssh.isOn) throw new UnsupportedError('<ssh>: remotes are reached as daemons only');
  const { transfer, connection, operands } = parseOptions(rsync.commonParams, environment);
  const [operand] = operands;
  if (operand !== undefined) throw new UsageError(`commonParams: ${operand} is not an option`);
  const timeout = rsync.timeout.isOn ? { timeout: rsync.timeout.timeoutSeconds } : {};
  return {
    root: sersync.localPath,
    remotes: sersync.remotes.map((remote) => remoteSettings(remote, config, connection)),
    transfer: { ...transfer, ...timeout },
    filter: {
      excludes: filter.isOn ? filter.excludes.map(({ expression, kind }) => ({ expression, kind })) : [],
      ignoresHidden: tsersync.ignoreHidden.isOn,
      ignoresTemporary: tsersync.ignoreTemporary.isOn,
      transfer,
    },
    wholeTreeExcludes: sersync.crontab.filter.isOn ? sersync.crontab.filter.excludes : [],
    deletes: inotify.delete.isOn,
    sendsFiles: [inotify.createFile, inotify.closeWrite, inotify.modify, inotify.moveTo].some(
      ({ isOn }) => isOn,
    ),
    sendsFolders: inotify.createFolder.isOn && transfer.pruneEmptyDirs !== true,
    followsLinks: followsLinks(transfer),
    updatesOnly: tsersync.update.isForEvents,
    settle: tsersync.settle,
    retryMs: sersync.failLog.retryMinutes * MINUTE_MS,
  };
}

function remoteSettings(
  remote: Remote,
  { sersync }: SersyncConfig,
  common: ConnectionOptions,
): RemoteSettings {
  const { auth, userDefinedPort } = sersync.rsync;
  const { host, name, user } = remote;
  const [, module = '', path = ''] = /^([^/]*)\/*(.*?)\/*$/s.exec(name) ?? [];
  return {
    name: describeRemote(remote, false),
    target: {
      kind: 'daemon',
      host,
      module,
      // With a slash, so that a single file does not take the place of the folder.
      path: path === '' ? '' : `${path}/`,
      ...(user !== undefined && { user }),
    },
    connection: {
      ...common,
      ...(userDefinedPort.isOn && { port: userDefinedPort.port }),
      ...(auth.isOn && { passwordFile: resolve(sersync.localPath, auth.passwordFile) }),
    },
  };
}

/** Whether symlinks, or some of them, are sent as what they lead to. */
export function followsLinks({ copyLinks, copyDirlinks, copyUnsafeLinks }: TransferOptions): boolean {
  return [copyLinks, copyDirlinks, copyUnsafeLinks].includes(true);
}
