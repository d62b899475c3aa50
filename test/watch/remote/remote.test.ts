import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TreeChange } from '../../../src/protocol/index.ts';
import { pathsByAction } from '../../../src/protocol/trees/tree-change.ts';
import { type ChangeKind, changeOf } from '../../../src/watch/change.ts';
import type { EventFilter } from '../../../src/watch/filter/event-filter.ts';
import { SessionFailure } from '../../../src/watch/lanes/lane.ts';
import type { Outcome } from '../../../src/watch/lanes/messages.ts';
import type { Deletions } from '../../../src/watch/lanes/pruning.ts';
import { eventStream } from '../../../src/watch/listeners/event-stream.ts';
import type { BatchReport, Emit, ReplicatorEvents } from '../../../src/watch/listeners/events.ts';
import type { Log } from '../../../src/watch/listeners/log.ts';
import { Remote, type RemoteParts } from '../../../src/watch/remote/remote.ts';
import type { Sessions } from '../../../src/watch/remote/remote-sessions.ts';
import { excluding, filterOf } from '../../support/event-filter.ts';
import { MemoryDisk } from '../../support/memory-disk.ts';
import { type KeptLog, keptLog } from '../../support/replication.ts';

/* That a remote ends equal whatever happens is in convergence.test.ts. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A session that has begun, and ends as the test says. */
interface Begun {
  readonly name: string;
  readonly paths: readonly string[];
  end(outcome?: Partial<Outcome>): Promise<void>;
  fail(failure?: Partial<SessionFailure>): Promise<void>;
}

const GOOD: Outcome = {
  exitCode: 0,
  problems: [],
  errors: [],
  isAbridged: false,
  changed: 1,
  deleted: 0,
  deletions: { paths: [], isAbridged: false },
  sentBytes: 10,
  receivedBytes: 5,
  listedAt: { wall: 0, monotonic: 0 },
};

/** Sessions of which the test says how they end. */
class ScriptedSessions implements Sessions {
  hasRoom = true;
  holds = 0;
  readonly begun: Begun[] = [];
  /** Of each set of changes. */
  readonly halfSent: (readonly string[])[] = [];
  /** What dry runs say may be deleted. */
  deletions: Deletions = { paths: [], isAbridged: false };

  hold(): void {
    this.holds += 1;
  }

  release(): void {
    this.holds = 0;
  }

  sendChanges(kind: 'always' | 'times', changes: readonly TreeChange[]): Promise<Outcome> {
    const { 'delete-temporary': halfSent, ...paths } = pathsByAction(changes);
    this.halfSent.push(halfSent);
    return this.#begin(kind, Object.values(paths).flat());
  }

  sendAll(compare: string, deletes: boolean): Promise<Outcome> {
    return this.#begin(`all by ${compare}${deletes ? '' : ', without deletion,'}`, ['.']);
  }

  dryRun(): Promise<Deletions> {
    return Promise.resolve(this.deletions);
  }

  dryRunAll(): Promise<Deletions> {
    return Promise.resolve(this.deletions);
  }

  #begin(name: string, paths: readonly string[]): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const settle = () => vi.advanceTimersByTimeAsync(0);
    this.begun.push({
      name,
      paths,
      end: (outcome = {}) => {
        resolve({ ...GOOD, listedAt: { wall: Date.now(), monotonic: Date.now() }, ...outcome });
        return settle().then(() => {});
      },
      fail: (failure = {}) => {
        const report = { message: 'it broke', code: 'ERR', isTransient: true, isOpening: false, ...failure };
        reject(new SessionFailure(report));
        return settle().then(() => {});
      },
    });
    return promise;
  }
}

function textOf({ kind, paths, latencyMs }: BatchReport): string {
  return `${kind} ${paths} ${latencyMs}`;
}

