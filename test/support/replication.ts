import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BatchReport,
  type Log,
  parseConfig,
  type Replicator,
  type ReplicatorOptions,
  type SersyncConfig,
  startReplicator,
} from '../../src/watch/index.ts';
import { writeTree } from './disk-tree.ts';
import type { Folder } from './memory-tree.ts';
import { removeTree } from './rights.ts';
import { rsync } from './rsync-client.ts';
import type { Rsyncd } from './rsyncd.ts';

export interface ReplicationParts {
  readonly root: string;
  readonly port: number;
  /** Hosts and modules; all on one port, as in sersync. */
  readonly remotes: ReadonlyArray<{ readonly host?: string; readonly module: string }>;
  readonly params?: string;
  /** Elements for `<head>`. */
  readonly head?: string;
  /** Elements for `<tsersync>`. */
  readonly own?: string;
  readonly deletes?: boolean;
  readonly createsFolders?: boolean;
  /** The longest that a path that keeps changing waits; default 500. */
  readonly maxMs?: number;
  /** Elements for `<rsync>`. */
  readonly rsync?: string;
}

/** A watched folder and the folder in a module that it goes to, both new. */
export interface Replication extends AsyncDisposable {
  readonly root: string;
  /** A folder on the same file system that is not watched. */
  readonly outside: string;
  readonly destination: string;
  readonly replicator: Replicator;
  readonly log: KeptLog;
  readonly batches: readonly BatchReport[];
  /** Waits until source and destination are equal. */
  equal(options?: Patience): Promise<void>;
}

export interface ReplicationWishes extends Omit<ReplicationParts, 'root' | 'port' | 'remotes'> {
  /** What is there, and what is at the other side, before it starts. */
  readonly source?: Folder;
  readonly destination?: Folder;
  /** Other remotes, besides the module of the daemon. */
  readonly others?: ReplicationParts['remotes'];
  /** The name of the module, the first one of the daemon. */
  readonly module?: string;
  readonly options?: Omit<ReplicatorOptions, 'log'>;
}

let replications = 0;

/** Replicates a new folder into a new folder of a module. */
export async function replicate(
  rsyncd: Pick<Rsyncd, 'port' | 'modulePath'>,
  wishes: ReplicationWishes = {},
): Promise<Replication> {
  const { source = {}, others = [], module = 'inbox', options = {}, ...parts } = wishes;
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-replication-')));
  const [root, outside] = [join(base, 'tree'), join(base, 'outside')];
  writeTree(root, source);
  mkdirSync(outside);
  replications += 1;
  const folder = `r${process.pid}-${replications}`;
  const destination = join(rsyncd.modulePath(module), folder);
  writeTree(destination, wishes.destination ?? {});
  const remotes = [{ module: `${module}/${folder}` }, ...others];
  const log = keptLog();
  const config = replicationConfig({ ...parts, root, port: rsyncd.port, remotes });
  const replicator = await startReplicator(config, { ...options, log });
  const batches: BatchReport[] = [];
  replicator.events.on('batch', (batch) => batches.push(batch));
  return {
    root,
    outside,
    destination,
    replicator,
    log,
    batches,
    equal: (patience) => untilEqual(root, destination, patience),
    async [Symbol.asyncDispose]() {
      await replicator.stop();
      removeTree(base);
      removeTree(destination);
    },
  };
}

/** The config of a replication without any filter, unless `own` has one. */
export function replicationConfig(parts: ReplicationParts): SersyncConfig {
  const { root, port, remotes, params = '-a', head = '', own, deletes = true, createsFolders = true } = parts;
  const noFilter = '<ignoreHidden start="false"/><ignoreTemporary start="false"/>';
  const xml = `<head version="2.5">
    <inotify>
      <delete start="${deletes}"/><createFolder start="${createsFolders}"/><createFile start="true"/>
      <closeWrite start="true"/><moveFrom start="true"/><moveTo start="true"/>
      <attrib start="true"/><modify start="true"/>
    </inotify>
    ${head}
    <sersync>
      <localpath watch="${root}">
        ${remotes.map(({ host = '127.0.0.1', module }) => `<remote ip="${host}" name="${module}"/>`).join('')}
      </localpath>
      <rsync>
        <commonParams params="${params}"/>
        <userDefinedPort start="true" port="${port}"/>
        ${parts.rsync ?? ''}
      </rsync>
    </sersync>
    <tsersync><settle quietMs="5" maxMs="${parts.maxMs ?? 500}"/>${own ?? noFilter}</tsersync>
  </head>`;
  return parseConfig(Buffer.from(xml), 'replication.xml').config;
}

export interface KeptLog extends Log {
  readonly lines: string[];
}

/** What is logged, line by line; for the message of a test that fails. */
export function keptLog(): KeptLog {
  const lines: string[] = [];
  const keep = (level: string) => (fields: object, message: string) => {
    lines.push(`${level}: ${message} ${JSON.stringify(fields)} ${Date.now() % 1e6}`);
  };
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** What real rsync would do to make one folder equal to another, contents included. */
export async function differences(from: string, to: string, ...options: string[]): Promise<string> {
  const { stdout, stderr } = await rsync([
    '-ani',
    '--checksum',
    '--delete',
    ...options,
    `${from}/`,
    `${to}/`,
  ]);
  return stdout + stderr;
}

/** A server that was killed leaves files of this form behind. */
export const LEFT_BEHIND = '--exclude=.*.??????';

export interface Patience {
  readonly deadlineMs?: number;
  /** For the rsync that compares. */
  readonly options?: readonly string[];
}

/** Waits until two folders are equal; throws with the differences if that takes too long. */
export async function untilEqual(
  from: string,
  to: string,
  { deadlineMs = 20_000, options = [] }: Patience = {},
): Promise<void> {
  const until = performance.now() + deadlineMs;
  for (let pauseMs = 5; ; pauseMs = Math.min(200, pauseMs * 2)) {
    const found = await differences(from, to, ...options);
    if (found === '') return;
    if (performance.now() > until) throw new Error(`not equal after ${deadlineMs} ms:\n${found}`);
    await delay(pauseMs);
  }
}

/** Waits for something to be true. */
export async function until(isTrue: () => boolean, what: string, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await delay(2);
  }
}
