import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Lane, type LaneEvents, SessionFailure } from '../../../src/watch/lanes/lane.ts';
import { LanePool } from '../../../src/watch/lanes/lane-pool.ts';
import type {
  LaneTask,
  Outcome,
  PushTask,
  ResultOf,
  SessionRequest,
  Standing,
  Work,
} from '../../../src/watch/lanes/messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SESSION = { transfer: {}, connection: {} } as unknown as SessionRequest;
const WORK = { kind: 'all' } as unknown as Work;
const OUTCOME = { exitCode: 0 } as Outcome;

/** A lane whose work ends when the test says so. */
class ScriptedLane implements Lane {
  readonly name: string;
  readonly #events: LaneEvents;
  readonly held = new Set<string>();
  /** Keys of the held sessions in which tasks were begun. */
  readonly began: (string | undefined)[] = [];
  #running: PromiseWithResolvers<Outcome> | undefined;
  #isStalled = false;
  usedAt = performance.now();

  constructor(name: string, events: LaneEvents) {
    this.name = name;
    this.#events = events;
  }

  get isBusy(): boolean {
    return this.#running !== undefined && !this.#isStalled;
  }

  get taskCount(): number {
    return this.#running === undefined ? 0 : 1;
  }

  get heldCount(): number {
    return this.held.size;
  }

  hold(key: string): void {
    this.held.add(key);
  }

  release(key: string): void {
    this.held.delete(key);
  }