function remoteOf({
  filter = filterOf(),
  maxSessions = 3,
  log = keptLog(),
  onBatch,
  ...others
}: {
  filter?: EventFilter;
  maxSessions?: number;
  log?: Log;
  onBatch?: (report: BatchReport) => void;
} & Partial<RemoteParts> = {}) {
  const disk = new MemoryDisk(() => Date.now());
  const sessions = new ScriptedSessions();
  const dirty: string[] = [];
  const batches: string[] = [];
  const users = new EventEmitter<ReplicatorEvents>();
  users.on('batch', onBatch ?? ((report) => batches.push(textOf(report))));
  let rootGone = 0;
  const root = { path: '/watched', device: 1, inode: disk.root.inode, bornMs: 0, isLocalFileSystem: true };
  const remote = new Remote({
    name: 'host::m',
    folder: '',
    sessions,
    maxSessions,
    rules: { filter, deletes: true, sendsFiles: true, sendsFolders: true, followsLinks: false },
    disk,
    root,
    retryMs: 60_000,
    clocks: { wall: () => Date.now(), monotonic: () => Date.now() },
    random: () => 1,
    emit: eventStream(log, users),
    beingWritten: () => new Set(),
    onDirty: (path) => dirty.push(path),
    onRootGone: () => {
      rootGone += 1;
    },
    ...others,
  });
  const add = (path: string, kind: ChangeKind = 'path') => remote.add([changeOf(path, kind, Date.now())]);
  /** What each session that has begun is about. */
  const begun = () => sessions.begun.map(({ name, paths }) => `${name} ${paths}`);
  return {
    remote,
    disk,
    sessions,
    log: log as KeptLog,
    dirty,
    batches,
    add,
    begun,
    rootGone: () => rootGone,
    root,
  };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a remote', () => {
  it('is sent what has changed at once, and reports it', async () => {
    const { disk, add, sessions, begun, remote, batches } = remoteOf();
    disk.write('a', 'x');
    add('a');
    expect([begun(), remote.status.state]).toEqual([['always a'], 'sending']);
    await wait(30);
    await sessions.begun[0]?.end();
    expect(remote.status).toMatchObject({ state: 'idle', backlog: 0, sessions: 0 });
    expect(batches).toEqual(['changes a 30']);
  });

  it('has a session made ready when a change is to be expected', () => {
    const { remote, sessions } = remoteOf();
    remote.expect();
    expect(sessions.holds).toBe(1);
    remote.stop();
    remote.expect();
    expect(sessions.holds).toBe(0);
  });

  it('has several sessions, but never two about the same path', async () => {
    const { disk, add, sessions, begun } = remoteOf();
    for (const path of ['d/a', 'b', 'c', 'e']) disk.write(path, 'x');
    add('d/a');
    add('d', 'tree');
    add('b');
    add('c');
    add('e');
    expect(begun()).toEqual(['always d/a', 'always b', 'always c']);
    await sessions.begun[1]?.end();
    expect(begun().slice(3)).toEqual(['always e']);
    await sessions.begun[0]?.end();
    expect(begun().slice(4)).toEqual(['times d']);
  });

  it('has no more sessions than its share, however many large files wait', () => {
    const { disk, sessions, begun, remote } = remoteOf({ maxSessions: 2 });
    const content = 'x'.repeat(64 * 1024 * 1024);
    const paths = ['a', 'b', 'c', 'd'];
    for (const path of paths) disk.write(path, content);
    remote.add(paths.map((path) => changeOf(path, 'path', Date.now())));
    expect(begun()).toEqual(['always a', 'always b']);
    expect([remote.status.backlog, sessions.begun.length]).toEqual([4, 2]);
  });

  it('waits for a lane', () => {
    const { disk, add, sessions, begun, remote } = remoteOf();
    sessions.hasRoom = false;
    disk.write('a', 'x');
    add('a');
    expect([begun(), remote.status.backlog]).toEqual([[], 1]);
    sessions.hasRoom = true;
    remote.pump();
    expect(begun()).toEqual(['always a']);
  });

  it('is not sent again what it has, when that is only said once more', async () => {
    const { disk, add, sessions, begun, remote } = remoteOf();
    disk.write('a', 'x');
    await wait(100);
    add('a');
    await sessions.begun[0]?.end();
    const echo = changeOf('a', 'path', Date.now(), Number.NEGATIVE_INFINITY);
    remote.add([echo]);
    expect(begun()).toHaveLength(1);
    disk.write('a', 'y');
    remote.add([echo]);
    expect(begun()).toHaveLength(2);
  });

  it('is sent what the system tells after the listing, even if times and size say that it has it', async () => {
    const { disk, add, sessions, begun } = remoteOf();
    disk.write('a', 'x');
    disk.beginWrite('a', 'y');
    await wait(100);
    add('a');
    await sessions.begun[0]?.end();
    disk.goOnWriting(0);
    disk.goOnWriting(0);
    await wait(1);
    add('a');
    expect(begun()).toEqual(['always a', 'always a']);
  });

  it('has looked at again what was gone when it was to be read', async () => {
    const { disk, add, sessions, dirty } = remoteOf();
    disk.write('d/x', 'x');
    add('d', 'tree');
    const problem = { path: 'd/x', doing: 'lstat', kind: 'vanished', reason: 'ENOENT' } as const;
    await sessions.begun[0]?.end({ exitCode: 24, problems: [problem] });
    expect(dirty).toEqual(['d/x']);
  });

  it('is told again of deletions that the server left out since something could not be listed', async () => {
    const { disk, add, sessions, begun, remote } = remoteOf({ maxSessions: 1 });
    for (const path of ['first', 'a']) disk.write(path, 'x');
    add('first');
    for (const path of ['a', 'gone']) add(path);
    await sessions.begun[0]?.end();
    const problem = { path: 'a', doing: 'lstat', kind: 'failed', reason: 'EACCES' } as const;
    await sessions.begun[1]?.end({ exitCode: 23, problems: [problem] });
    expect(begun().slice(1)).toEqual(['always a,gone', 'always gone']);
    expect(remote.status.failures.map(({ path }) => path)).toEqual(['a']);
  });

  it('has looked at again what changed while it was sent', async () => {
    const { disk, add, sessions, dirty } = remoteOf();
    disk.write('a', 'x');
    add('a');
    await wait(10);
    disk.write('a', 'y');
    await sessions.begun[0]?.end();
    expect(dirty).toEqual(['a']);
  });
});

