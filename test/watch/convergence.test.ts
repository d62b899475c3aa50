import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeOf } from '../../src/watch/change.ts';
import { EventFilter } from '../../src/watch/filter/event-filter.ts';
import { eventStream } from '../../src/watch/listeners/event-stream.ts';
import type { ReplicatorEvents } from '../../src/watch/listeners/events.ts';
import type { Log } from '../../src/watch/listeners/log.ts';
import { joinPath } from '../../src/watch/path-tree.ts';
import { Remote } from '../../src/watch/remote/remote.ts';
import { Settler } from '../../src/watch/settle/settler.ts';
import type { Disk } from '../../src/watch/tree/disk.ts';
import { Survey } from '../../src/watch/tree/survey.ts';
import { type DiskNode, MemoryDisk, statesIn } from '../support/memory-disk.ts';
import { type Fate, ModelRemote } from '../support/model-remote.ts';
import { runs } from '../support/runs.ts';

/* The whole way from events to a remote, with a disk and a remote in memory. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const seams = [
  'disk',
  'names',
  'all names',
  'filter',
  'closed folders',
  'waiting session',
  'room',
  'watching',
  'session',
  'dirty',
  'listener',
  'open files',
  'changes',
  'others',
  'log',
] as const;
type Seam = (typeof seams)[number];

/** A watched tree and a remote, in which everything happens only when it is told to. */
class World {
  readonly disk = new MemoryDisk(() => Date.now());
  readonly server = new ModelRemote(this.disk, () => Date.now());
  readonly hints: string[] = [];
  /** What the watcher may say once more. */
  readonly #told = new Set<string>();
  /** Where each watched folder was when watching it began: its events name that place. */
  readonly #watched = new Map<DiskNode, string>();
  readonly #survey: Survey;
  readonly #settler: Settler;
  readonly remote: Remote;
  /** Where the next calls throw an error, and how many of them. */
  readonly #faults = new Map<Seam, number>();

