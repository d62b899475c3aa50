import { errorOf } from '../listeners/log.ts';
import { type Lane, type LaneEvents, rankOf, rankOfTask, SessionFailure, ThreadLane } from './lane.ts';
import type { LaneTask, PushTask, ResultOf, SessionRequest, Standing } from './messages.ts';

export interface LanePoolOptions {
  readonly maxLanes: number;
  /** A session that is held open is closed when it was not used for so long. */
  readonly idleMs: number;
  /** A lane that has nothing to do, and holds nothing, is ended after so long; one is always kept. */
  readonly laneIdleMs: number;
  /** A session could not be opened to be held. */
  readonly onHoldFailure: (key: string, failure: SessionFailure) => void;
  /** A session has ended: there may be room for another one. */
  readonly onRoom: () => void;
  /** A thread, unless told otherwise. */
  readonly startLane?: (events: LaneEvents) => Lane;
}

/** A session that has to wait for a lane. */
interface Waiting {
  readonly task: PushTask;
  readonly begin: (lane: Lane) => void;
  readonly fail: (failure: unknown) => void;
}

interface Holding {
  readonly lane: Lane;
  usedAt: number;
}

/**
 * The lanes: started when there is work, all but one ended when there has been none for a while. Under each key one
 * session is held open, if that is asked for, in a lane that has nothing else to do if there is one.
 */
export class LanePool {
  readonly #options: LanePoolOptions;
  readonly #lanes = new Set<Lane>();
  readonly #holding = new Map<string, Holding>();
  readonly #waiting: Waiting[] = [];
  readonly #sweeper: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: LanePoolOptions) {
    this.#options = options;
    const sweepMs = Math.max(10, Math.min(options.idleMs, options.laneIdleMs) / 4);
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  get laneCount(): number {
    return this.#lanes.size;
  }

