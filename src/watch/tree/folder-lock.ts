import { readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { platform } from 'node:os';
import { UsageError } from '../../protocol/index.ts';
import type { Emit } from '../listeners/events.ts';
import type { WatchedRoot } from './watched-root.ts';

/** Where something is sent, in a form that can be compared without being told: other users may ask. */
export interface TargetKeys {
  readonly own: string;
  /** Of the folders above it, up to the module. */
  readonly above: readonly string[];
}

export interface LockRequest {
  readonly root: WatchedRoot;
  readonly targets: readonly LockedTarget[];
  readonly deletes: boolean;
  readonly emit: Emit;
}

export interface LockedTarget extends TargetKeys {
  readonly name: string;
}

/** What the holder of a lock tells to whoever asks. */
interface Holder {
  readonly pid: number;
  /** When it began, in ms since 1970. */
  readonly since: number;
  readonly deletes: boolean;
  readonly targets: readonly TargetKeys[];
}

/** Names of sockets that belong to no file: the kernel takes them back however their process ends. */
const PREFIX = 'tsersync/folder/';
const ASK_MS = 1000;
const MAX_ANSWER_LENGTH = 256 * 1024;
const MAX_TRIES = 5;

/**
 * The right to watch a folder, which only one process of a machine has at a time, by whatever path; and to delete in
 * what it is sent to. It is a listening socket, so nothing is left behind by a process that was killed. Containers with
 * a network of their own do not see each other's.
 */
export class FolderLock {
  readonly #server: Server | undefined;

  private constructor(server: Server | undefined) {
    this.#server = server;
  }

  /** @throws UsageError if another process has it, or deletes in the same place at a remote. */
  static async take(request: LockRequest): Promise<FolderLock> {
    if (platform() !== 'linux') return new FolderLock(undefined);
    const name = `${PREFIX}${request.root.device}:${request.root.inode}`;
    const since = performance.timeOrigin + performance.now();
    const server = await bind(name, answerOf(request, since), request);
    const lock = new FolderLock(server);
    try {
      await checkOthers(name, since, request);
      return lock;
    } catch (thrown) {
      await lock.release();
      throw thrown;
    }
  }

  async release(): Promise<void> {
    const server = this.#server;
    if (server?.listening) await new Promise<void>((done) => server.close(() => done()));
  }
}

function answerOf({ deletes, targets }: LockRequest, since: number): string {
  const { pid } = process;
  const holder: Holder = { pid, since, deletes, targets: targets.map(({ own, above }) => ({ own, above })) };
  return JSON.stringify(holder);
}

/** Undefined if there can be no such socket here, which is told. */
async function bind(name: string, answer: string, { root, emit }: LockRequest): Promise<Server | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listen(name, answer);
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException;
      if (error.code !== 'EADDRINUSE') {
        emit('unlocked', { root: root.path, error });
        return undefined;
      }
      const holder = await ask(name);
      // It may have ended just now.
      if (holder === 'gone' && tries < MAX_TRIES) continue;
      throw new UsageError(`${nameOf(holder)} watches this folder already: ${root.path}`);
    }
  }
}

function nameOf(holder: Holder | 'gone' | 'silent'): string {
  if (typeof holder !== 'object') return 'another process';
  return holder.pid === process.pid ? `process ${holder.pid}, this one,` : `process ${holder.pid}`;
}

function listen(name: string, answer: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.setTimeout(ASK_MS, () => socket.destroy());
      socket.end(answer);
    });
    server.once('error', reject);
    server.listen(`\0${name}`, () => {
      // That it lives is no reason for the process to.
      server.unref();
      server.removeListener('error', reject);
      server.on('error', () => {});
      resolve(server);
    });
  });
}

/** Other folders that are watched on this machine may go to the same place. */
async function checkOthers(own: string, since: number, request: LockRequest): Promise<void> {
  const names = otherNames().filter((name) => name !== own);
  const holders = await Promise.all(names.map(ask));
  for (const holder of holders) {
    // Of two that start at the same time the later one gives way.
    if (typeof holder !== 'object' || holder.since > since) continue;
    for (const target of request.targets) compare(target, holder, request);
  }
}

function compare(target: LockedTarget, holder: Holder, { deletes, root, emit }: LockRequest): void {
  const isSame = holder.targets.some(({ own }) => own === target.own);
  const who = `process ${holder.pid}`;
  if (isSame && (deletes || holder.deletes))
    throw new UsageError(
      `${who} sends another folder to ${target.name}, too: each would delete what the other sends`,
    );
  // Within one process, whoever reads the configs has compared them, and knows more.
  if (holder.pid === process.pid) return;
  const isBelow = holder.deletes && holder.targets.some(({ own }) => target.above.includes(own));
  const isAbove = deletes && holder.targets.some(({ above }) => above.includes(target.own));
  const other = isSame ? 'same' : isBelow ? 'above' : isAbove ? 'below' : undefined;
  if (other === undefined) return;
  emit('sharedTarget', { root: root.path, remote: target.name, pid: holder.pid, other });
}

/** Names of all locks on this machine, as Linux lists sockets: one a line, the name at the end. */
function otherNames(): string[] {
  try {
    const lines = readFileSync('/proc/net/unix', 'latin1').split('\n');
    const names = lines.map((line) => /^(?:\S+ +){7}@(\S+)$/.exec(line)?.[1]);
    return [...new Set(names.filter((name) => name?.startsWith(PREFIX) === true))] as string[];
  } catch {
    return [];
  }
}

/** `gone`: nobody is there any more; `silent`: somebody is, who does not answer as one of us would. */
function ask(name: string): Promise<Holder | 'gone' | 'silent'> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(`\0${name}`);
    socket.setEncoding('utf8');
    const timer = setTimeout(() => finish('silent'), ASK_MS);
    const finish = (result: Holder | 'gone' | 'silent') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > MAX_ANSWER_LENGTH) finish('silent');
    });
    socket.once('end', () => finish(parseHolder(answer) ?? 'silent'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      finish(code === 'ECONNREFUSED' ? 'gone' : 'silent'),
    );
  });
}

/** Any process may have taken such a name. */
function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, since, deletes, targets } = JSON.parse(text);
    const isKeys = ({ own, above }: TargetKeys) => typeof own === 'string' && Array.isArray(above);
    if (!Number.isSafeInteger(pid) || typeof since !== 'number' || typeof deletes !== 'boolean')
      return undefined;
    return Array.isArray(targets) && targets.every(isKeys) ? { pid, since, deletes, targets } : undefined;
  } catch {
    return undefined;
  }
}