  constructor() {
    this.disk.onEvent = (folder, name) => {
      const place = this.#watched.get(folder);
      if (place !== undefined) this.hints.push(joinPath(place, name));
    };
    const { disk } = this;
    const faultyDisk: Disk = {
      look: (path) => this.#passing('disk', () => disk.look(path)),
      names: (folder) => this.#passing('names', () => disk.names(folder)),
      allNames: (folder) => this.#passing('all names', () => disk.allNames(folder)),
    };
    this.#survey = new Survey({
      disk: faultyDisk,
      isWanted: () => this.#passing('filter', () => true),
      watch: (folder) => this.#passing('watching', () => this.#watch(folder)),
      onClosed: () => this.#passing('closed folders', () => {}),
      onGone: (folder) => this.#passing('watching', () => this.#forget(folder)),
      onByteNames: () => {},
      breathe: () => Promise.resolve(),
    });
    const room = () => this.#passing('room', () => true);
    this.remote = new Remote({
      name: 'model',
      folder: '',
      sessions: {
        get hasRoom() {
          return room();
        },
        hold: () => this.#passing('waiting session', () => {}),
        release: () => {},
        dryRun: () => this.server.dryRun(),
        dryRunAll: () => this.server.dryRunAll(),
        sendAll: (compare, deletes) => this.#passing('session', () => this.server.sendAll(compare, deletes)),
        sendChanges: (kind, changes) =>
          this.#passing('session', () => this.server.sendChanges(kind, changes)),
      },
      maxSessions: 3,
      rules: {
        filter: this.#faultyFilter(),
        deletes: true,
        sendsFiles: true,
        sendsFolders: true,
        followsLinks: false,
      },
      disk: faultyDisk,
      root: { path: '/watched', device: 1, inode: this.disk.root.inode, bornMs: 0, isLocalFileSystem: true },
      retryMs: 10_000,
      clocks: { wall: () => Date.now(), monotonic: () => Date.now() },
      random: () => 0.5,
      emit: eventStream(
        this.#faultyLog(),
        new EventEmitter<ReplicatorEvents>().on('batch', () => this.#passing('listener', () => {})),
      ),
      beingWritten: (paths) =>
        this.#passing('open files', () => new Set(paths.filter(() => Date.now() % 3 === 0))),
      onDirty: (path) => this.#passing('dirty', () => this.hints.push(path)),
      onRootGone: () => expect.unreachable(),
    });
    this.#settler = new Settler({
      times: { quietMs: 0, maxMs: 5 },
      disk: { ...faultyDisk, absolute: (path) => path },
      newFolderAt: (path) => this.#survey.newFolderAt(path),
      beingWritten: () => this.#passing('open files', () => new Set()),
      look: (path, since, sure) => this.#survey.look(path, since, sure),
      onChanges: (changes) => this.#passing('changes', () => this.remote.add(changes)),
      othersOf: () => this.#passing('others', () => []),
      onTrouble: () => {},
      onFlood: () => expect.unreachable(),
      now: () => Date.now(),
    });
  }

  async begin(): Promise<void> {
    await this.#survey.begin();
  }

  /** The next calls at a place throw an error. */
  fault(seam: Seam, times: number): void {
    this.#faults.set(seam, times);
  }

  end(): void {
    this.#settler.stop();
    this.remote.stop();
  }

  /** One of the hints arrives, out of order perhaps. */
  deliver(which: number): void {
    const [path] = this.hints.splice(which % Math.max(1, this.hints.length), 1);
    if (path === undefined) return;
    this.#told.add(path);
    this.remote.expect();
    this.#settler.hint(path);
  }

  /** Something that was told before is said once more. */
  echo(which: number): void {
    const path = [...this.#told][which % Math.max(1, this.#told.size)];
    if (path !== undefined) this.#settler.hint(path, true);
  }

  /** Lets everything come to an end that has begun. */
  async calmDown(): Promise<void> {
    this.server.refused.clear();
    this.#faults.clear();
    this.disk.open();
    for (let round = 0; round < 1000; round += 1) {
      while (this.disk.slowWrites > 0) this.disk.goOnWriting(0);
      for (const folder of this.#survey.opened(Date.now())) this.#settler.hint(folder);
      while (this.hints.length > 0) this.deliver(0);
      for (let n = this.server.waiting; n > 0; n -= 1) this.server.step(0, 'well');
      await vi.advanceTimersByTimeAsync(1000);
      const { backlog, sessions } = this.remote.status;
      if (backlog + sessions + this.hints.length + this.#settler.size === 0) return;
    }
    throw new Error(`it does not end: ${JSON.stringify(this.remote.status)}`);
  }

  #passing<T>(seam: Seam, call: () => T): T {
    const times = this.#faults.get(seam) ?? 0;
    this.#faults.set(seam, times - 1);
    if (times > 0) throw new Error(`a fault at: ${seam}`);
    return call();
  }

  #faultyLog(): Log {
    const level = () => this.#passing('log', () => {});
    return { debug: level, info: level, warn: level, error: level };
  }

  #faultyFilter(): EventFilter {
    const filter = noFilter();
    const accepts = filter.accepts.bind(filter);
    filter.accepts = (path, isFolder) => this.#passing('filter', () => accepts(path, isFolder));
    return filter;
  }

  #watch(folder: string): boolean {
    const node = this.disk.nodeAt(folder);
    if (node === undefined || !this.disk.canRead(folder)) return false;
    this.#watched.set(node, folder);
    return true;
  }

  #forget(folder: string): void {
    for (const [node, place] of this.#watched) {
      if (place === folder || place.startsWith(`${folder}/`)) this.#watched.delete(node);
    }
  }
}

function noFilter(): EventFilter {
  const rules = { excludes: [], ignoresHidden: false, ignoresTemporary: false };
  return new EventFilter({ ...rules, transfer: {}, root: '/watched' });
}

/** Something that happens, and can be shown. */
interface Deed {
  readonly name: string;
  do(world: World): void | Promise<void>;
}