  /** Whether work would begin at once. */
  hasRoom(standing: Standing = 'unknown'): boolean {
    if (standing === 'troubled' && !this.#leavesRoom()) return false;
    if (this.#waiting.some(({ task }) => rankOfTask(task) <= rankOf(standing))) return false;
    return this.#idleLane() !== undefined || this.#mayStart();
  }

  /** Sees to it that a session is held open under this key, where it can be used at once. Never throws. */
  hold(key: string, session: SessionRequest): void {
    if (this.#isClosed) return;
    try {
      this.#hold(key, session);
    } catch (thrown) {
      this.#holding.delete(key);
      this.#options.onHoldFailure(key, thrown instanceof SessionFailure ? thrown : notStarted(thrown));
    }
  }

  #hold(key: string, session: SessionRequest): void {
    const held = this.#holding.get(key);
    if (held !== undefined) {
      held.usedAt = performance.now();
      if (!held.lane.isBusy || this.#idleLane() === undefined) return;
      held.lane.release(key);
    }
    const lane = this.#idleLane() ?? this.#leastLane() ?? this.#start();
    this.#holding.set(key, { lane, usedAt: performance.now() });
    lane.hold(key, session);
  }

  release(key: string): void {
    this.#holding.get(key)?.lane.release(key);
    this.#holding.delete(key);
  }

  /**
   * Runs a session as soon as a lane is free, and anything else at once. Rejects with a {@link SessionFailure}.
   *
   * @param signal Ends it.
   */
  async run<Task extends LaneTask>(task: Task, signal?: AbortSignal): Promise<ResultOf<Task>> {
    if (this.#isClosed) throw closed();
    if (!takesTurns(task)) {
      const lane = this.#idleLane() ?? this.#leastLane() ?? this.#start();
      return await lane.run(task, signal);
    }
    const lane = this.#laneFor(task);
    if (lane !== undefined) return await this.#runIn(lane, task, signal);
    const result = Promise.withResolvers<ResultOf<Task>>();
    this.#waiting.push({
      task,
      begin: (free) => void this.#runIn(free, task, signal).then(result.resolve, result.reject),
      fail: result.reject,
    });
    return await result.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const { fail } of this.#waiting.splice(0)) fail(closed());
    await Promise.all([...this.#lanes].map((lane) => lane.end()));
  }

  #laneFor({ key, standing }: PushTask): Lane | undefined {
    if (standing === 'troubled' && !this.#leavesRoom()) return undefined;
    const held = this.#holding.get(key)?.lane;
    if (held !== undefined && !held.isBusy) return held;
    const idle = this.#idleLane();
    const isFree = idle !== undefined && idle.heldCount + idle.taskCount === 0;
    return !isFree && this.#mayStart() ? this.#start() : idle;
  }

  /** Whether another lane is left when one more is taken. With a single one there is no choice. */
  #leavesRoom(): boolean {
    const { maxLanes } = this.#options;
    const busy = [...this.#lanes].filter(({ isBusy }) => isBusy).length;
    return maxLanes === 1 || busy < maxLanes - 1;
  }

  async #runIn<Task extends PushTask>(
    lane: Lane,
    task: Task,
    signal: AbortSignal | undefined,
  ): Promise<ResultOf<Task>> {
    const { key } = task;
    if (this.#holding.get(key)?.lane === lane) this.#holding.delete(key);
    try {
      return await lane.run(task, signal);
    } finally {
      this.#next();
      this.#options.onRoom();
    }
  }

  /** Runs what waits and may run now, in the order of their standing. */
  #next(): void {
    const inOrder = [...this.#waiting].sort((a, b) => rankOfTask(a.task) - rankOfTask(b.task));
    for (const waiting of inOrder) {
      if (!this.#begin(waiting)) return;
    }
  }

  /** Never throws: if no lane can be started, that is how the task ends. Answers whether there was room for it. */
  #begin(waiting: Waiting): boolean {
    const { task, begin, fail } = waiting;
    try {
      const lane = this.#laneFor(task);
      if (lane === undefined) return false;
      begin(lane);
    } catch (thrown) {
      fail(thrown);
    }
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    return true;
  }

  #idleLane(): Lane | undefined {
    const load = ({ taskCount, heldCount }: Lane) => 2 * taskCount + heldCount;
    let best: Lane | undefined;
    for (const lane of this.#lanes) {
      if (!lane.isBusy && (best === undefined || load(lane) < load(best))) best = lane;
    }
    return best;
  }

  #leastLane(): Lane | undefined {
    const [least] = [...this.#lanes].sort((a, b) => a.heldCount - b.heldCount);
    return least;
  }

  #mayStart(): boolean {
    return !this.#isClosed && this.#lanes.size < this.#options.maxLanes;
  }

  #start(): Lane {
    const events: LaneEvents = {
      onHeld: (key, failure) => {
        if (failure === undefined) return;
        this.#holding.delete(key);
        this.#options.onHoldFailure(key, failure);
      },
      onRoom: () => {
        this.#next();
        this.#options.onRoom();
      },
      onEnd: (ended) => {
        this.#lanes.delete(ended);
        for (const [key, { lane: holder }] of this.#holding) if (holder === ended) this.#holding.delete(key);
        this.#next();
      },
    };
    try {
      const lane = this.#options.startLane?.(events) ?? new ThreadLane(events);
      this.#lanes.add(lane);
      return lane;
    } catch (thrown) {
      throw notStarted(thrown);
    }
  }

  #sweep(): void {
    const { idleMs, laneIdleMs } = this.#options;
    const now = performance.now();
    for (const [key, { usedAt }] of this.#holding) if (usedAt < now - idleMs) this.release(key);
    const idle = [...this.#lanes]
      .filter(({ taskCount, heldCount }) => taskCount === 0 && heldCount === 0)
      .filter(({ usedAt }) => usedAt < now - laneIdleMs);
    // Whatever comes next finds one: to start a thread takes longer than most sessions.
    const isOneLeft = idle.length < this.#lanes.size;
    for (const lane of isOneLeft ? idle : idle.slice(1)) {
      // No work may come to it while it ends.
      this.#lanes.delete(lane);
      void lane.end();
    }
  }
}

/** Sessions get in each other's way; whatever else a lane does lets others work in between. */
function takesTurns<Task extends LaneTask>(task: Task): task is Task & PushTask {
  return task.kind === 'push';
}

/** Memory, or threads, may be short for a while. */
function notStarted(thrown: unknown): SessionFailure {
  const message = `a thread cannot be started: ${errorOf(thrown).message}`;
  return new SessionFailure({ message, code: 'ERR_LANE_ENDED', isTransient: true, isOpening: true });
}

function closed(): SessionFailure {
  const message = 'the lanes are closed';
  return new SessionFailure({ message, code: 'ERR_LANE_ENDED', isTransient: true, isOpening: true });
}