describe('a remote that breaks', () => {
  it.each([
    'ERROR: module is read only',
    'ERROR: module is read only; rsync error: syntax or usage error (code 1) at main.c(1145) [Receiver=3.2.3]',
    'The server is configured to refuse --delete',
  ])(
    'is left alone when it refuses everything, also if it says so when the session is open: %s',
    async (message) => {
      const { remote, disk, sessions, add } = remoteOf();
      disk.write('a', 'x');
      add('a');
      await sessions.begun[0]?.fail({ message, code: 'ERR_RSYNC_REMOTE_EXIT', isTransient: false });
      expect(remote.status).toMatchObject({ state: 'blocked', backlog: 1, reason: message, failures: [] });
    },
  );

  it('is not thought to refuse everything when it says so of a file of that name', async () => {
    const { remote, disk, sessions, add } = remoteOf();
    disk.write('a', 'x');
    add('a');
    const message = 'cannot store "ERROR: module is read only"';
    await sessions.begun[0]?.fail({ message, code: 'ERR_RSYNC_REMOTE_EXIT', isTransient: false });
    expect(remote.status).toMatchObject({ state: 'idle', failures: [{ path: 'a' }] });
  });

  it('keeps everything, and is left alone for a while', async () => {
    const { disk, add, sessions, begun, remote } = remoteOf();
    disk.write('a', 'x');
    add('a');
    await sessions.begun[0]?.fail({ isOpening: true });
    expect(remote.status).toMatchObject({ state: 'blocked', backlog: 1, reason: 'it broke' });
    disk.write('b', 'x');
    add('b');
    expect(begun()).toHaveLength(1);
    await wait(249);
    expect(begun()).toHaveLength(1);
    await wait(1);
    expect(begun()[1]).toBe('always a,b');
    expect(remote.status).toMatchObject({ state: 'sending', reason: 'it broke', nextTryAt: undefined });
    await sessions.begun[1]?.end();
    expect(remote.status).toMatchObject({ state: 'idle', backlog: 0, reason: undefined });
  });

  it('with an error that is not of the line has the file found that it is about', async () => {
    const { disk, sessions, begun, remote } = remoteOf({ maxSessions: 1 });
    const paths = ['a', 'bad', 'c', 'd'];
    for (const path of paths) disk.write(path, 'x');
    remote.add(paths.map((path) => changeOf(path, 'path', Date.now())));
    for (const session of sessions.begun) {
      if (!session.paths.includes('bad')) await session.end();
      else await session.fail({ isTransient: false, message: 'protocol error' });
    }
    expect(begun()).toEqual(['always a,bad,c,d', 'always a,bad', 'always a', 'always bad', 'always c,d']);
    expect(remote.status.failures).toMatchObject([{ path: 'bad', reason: 'protocol error', attempts: 1 }]);
  });

  it('for one path sends the others, and tries that one again later', async () => {
    const { disk, sessions, begun, remote } = remoteOf();
    for (const path of ['a', 'bad']) disk.write(path, 'x');
    remote.add(['a', 'bad'].map((path) => changeOf(path, 'path', Date.now())));
    const errors = ['ERROR: daemon refused to receive file "bad"'];
    await sessions.begun[0]?.end({ exitCode: 23, errors });
    expect(remote.status).toMatchObject({
      state: 'idle',
      backlog: 1,
      failures: [{ path: 'bad', attempts: 1 }],
    });
    await wait(1000);
    expect(begun()).toEqual(['always a,bad', 'always bad']);
    await sessions.begun[1]?.end();
    expect(remote.status).toMatchObject({ backlog: 0, failures: [] });
  });
});