  async run<Task extends LaneTask>(task: Task): Promise<ResultOf<Task>> {
    return (await (task.kind === 'push' ? this.#push(task) : [['a', 'b']])) as ResultOf<Task>;
  }

  #push({ key }: PushTask): Promise<Outcome> {
    this.began.push(this.held.delete(key) ? key : undefined);
    this.#isStalled = false;
    this.#running = Promise.withResolvers();
    return this.#running.promise;
  }

  finish(): void {
    const running = this.#running;
    this.#running = undefined;
    this.usedAt = performance.now();
    running?.resolve(OUTCOME);
  }

  stall(): void {
    this.#isStalled = true;
    this.#events.onRoom();
  }

  failToHold(key: string): void {
    this.held.delete(key);
    this.#events.onHeld(key, failure());
  }

  /** As if the thread had crashed. */
  crash(): void {
    this.#running?.reject(failure());
    this.#running = undefined;
    this.held.clear();
    this.#events.onEnd(this);
  }

  async end(): Promise<void> {
    this.crash();
  }
}

function failure(): SessionFailure {
  return new SessionFailure({ message: 'it ended', code: 'ERR', isTransient: true, isOpening: false });
}

function poolOf(maxLanes: number) {
  const lanes: ScriptedLane[] = [];
  const told: string[] = [];
  /** So many lanes cannot be started. */
  const faults = { starts: 0 };
  const pool = new LanePool({
    maxLanes,
    idleMs: 1000,
    laneIdleMs: 200,
    onHoldFailure: (key, { message }) => told.push(`${key}: ${message}`),
    onRoom: () => told.push('room'),
    startLane: (events) => {
      faults.starts -= 1;
      if (faults.starts >= 0) throw new Error('no threads');
      const lane = new ScriptedLane(`lane ${lanes.length}`, events);
      lanes.push(lane);
      return lane;
    },
  });
  const run = (key = 'k', standing: Standing = 'unknown') =>
    pool.run({ kind: 'push', key, session: SESSION, work: WORK, standing });
  return { pool, lanes, told, run, faults };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('lanes', () => {
  it('are started when there is work, and used again', async () => {
    const { lanes, run, pool } = poolOf(3);
    expect(pool.laneCount).toBe(0);
    const first = run();
    expect(lanes).toHaveLength(1);
    lanes[0]?.finish();
    expect(await first).toBe(OUTCOME);
    void run();
    expect(lanes).toHaveLength(1);
    void run();
    expect(lanes).toHaveLength(2);
  });

  it('are no more than wanted: what is too much waits for its turn', async () => {
    const { lanes, run, pool, told } = poolOf(2);
    const all = [run('a'), run('b'), run('c'), run('d')];
    expect([lanes.length, pool.hasRoom()]).toEqual([2, false]);
    lanes[1]?.finish();
    await settled();
    expect(lanes[1]?.began).toHaveLength(2);
    expect(pool.hasRoom()).toBe(false);
    for (const lane of [...lanes, ...lanes]) {
      lane.finish();
      await settled();
    }
    expect(await Promise.all(all)).toHaveLength(4);
    expect([pool.hasRoom(), told]).toEqual([true, ['room', 'room', 'room', 'room']]);
  });

  it('are left to remotes without trouble, all but one of them', async () => {
    const { lanes, run, pool } = poolOf(3);
    const troubled = () => run('t', 'troubled');
    const all = [troubled(), troubled(), troubled(), troubled()];
    expect([lanes.length, pool.hasRoom('troubled'), pool.hasRoom()]).toEqual([2, false, true]);
    void run('good');
    expect([lanes.length, pool.hasRoom()]).toEqual([3, false]);
    void run('next');
    lanes[0]?.finish();
    await settled();
    expect(lanes[0]?.began).toHaveLength(2);
    for (const lane of [...lanes, ...lanes, ...lanes]) {
      lane.finish();
      await settled();
    }
    await Promise.all(all);
  });

  it('may be one only, for whoever comes', async () => {
    const { lanes, run } = poolOf(1);
    void run('t', 'troubled');
    expect(lanes[0]?.began).toHaveLength(1);
  });

  it('take other work while theirs hangs', async () => {
    const { lanes, run, pool } = poolOf(1);
    void run('hangs');
    void run('waits');
    expect([lanes[0]?.began.length, pool.hasRoom()]).toEqual([1, false]);
    lanes[0]?.stall();
    await settled();
    expect(lanes[0]?.began).toHaveLength(2);
  });

  it('are ended when there was nothing to do for a while, but for one', async () => {
    const { lanes, run, pool } = poolOf(3);
    const work = [run(), run(), run()];
    await vi.advanceTimersByTimeAsync(5000);
    expect(pool.laneCount).toBe(3);
    for (const lane of lanes) lane.finish();
    await Promise.all(work);
    await vi.advanceTimersByTimeAsync(150);
    expect(pool.laneCount).toBe(3);
    await vi.advanceTimersByTimeAsync(150);
    expect(pool.laneCount).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(pool.laneCount).toBe(1);
  });

  it('are kept while they hold a session, and then none is kept besides', async () => {
    const { lanes, run, pool } = poolOf(2);
    const work = [run('a'), run('b')];
    for (const lane of lanes) lane.finish();
    await Promise.all(work);
    pool.hold('k', SESSION);
    await vi.advanceTimersByTimeAsync(500);
    expect([pool.laneCount, lanes[0]?.heldCount]).toEqual([1, 1]);
  });

  it('get nothing to do while they end', async () => {
    const { lanes, run, pool } = poolOf(2);
    const work = [run('a'), run('b')];
    const ending: ScriptedLane[] = [];
    for (const lane of lanes) {
      lane.end = async () => void ending.push(lane);
      lane.finish();
    }
    await Promise.all(work);
    await vi.advanceTimersByTimeAsync(500);
    expect(ending).toHaveLength(1);
    void run('c');
    void run('d');
    expect(ending[0]?.began).toHaveLength(1);
    expect(pool.laneCount).toBe(2);
  });

  it('that crash are replaced, and their work fails', async () => {
    const { lanes, run, pool } = poolOf(1);
    const lost = run('a');
    const waiting = run('b');
    lanes[0]?.crash();
    await expect(lost).rejects.toBeInstanceOf(SessionFailure);
    await settled();
    expect([lanes.length, pool.laneCount]).toEqual([2, 1]);
    lanes[1]?.finish();
    expect(await waiting).toBe(OUTCOME);
  });

  it('are over when the pool is closed: nothing waits any more', async () => {
    const { run, pool } = poolOf(1);
    const outcomes = [run(), run()].map((work) => work.catch((thrown: Error) => thrown.message));
    await pool.close();
    expect(await Promise.all(outcomes)).toEqual(['it ended', 'the lanes are closed']);
    await expect(run()).rejects.toThrow('the lanes are closed');
    expect([pool.laneCount, pool.hasRoom()]).toEqual([0, false]);
  });

  it('find the names of files, without a turn', async () => {
    const { lanes, run, pool } = poolOf(1);
    void run();
    expect(await pool.run({ kind: 'find-links', root: '/', files: [] })).toEqual([['a', 'b']]);
    expect(lanes).toHaveLength(1);
  });
});

describe('a session that is held open', () => {
  it('is used by the next work of its kind', () => {
    const { lanes, run, pool } = poolOf(3);
    pool.hold('k', SESSION);
    void run('k');
    expect(lanes.map(({ began }) => began)).toEqual([['k']]);
  });

  it('is left to work of its kind', () => {
    const { lanes, run, pool } = poolOf(3);
    pool.hold('k', SESSION);
    void run('other');
    expect(lanes.map(({ began }) => began)).toEqual([[], [undefined]]);
  });

  it('is opened in a lane that is there, rather idle than busy', async () => {
    const { lanes, run, pool } = poolOf(3);
    const [first] = [run('k'), run('l')];
    pool.hold('busy', SESSION);
    lanes[0]?.finish();
    await first;
    pool.hold('idle', SESSION);
    expect(lanes.map(({ held }) => [...held])).toEqual([['busy', 'idle'], []]);
  });

  it('moves to a lane that has become free', async () => {
    const { lanes, run, pool } = poolOf(2);
    void run('a');
    void run('b');
    pool.hold('k', SESSION);
    expect(lanes.map(({ heldCount }) => heldCount)).toEqual([1, 0]);
    lanes[1]?.finish();
    await settled();
    pool.hold('k', SESSION);
    expect(lanes.map(({ heldCount }) => heldCount)).toEqual([0, 1]);
  });

  it('is closed when nobody needed it for a while', async () => {
    const { lanes, pool } = poolOf(1);
    pool.hold('k', SESSION);
    await vi.advanceTimersByTimeAsync(900);
    pool.hold('k', SESSION);
    await vi.advanceTimersByTimeAsync(900);
    expect(lanes[0]?.heldCount).toBe(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(lanes[0]?.heldCount).toBe(0);
  });

  it('that cannot be opened is told of, and can be tried again', () => {
    const { lanes, pool, told } = poolOf(1);
    pool.hold('k', SESSION);
    lanes[0]?.failToHold('k');
    expect(told).toEqual(['k: it ended']);
    pool.hold('k', SESSION);
    expect(lanes[0]?.heldCount).toBe(1);
    pool.release('k');
    expect(lanes[0]?.heldCount).toBe(0);
  });

  it('is gone with its lane', () => {
    const { lanes, run, pool } = poolOf(2);
    pool.hold('k', SESSION);
    lanes[0]?.crash();
    void run('k');
    expect(lanes[1]?.began).toEqual([undefined]);
  });
});

describe('lanes that cannot be started', () => {
  it('fail what was to run in them, and only that', async () => {
    const { lanes, run, pool, faults } = poolOf(1);
    const failed = {
      message: 'a thread cannot be started: no threads',
      isTransient: true,
      isOpening: true,
    };
    faults.starts = 2;
    await expect(run()).rejects.toMatchObject(failed);
    await expect(pool.run({ kind: 'find-links', root: '/', files: [] })).rejects.toMatchObject(failed);
    const first = run();
    const [second, third] = [run(), run()];
    faults.starts = 1;
    lanes[0]?.crash();
    await expect(first).rejects.toThrow('it ended');
    await expect(second).rejects.toMatchObject(failed);
    await settled();
    lanes[1]?.finish();
    expect(await third).toBe(OUTCOME);
  });

  it('hold no session, and that is told', () => {
    const { lanes, pool, told, faults } = poolOf(1);
    faults.starts = 1;
    pool.hold('k', SESSION);
    expect(told).toEqual(['k: a thread cannot be started: no threads']);
    pool.hold('k', SESSION);
    expect(lanes[0]?.held).toEqual(new Set(['k']));
  });
});
