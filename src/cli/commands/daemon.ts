import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes, FileError, NamedFileError, UsageError } from '../../protocol/index.ts';
import { withPipes } from '../../protocol/internal.ts';
import {
  checkConfig,
  describeConfig,
  type Log,
  MAX_LANES,
  noticesOf,
  type ParsedConfig,
  type Replicator,
  readConfig,
  settingsOf,
  startReplicator,
  targetConflicts,
} from '../../watch/index.ts';
import { GarbageAtRest, keepHeapSmall, ownHeap } from '../garbage-at-rest.ts';
import { Interruption } from '../interruption.ts';
import type { CliIo } from '../io.ts';
import { openEventLog } from '../output/event-log.ts';

export interface DaemonRequest {
  /** Names of confxml.xml files; each watches one folder. */
  readonly configs: readonly string[];
  /** The command line names none. */
  readonly isDefault: boolean;
  /** `-r` */
  readonly startsWithAll: boolean;
  /** `-n` */
  readonly lanes: number;
}

interface NamedConfig extends ParsedConfig {
  readonly file: string;
}

/**
 * Watches what the configs name until it is told to stop. Nothing starts, or is printed, unless all of them can be
 * carried out. Answers 0 if all changes were sent before the end, else 20 (19 after SIGUSR1).
 */
export async function daemon(request: DaemonRequest, io: CliIo): Promise<number> {
  const { startsWithAll, lanes } = request;
  checkLanes(lanes);
  const parsed = await readConfigs(request, io);
  for (const config of parsed) checkConfig(config.file, config, io.environment);
  const isDebugged = parsed.some(({ config }) => config.debug.isOn);
  const log = openEventLog(io, isDebugged ? 'debug' : 'info');
  for (const config of parsed) introduce(config, log);
  checkTargets(parsed, io, log);
  const control = new AbortController();
  const { signal } = control;
  io.signal.addEventListener('abort', () => control.abort());
  if (io.signal.aborted) control.abort();
  keepHeapSmall();
  const starting = parsed.map(({ config }) =>
    startReplicator(config, { log, signal, startsWithAll, lanes, environment: io.environment }),
  );
  try {
    const replicators = await Promise.all(starting);
    const garbage = new GarbageAtRest({ ...ownHeap(), isAtRest: () => replicators.every(isAtRest) });
    await aborted(signal);
    garbage.stop();
    await Promise.all(replicators.map((replicator) => replicator.stop()));
    return exitCodeOf(replicators, io.signal.reason, log);
  } catch (thrown) {
    control.abort();
    const others = await Promise.allSettled(starting);
    await Promise.all(others.map((other) => other.status === 'fulfilled' && other.value.stop()));
    throw thrown;
  }
}

function isAtRest(replicator: Replicator): boolean {
  const { dirty, remotes } = replicator.status();
  return dirty === 0 && remotes.every(({ sessions }) => sessions === 0);
}

function checkLanes(count: number): void {
  if (count < 1 || count > MAX_LANES)
    throw new UsageError(`-n: ${count} is not a number from 1 to ${MAX_LANES}`);
}

/** What one config deletes must not be what another one sends. */
function checkTargets(configs: readonly NamedConfig[], io: CliIo, log: Log): void {
  // That a folder is not there is told by whoever begins to watch it.
  const watched = configs.filter(({ config }) => existsSync(config.sersync.localPath));
  const settings = watched.map(({ config }) => settingsOf(config, io.environment));
  for (const { isHarmful, message } of targetConflicts(settings)) {
    if (isHarmful) throw new UsageError(message);
    log.warn({}, message);
  }
}

/** Changes that were not sent before the end are no success: whoever waits for it has to know. */
function exitCodeOf(replicators: readonly Replicator[], reason: unknown, log: Log): number {
  const unsent = replicators
    .map((replicator) => replicator.status())
    .flatMap(({ dirty, remotes }) => [dirty, ...remotes.map(({ backlog }) => backlog)])
    .reduce((sum, size) => sum + size, 0);
  if (unsent === 0) return exitCodes.ok;
  log.warn({ unsent }, 'stopped before all changes were sent: the next start with -r sends them');
  return reason instanceof Interruption ? reason.exitCode : exitCodes.interrupted;
}

/** A config may come through a pipe: waiting for it can be interrupted. */
async function readConfigs({ configs, isDefault }: DaemonRequest, io: CliIo): Promise<NamedConfig[]> {
  const files = configs.map((name) => resolve(io.folder, name));
  try {
    return await withPipes(io.signal, (read) => files.map((file) => ({ ...readConfig(file, read), file })));
  } catch (thrown) {
    const cause = thrown instanceof FileError ? thrown.cause : undefined;
    if (!isDefault || !(cause instanceof NamedFileError) || cause.code !== 'ENOENT') throw thrown;
    throw new FileError(`no ${configs.join()} here; name one with -o`, { cause });
  }
}

/** What was read, and what of it will not be as its author may expect. */
function introduce(parsed: NamedConfig, log: Log): void {
  const { config, notes, file } = parsed;
  for (const { line, column, message } of notes) log.warn({}, `${file}:${line}:${column}: ${message}`);
  for (const line of describeConfig(config)) log.info({}, line);
  for (const notice of noticesOf(parsed)) log.warn({}, notice);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