/** Lets a server do what it does until no session is under way. Answers what each session was about. */
async function serve(
  { sessions }: Pick<ReturnType<typeof remoteOf>, 'sessions'>,
  dies: (paths: readonly string[]) => boolean,
  failure: Partial<SessionFailure> = { isTransient: false, message: 'gives up' },
): Promise<(readonly string[])[]> {
  const served: (readonly string[])[] = [];
  for (let session = sessions.begun.shift(); session !== undefined; session = sessions.begun.shift()) {
    served.push(session.paths);
    if (dies(session.paths)) await session.fail(failure);
    else await session.end();
  }
  return served;
}

describe('a remote that gives up at one path', () => {
  const many = Array.from({ length: 1000 }, (_, i) => `f${i}`);

  function replicating(paths: readonly string[], wishes: Parameters<typeof remoteOf>[0] = {}) {
    const parts = remoteOf(wishes);
    for (const path of paths) parts.disk.write(path, 'x');
    parts.remote.add(paths.map((path) => changeOf(path, 'path', Date.now())));
    return parts;
  }

  const sentOnce = (served: readonly (readonly string[])[], dies: (paths: readonly string[]) => boolean) =>
    served.filter((paths) => !dies(paths)).flat();

  it.each([
    ['one path', (paths: readonly string[]) => paths.includes('f77'), 1, 25],
    ['two paths', (paths: readonly string[]) => ['f77', 'f901'].some((bad) => paths.includes(bad)), 2, 50],
    [
      'two in a row',
      (paths: readonly string[]) => ['f998', 'f999'].some((bad) => paths.includes(bad)),
      2,
      50,
    ],
    ['batches of more than three', (paths: readonly string[]) => paths.length > 3, 0, 1000],
  ])('gets all the others in few sessions: %s', async (_, dies, bad, most) => {
    const parts = replicating(many);
    const served = await serve(parts, dies);
    expect(served.length).toBeLessThanOrEqual(most);
    expect(sentOnce(served, dies)).toHaveLength(1000 - bad);
    expect(parts.remote.status).toMatchObject({ state: 'idle', backlog: bad, reason: undefined });
    expect(parts.remote.status.failures).toHaveLength(bad);
  });

  it('gets what comes later at once, and apart from that path, however often that has failed', async () => {
    const dies = (paths: readonly string[]) => paths.includes('bad');
    const parts = replicating(['a', 'bad', 'c']);
    await serve(parts, dies);
    for (let round = 0; round < 12; round += 1) {
      parts.disk.write(`later${round}`, 'x');
      parts.add(`later${round}`);
      expect(await serve(parts, dies)).toEqual([[`later${round}`]]);
      await wait(60_000);
      const retries = await serve(parts, dies);
      expect(retries.every((paths) => paths.length === 1)).toBe(true);
    }
    expect(parts.remote.status.failures).toMatchObject([{ path: 'bad', reason: 'gives up' }]);
  });

  it('gets what comes later at once although that path changes all the time', async () => {
    const dies = (paths: readonly string[]) => paths.includes('bad');
    const parts = replicating(['bad']);
    await serve(parts, dies);
    for (let round = 0; round < 100; round += 1) {
      parts.disk.write('bad', `${round}`);
      parts.add('bad');
      parts.disk.write('good', `${round}`);
      parts.add('good');
      const served = await serve(parts, dies);
      expect(served.filter((paths) => paths.length > 1)).toEqual([]);
      expect(served).toContainEqual(['good']);
      await wait(100);
    }
    expect(parts.remote.status.state).toBe('idle');
    await wait(6000);
    expect(await serve(parts, () => false)).toEqual([['bad']]);
    expect(parts.remote.status).toMatchObject({ backlog: 0, failures: [] });
  });

  it('has the path found in a whole tree, and gets the rest of it', async () => {
    const parts = remoteOf();
    for (const path of ['a', 'd/b', 'd/e/bad', 'd/e/c', 'f/g']) parts.disk.write(path, 'x');
    parts.add('.', 'all');
    const bad = 'd/e/bad';
    const isWhole = (path: string, kind: string) =>
      kind !== 'path' && (path === '.' || bad.startsWith(`${path}/`));
    const arrived: string[] = [];
    for (
      let session = parts.sessions.begun.shift();
      session !== undefined;
      session = parts.sessions.begun.shift()
    ) {
      const { paths, name } = session;
      const includes = paths.some((path) => path === bad || isWhole(path, name === 'always' ? 'path' : name));
      if (includes) await session.fail({ isTransient: false, message: 'gives up' });
      else {
        arrived.push(...paths);
        await session.end();
      }
    }
    expect(arrived.sort()).toEqual(['a', 'd/b', 'd/e/c', 'f']);
    expect(parts.remote.status.failures.map(({ path }) => path).sort()).toEqual(['.', 'd', 'd/e', bad]);
    expect(parts.remote.status.state).toBe('idle');
  });

  it('is left alone for a while when it gives up at everything, and each path has its reason in the end', async () => {
    const parts = replicating(many);
    const served = await serve(parts, () => true);
    expect(served.length).toBeLessThan(100);
    expect(parts.remote.status).toMatchObject({ state: 'blocked', reason: 'gives up', backlog: 1000 });
    await wait(3_600_000);
    expect((await serve(parts, () => false)).flat().length).toBeGreaterThan(0);
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await wait(60_000);
      await serve(parts, () => false);
    }
    expect(parts.remote.status).toMatchObject({ backlog: 0, failures: [], reason: undefined });
  });

  it('is not blocked by a line that breaks at one path only', async () => {
    const dies = (paths: readonly string[]) => paths.includes('f7');
    const parts = replicating(many.slice(0, 100));
    const broken = { isTransient: true, message: 'the connection was closed' };
    await serve(parts, dies, broken);
    parts.disk.write('new', 'x');
    parts.add('new');
    for (let seconds = 0; seconds < 10; seconds += 1) {
      await wait(1000);
      const served = await serve(parts, dies, broken);
      expect(served.filter((paths) => paths.includes('new') && paths.length > 1)).toEqual([]);
    }
    expect(parts.remote.status.failures).toMatchObject([{ path: 'f7' }]);
    expect(parts.remote.status.backlog).toBe(1);
  });

  it('because it is shut down blames no file', async () => {
    const parts = replicating(['a']);
    const message = 'rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20) at rsync.c(7)';
    await parts.sessions.begun[0]?.fail({ isTransient: false, message });
    expect(parts.remote.status).toMatchObject({ failures: [], state: 'blocked', backlog: 1 });
    await wait(300);
    expect(parts.begun().slice(1)).toEqual(['always a']);
  });
});