const anyName = fc.constantFrom('a', 'b');
const anyPath = fc.array(anyName, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const anyFate = fc.constantFrom<Fate>('well', 'well', 'well', 'well', 'broken', 'refused', 'unopened');

function deed(name: string, todo: Deed['do']): Deed {
  return { name, do: todo, toString: () => name } as Deed;
}

const calm = deed('calm', (world) => world.calmDown());

const anyChange: fc.Arbitrary<Deed> = fc.oneof(
  fc
    .tuple(anyPath, fc.constantFrom('1', '2', '33'))
    .map(([path, content]) => deed(`write ${path} ${content}`, ({ disk }) => disk.write(path, content))),
  fc
    .tuple(anyPath, fc.constantFrom('4', '5', '66'))
    .map(([path, content]) =>
      deed(`begin to write ${path} ${content}`, ({ disk }) => disk.beginWrite(path, content)),
    ),
  fc.nat(2).map((which) => deed(`go on writing ${which}`, ({ disk }) => disk.goOnWriting(which))),
  fc
    .tuple(anyPath, fc.constantFrom(1, 2))
    .map(([path, time]) => deed(`set time ${path} ${time}`, ({ disk }) => disk.setTime(path, time))),
  anyPath.map((path) =>
    deed(`file for folder ${path}`, ({ disk }) => {
      disk.remove(path);
      disk.write(path, 'file');
    }),
  ),
  anyPath.map((path) =>
    deed(`folder for file ${path}`, ({ disk }) => {
      disk.remove(path);
      disk.write(`${path}/a`, 'inner');
    }),
  ),
  anyPath.map((path) => deed(`folder ${path}`, ({ disk }) => disk.makeFolder(path))),
  anyPath.map((path) =>
    deed(`closed folder ${path}`, ({ disk }) => {
      disk.makeFolder(path);
      disk.chmod(path, 0o000);
    }),
  ),
  anyPath.map((path) => deed(`remove ${path}`, ({ disk }) => disk.remove(path))),
  fc
    .tuple(anyPath, anyPath)
    .map(([from, to]) => deed(`rename ${from} ${to}`, ({ disk }) => disk.rename(from, to))),
  fc
    .tuple(anyPath, fc.constantFrom(0o600, 0o311, 0o000, 0o711))
    .map(([path, mode]) => deed(`chmod ${path} ${mode}`, ({ disk }) => disk.chmod(path, mode))),
);

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: anyChange },
  { weight: 3, arbitrary: fc.nat(5).map((which) => deed(`hint ${which}`, (world) => world.deliver(which))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...seams), fc.constantFrom(1, 2, 9))
      .map(([seam, times]) => deed(`fault ${seam} ${times}`, (world) => world.fault(seam, times))),
  },
  { weight: 1, arbitrary: fc.nat(5).map((which) => deed(`echo ${which}`, (world) => world.echo(which))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(2), anyFate)
      .map(([which, fate]) => deed(`session ${which} ${fate}`, ({ server }) => server.step(which, fate))),
  },
  { weight: 1, arbitrary: fc.constant(calm) },
  {
    weight: 1,
    arbitrary: anyPath.map((path) => deed(`refuse ${path}`, ({ server }) => void server.refused.add(path))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('all' as const, 'tree' as const)
      .map((kind) => deed(kind, ({ remote }) => remote.add([changeOf('.', kind, Date.now())]))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(1, 10, 30, 1000)
      .map((ms) => deed(`${ms} ms`, async () => void (await vi.advanceTimersByTimeAsync(ms)))),
  },
);

async function live(deeds: readonly Deed[]): Promise<World> {
  const world = new World();
  await world.begin();
  await vi.advanceTimersByTimeAsync(1);
  for (const each of deeds) {
    await each.do(world);
    await vi.advanceTimersByTimeAsync(0);
  }
  return world;
}

describe('a remote', () => {
  it('ends equal whatever happens, in whatever order it is heard of, and however sessions end', async () => {
    const anyLife = fc.array(anyDeed, { maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(anyLife, async (deeds) => {
        // What was overlooked may show only when something happens to it again.
        const world = await live([...deeds.slice(0, 30), calm, ...deeds.slice(30), calm]);
        expect(statesIn(world.server.root)).toEqual(statesIn(world.disk.root));
        expect(world.remote.status.failures).toEqual([]);
        world.end();
      }),
      { numRuns: runs(800) },
    );
  });
});
