import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeOf } from '../../src/watch/change.ts';
import { EventFilter } from '../../src/watch/event-filter.ts';
import { joinPath } from '../../src/watch/path-tree.ts';
import { Remote } from '../../src/watch/remote.ts';
import { Survey } from '../../src/watch/survey.ts';
import { type DiskNode, MemoryDisk, statesIn } from '../support/memory-disk.ts';
import { type Fate, ModelRemote } from '../support/model-remote.ts';
import { keptLog } from '../support/replication.ts';
import { runs } from '../support/runs.ts';

/* The whole way from events to a remote, but for the settling, with a disk and a remote in memory. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watched tree and a remote, in which everything happens only when it is told to. */
class World {
  readonly disk = new MemoryDisk(() => Date.now());
  readonly server = new ModelRemote(this.disk, () => Date.now());
  readonly hints: string[] = [];
  /** What the watcher may say once more. */
  readonly #told = new Set<string>();
  /** Where each watched folder was when watching it began: its events name that place. */
  readonly #watched = new Map<DiskNode, string>();
  #looking: Promise<void>;
  readonly #survey: Survey;
  readonly remote: Remote;

  constructor() {
    this.disk.onEvent = (folder, name) => {
      const place = this.#watched.get(folder);
      if (place !== undefined) this.hints.push(joinPath(place, name));
    };
    this.#survey = new Survey({
      disk: this.disk,
      isWanted: () => true,
      onFolder: (folder) => this.#watch(folder),
      onGone: (folder) => this.#forget(folder),
      onByteNames: () => {},
      breathe: () => Promise.resolve(),
    });
    this.remote = new Remote({
      name: 'model',
      folder: '',
      sessions: this.server,
      mostSessions: 3,
      rules: { filter: noFilter(), deletes: true, sendsFiles: true, sendsFolders: true, followsLinks: false },
      disk: this.disk,
      root: { path: '/watched', device: 1, inode: this.disk.root.inode, bornMs: 0, hasOurClock: true },
      retryMs: 10_000,
      clocks: { wall: () => Date.now(), monotonic: () => Date.now() },
      random: () => 0.5,
      log: keptLog(),
      onDirty: (path) => this.hints.push(path),
      onBatch: () => {},
      onRootGone: () => expect.unreachable(),
    });
    this.#looking = this.#survey.begin();
  }

  /** One of the hints arrives, out of order perhaps. */
  deliver(which: number): void {
    const [path] = this.hints.splice(which % Math.max(1, this.hints.length), 1);
    if (path === undefined) return;
    this.#told.add(path);
    this.#enqueue(path, Date.now());
  }

  /** Something that was told before is said once more. */
  echo(which: number): void {
    const path = [...this.#told][which % Math.max(1, this.#told.size)];
    if (path !== undefined) this.#enqueue(path, Number.NEGATIVE_INFINITY);
  }

  /** Lets everything come to an end that has begun. */
  async calmDown(): Promise<void> {
    this.server.refused.clear();
    for (let round = 0; round < 1000; round += 1) {
      while (this.disk.slowWrites > 0) this.disk.goOnWriting(0);
      while (this.hints.length > 0) this.deliver(0);
      for (let n = this.server.waiting; n > 0; n -= 1) this.server.step(0, 'well');
      await vi.advanceTimersByTimeAsync(1000);
      const { backlog, sessions } = this.remote.status;
      if (backlog === 0 && sessions === 0 && this.hints.length === 0) return;
    }
    throw new Error(`it does not end: ${JSON.stringify(this.remote.status)}`);
  }

  #enqueue(path: string, heardAt: number): void {
    this.#looking = this.#looking.then(() => this.#look(path, heardAt));
  }

  async #look(path: string, heardAt: number): Promise<void> {
    const change = await this.#survey.look(path, Date.now());
    if (change !== undefined) this.remote.add([{ ...change, heardAt }]);
  }

  #watch(folder: string): void {
    const node = this.disk.nodeAt(folder);
    if (node !== undefined) this.#watched.set(node, folder);
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
  anyPath.map((path) => deed(`remove ${path}`, ({ disk }) => disk.remove(path))),
  fc
    .tuple(anyPath, anyPath)
    .map(([from, to]) => deed(`rename ${from} ${to}`, ({ disk }) => disk.rename(from, to))),
  fc
    .tuple(anyPath, fc.constantFrom(0o600, 0o711))
    .map(([path, mode]) => deed(`chmod ${path} ${mode}`, ({ disk }) => disk.chmod(path, mode))),
);

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: anyChange },
  { weight: 3, arbitrary: fc.nat(5).map((which) => deed(`hint ${which}`, (world) => world.deliver(which))) },
  { weight: 1, arbitrary: fc.nat(5).map((which) => deed(`echo ${which}`, (world) => world.echo(which))) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(2), anyFate)
      .map(([which, fate]) => deed(`session ${which} ${fate}`, ({ server }) => server.step(which, fate))),
  },
  { weight: 1, arbitrary: fc.constant(deed('calm', (world) => world.calmDown())) },
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
        const world = await live(deeds);
        await world.calmDown();
        expect(statesIn(world.server.root)).toEqual(statesIn(world.disk.root));
        expect(world.remote.status.failures).toEqual([]);
        world.remote.stop();
      }),
      { numRuns: runs(800) },
    );
  });
});