describe('an error of the program', () => {
  const fault = () => {
    throw new Error('a fault');
  };

  it('in a look loses nothing and holds up nobody but its path', async () => {
    const { disk, sessions, begun, remote, log } = remoteOf();
    for (const path of ['a', 'bad', 'c']) disk.write(path, 'x');
    const look = disk.look.bind(disk);
    disk.look = (path) => (path === 'bad' ? fault() : look(path));
    remote.add(['a', 'bad', 'c'].map((path) => changeOf(path, 'path', Date.now())));
    expect(begun()).toEqual(['always a,c']);
    await sessions.begun[0]?.end();
    expect(remote.status.failures).toMatchObject([{ path: 'bad', reason: 'a fault' }]);
    expect(log.lines.filter((line) => line.includes('a fault'))).toHaveLength(1);
    disk.look = look;
    await wait(1000);
    expect(begun()).toEqual(['always a,c', 'always bad']);
  });

  it.each(['sendChanges', 'hasRoom'] as const)(
    'in %s loses nothing, is told, and is not tried all the time',
    async (seam) => {
      const { disk, sessions, begun, remote, log, add } = remoteOf();
      let tries = 0;
      const isTried = () => {
        tries += 1;
        return fault();
      };
      const property = seam === 'hasRoom' ? { get: isTried } : { value: isTried };
      Object.defineProperty(sessions, seam, { ...property, configurable: true });
      for (const path of ['a', 'b']) disk.write(path, 'x');
      add('a');
      await wait(1);
      add('b');
      await wait(300_000);
      expect([remote.status.backlog, remote.status.sessions]).toEqual([2, 0]);
      expect(tries).toBeLessThan(60);
      expect(log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
      delete (sessions as Partial<typeof sessions>)[seam];
      if (seam === 'hasRoom') sessions.hasRoom = true;
      await wait(300_000);
      for (const session of sessions.begun) await session.end();
      expect(begun().join()).toMatch(/a.*b|b.*a/);
      expect(remote.status).toMatchObject({ backlog: 0, failures: [] });
    },
  );

  it('in one change of many is found by halves, and the others arrive', async () => {
    const { disk, sessions, remote } = remoteOf({ maxSessions: 1 });
    const send = sessions.sendChanges.bind(sessions);
    sessions.sendChanges = (kind, changes) =>
      changes.some(({ path }) => path === 'bad') ? fault() : send(kind, changes);
    const paths = ['a', 'b', 'bad', 'c', 'd'];
    for (const path of paths) disk.write(path, 'x');
    remote.add(paths.map((path) => changeOf(path, 'path', Date.now())));
    await wait(0);
    for (const session of sessions.begun) await session.end();
    expect(sessions.begun.flatMap((session) => session.paths).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(remote.status.failures).toMatchObject([{ path: 'bad', reason: 'a fault' }]);
  });

  it.each([
    ['onBatch', 1],
    ['onDirty', 2],
  ] as const)('in %s does not stop what comes later', async (seam, sessionsForA) => {
    const { disk, sessions, remote, log, add, begun } = remoteOf({ [seam]: fault });
    disk.write('a', 'x');
    add('a');
    await wait(10);
    disk.write('a', 'y');
    await sessions.begun[0]?.end();
    await wait(1000);
    await sessions.begun[1]?.end();
    expect(log.lines.some((line) => line.startsWith('error'))).toBe(true);
    disk.write('b', 'x');
    add('b');
    expect(begun().filter((line) => line === 'always a')).toHaveLength(sessionsForA);
    expect(begun()).toContain('always b');
    remote.stop();
  });

  it('while a failure is looked at loses nothing', async () => {
    const { disk, add, sessions, begun, remote } = remoteOf();
    disk.write('d/a', 'x');
    add('d', 'tree');
    disk.allNames = () => {
      throw new Error('a fault');
    };
    await sessions.begun[0]?.fail({ message: 'it gave up', isTransient: false });
    expect(remote.status).toMatchObject({ state: 'blocked', backlog: 1, reason: 'a fault' });
    disk.allNames = () => [];
    await wait(10_000);
    expect(begun()).toEqual(['times d', 'times d']);
  });

  it('while it is told of another loses nothing', async () => {
    let tells = 0;
    const emit: Emit = () => {
      tells += 1;
      if (tells === 1) fault();
    };
    const { disk, add, sessions, begun, remote } = remoteOf({ emit });
    let asks = 0;
    Object.defineProperty(sessions, 'hasRoom', {
      get: () => {
        asks += 1;
        return asks === 2 ? fault() : true;
      },
    });
    disk.write('a', 'x');
    add('a');
    expect(remote.status).toMatchObject({ state: 'blocked', backlog: 1 });
    await wait(10_000);
    expect(begun()).toEqual(['always a']);
  });

  it('in the log changes nothing', async () => {
    const log = { debug: fault, info: fault, warn: fault, error: fault };
    const { disk, sessions, remote, add, begun } = remoteOf({ log });
    for (const path of ['a', 'b']) disk.write(path, 'x');
    add('a');
    await sessions.begun[0]?.end({ exitCode: 23, errors: ['ERROR: daemon refused to receive file "a"'] });
    add('b');
    await sessions.begun[1]?.end();
    expect(begun()).toEqual(['always a', 'always b']);
    expect(remote.status).toMatchObject({ backlog: 1, failures: [{ path: 'a', attempts: 1 }] });
  });

  it('when the watched folder is gone keeps all changes', async () => {
    const { disk, remote, add } = remoteOf({ onRootGone: fault });
    disk.write('a', 'x');
    disk.look = () => ({ kind: 'missing' });
    add('a');
    await wait(1);
    expect(remote.status.backlog).toBe(1);
  });
});

describe('the watched folder', () => {
  it('that is gone makes nothing be concluded', () => {
    const { disk, add, begun, rootGone, remote } = remoteOf();
    const { root } = disk;
    disk.look = () => ({ kind: 'missing' });
    add('a');
    expect([begun(), rootGone(), remote.status.backlog]).toEqual([[], 1, 1]);
    expect(root.inode).toBeGreaterThan(0);
  });

  it('that is another one makes nothing be concluded either', () => {
    const { disk, add, begun, rootGone } = remoteOf();
    disk.write('a', 'x');
    const look = disk.look.bind(disk);
    disk.look = (path) => ({ ...look(path), inode: 999 });
    add('a');
    add('gone');
    expect([begun(), rootGone()]).toEqual([[], 2]);
  });

  it('that a session finds moved is looked at, and what was to be sent waits without blame', async () => {
    const { disk, add, sessions, begun, remote, rootGone } = remoteOf();
    disk.write('a', 'x');
    add('a');
    await sessions.begun[0]?.fail({ code: 'ERR_TREE_MOVED', isTransient: false });
    expect(rootGone()).toBe(1);
    expect(remote.status).toMatchObject({ failures: [], reason: undefined });
    expect(begun()).toEqual(['always a', 'always a']);
  });

  it('is waited for, and then everything goes on', async () => {
    const { disk, add, begun, remote } = remoteOf();
    remote.pause();
    disk.write('a', 'x');
    add('a');
    await wait(10_000);
    expect([begun(), remote.status.state]).toEqual([[], 'paused']);
    remote.resume();
    expect(begun()).toEqual(['always a']);
  });
});

describe('the whole tree', () => {
  it('is sent when nothing else is under way, and then nothing else is', async () => {
    const { disk, add, sessions, begun } = remoteOf();
    disk.write('a', 'x');
    add('a');
    add('.', 'all');
    expect(begun()).toEqual(['always a']);
    await sessions.begun[0]?.end();
    await wait(100);
    disk.write('a', 'y');
    add('a');
    expect(begun().slice(1)).toEqual(['all by options .']);
    await sessions.begun[1]?.end();
    expect(begun().slice(2)).toEqual(['always a']);
  });

  it('is compared exactly when it is not known what has changed', () => {
    const { add, begun } = remoteOf();
    add('.', 'tree');
    expect(begun()).toEqual(['all by times .']);
  });

  it('is sent without deletions where the filter is none of the server, and what may go is deleted then', async () => {
    const { disk, add, sessions, begun } = remoteOf({ filter: excluding('(.*)\\.svn') });
    disk.write('a', 'x');
    sessions.deletions = { paths: ['old'], isAbridged: false };
    add('.', 'all');
    expect(begun()).toEqual(['all by options, without deletion, .']);
    await sessions.begun[0]?.end();
    expect(begun().slice(1)).toEqual(['always old']);
  });

  it('is told of when it begins, and when it ends or breaks', async () => {
    const told: unknown[] = [];
    const emit: Emit = (name, data) => {
      if (name.startsWith('fullSync')) told.push([name, data]);
    };
    const { add, sessions } = remoteOf({ emit });
    add('.', 'all');
    expect(told.splice(0)).toEqual([['fullSyncBegun', { remote: 'host::m' }]]);
    await sessions.begun[0]?.fail({ message: 'it broke' });
    const broken = { remote: 'host::m', isComplete: false, reason: 'it broke' };
    expect(told.splice(0)).toEqual([['fullSyncEnded', broken]]);
    await wait(10_000);
    await sessions.begun[1]?.end();
    const complete = { remote: 'host::m', isComplete: true, reason: undefined };
    expect(told).toEqual([
      ['fullSyncBegun', { remote: 'host::m' }],
      ['fullSyncEnded', complete],
    ]);
  });
});

describe('an end', () => {
  it('comes when all has been sent that can be', async () => {
    const { disk, add, sessions, remote } = remoteOf();
    disk.write('a', 'x');
    add('a');
    let isDrained = false;
    const draining = remote.drained().then(() => {
      isDrained = true;
    });
    await wait(100);
    expect(isDrained).toBe(false);
    await sessions.begun[0]?.end();
    await draining;
  });

  it('does not wait for a remote that is left alone', async () => {
    const { disk, add, sessions, remote } = remoteOf();
    disk.write('a', 'x');
    add('a');
    const draining = remote.drained();
    await sessions.begun[0]?.fail();
    await draining;
    expect(remote.status.backlog).toBe(1);
  });

  it('begins nothing more', async () => {
    const { disk, add, begun, remote } = remoteOf();
    remote.stop();
    disk.write('a', 'x');
    add('a');
    await wait(100_000);
    await remote.drained();
    expect([begun(), remote.status.state]).toEqual([[], 'stopped']);
  });
});

describe('a file that waited for its remote', () => {
  async function waiting(written: readonly string[], isAtEnd = false) {
    const looks: string[][] = [];
    const parts = remoteOf({
      maxSessions: 1,
      beingWritten: (paths) => {
        looks.push([...paths]);
        return new Set(written);
      },
    });
    for (const path of ['first', 'a', 'b']) parts.disk.write(path, 'x');
    parts.add('first');
    for (const path of ['a', 'b', 'gone']) parts.add(path);
    await wait(2000);
    expect(looks).toEqual([]);
    if (isAtEnd) void parts.remote.drained();
    await parts.sessions.begun[0]?.end();
    return { ...parts, looks };
  }

  it('is looked at once more, and settles again if it is being written', async () => {
    const { begun, dirty, looks, remote } = await waiting(['a']);
    expect([looks, dirty, begun()]).toEqual([[['a', 'b']], ['a'], ['always first', 'always b,gone']]);
    expect(remote.status.backlog).toBe(2);
  });

  it('is sent the next time, however long that takes', async () => {
    const { begun, add, sessions, looks } = await waiting(['a']);
    add('a');
    await wait(2000);
    await sessions.begun[1]?.end();
    expect([looks.length, begun().at(-1)]).toEqual([1, 'always a']);
  });

  it('is looked at again when it was sent, and waits once more', async () => {
    const { begun, add, sessions, looks } = await waiting(['a']);
    await sessions.begun[1]?.end();
    add('a');
    await sessions.begun[2]?.end();
    add('b');
    add('a');
    await wait(2000);
    await sessions.begun[3]?.end();
    expect(begun().slice(2)).toEqual(['always a', 'always b']);
    expect(looks).toEqual([['a', 'b'], ['a']]);
  });

  it('is sent at the end, whoever writes to it', async () => {
    const { begun, dirty } = await waiting(['a'], true);
    expect([begun().at(-1), dirty]).toEqual(['always a,b,gone', []]);
  });
});

describe('a file at which a session broke', () => {
  async function breakAt(path: string, deletes: boolean) {
    const parts = remoteOf({ rules: { filter: filterOf(), deletes, ...SENDING } });
    parts.disk.write(path, 'x');
    parts.add(path);
    await parts.sessions.begun[0]?.fail({ sentLast: [path] });
    await wait(1000);
    await parts.sessions.begun[1]?.end();
    return parts;
  }
  const SENDING = { sendsFiles: true, sendsFolders: true, followsLinks: false };

  it('is sent once more to delete what is left of it, although the remote may have it', async () => {
    const { disk, add, sessions, begun } = remoteOf();
    disk.write('a', 'x');
    disk.write('b', 'x');
    await wait(100);
    add('a');
    await sessions.begun[0]?.end();
    await wait(100);
    add('b');
    await sessions.begun[1]?.fail({ sentLast: ['a'] });
    await wait(1000);
    await sessions.begun[2]?.end();
    expect(begun()).toEqual(['always a', 'always b', 'always b', 'always a']);
  });

  it('is deleted of nothing if nothing is to be deleted', async () => {
    expect((await breakAt('a', true)).sessions.halfSent).toEqual([[], ['a']]);
    expect((await breakAt('a', false)).sessions.halfSent).toEqual([[], []]);
  });
});
