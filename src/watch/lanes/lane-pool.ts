import { errorOf } from '../log.ts';
import {
  type Lane,
  type LaneEvents,
  type LaneJob,
  rankOf,
  SessionFailure,
  type Standing,
  ThreadLane,
} from './lane.ts';
import type { Outcome, SessionRequest } from './messages.ts';

export interface LanePoolOptions {
  readonly maxLanes: number;
  /** A session that is held open is closed when it was not used for so long. */
  readonly idleMs: number;
  /** A lane that has nothing to do, and holds nothing, is ended after so long; one is always kept. */
  readonly laneIdleMs: number;
  /** A session could not be opened to be held. */
  readonly onHoldFailure: (key: string, failure: SessionFailure) => void;
  /** Work has ended: there may be room for other work. */
  readonly onRoom: () => void;
  /** A thread, unless told otherwise. */
  readonly startLane?: (events: LaneEvents) => Lane;
}

/** Something for a lane to do. */
export interface Job extends LaneJob {
  /** Names the kind of session: one that is held open under it may be used. */
  readonly key: string;
}

interface Waiting {
  readonly job: Job;
  readonly result: PromiseWithResolvers<Outcome>;
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
    if (this.#waiting.some(({ job }) => rankOf(job.standing) <= rankOf(standing))) return false;
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

  /** Runs work as soon as a lane is free. Rejects with a {@link SessionFailure}. */
  async run(job: Job): Promise<Outcome> {
    if (this.#isClosed) throw closed();
    const lane = this.#laneFor(job);
    if (lane !== undefined) return await this.#runIn(lane, job);
    const result = Promise.withResolvers<Outcome>();
    this.#waiting.push({ job, result });
    return await result.promise;
  }

  /** The names below a folder of all files that have more than one, and of those asked for, file by file. */
  async findLinks(root: string, files: readonly string[]): Promise<readonly (readonly string[])[]> {
    const lane = this.#idleLane() ?? this.#leastLane() ?? this.#start();
    return await lane.findLinks(root, files);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const { result } of this.#waiting.splice(0)) result.reject(closed());
    await Promise.all([...this.#lanes].map((lane) => lane.end()));
  }

  #laneFor({ key, standing }: Job): Lane | undefined {
    if (standing === 'troubled' && !this.#leavesRoom()) return undefined;
    const held = this.#holding.get(key)?.lane;
    if (held !== undefined && !held.isBusy) return held;
    const idle = this.#idleLane();
    const isFree = idle !== undefined && idle.heldCount + idle.workCount === 0;
    return !isFree && this.#mayStart() ? this.#start() : idle;
  }

  /** Whether another lane is left when one more is taken. With a single one there is no choice. */
  #leavesRoom(): boolean {
    const { maxLanes } = this.#options;
    const busy = [...this.#lanes].filter(({ isBusy }) => isBusy).length;
    return maxLanes === 1 || busy < maxLanes - 1;
  }

  async #runIn(lane: Lane, job: Job): Promise<Outcome> {
    const { key } = job;
    const isHeldHere = this.#holding.get(key)?.lane === lane;
    if (isHeldHere) this.#holding.delete(key);
    try {
      return await lane.run(isHeldHere ? key : undefined, job);
    } finally {
      this.#next();
      this.#options.onRoom();
    }
  }

  /** Runs what waits and may run now, in the order of their standing. */
  #next(): void {
    const inOrder = [...this.#waiting].sort((a, b) => rankOf(a.job.standing) - rankOf(b.job.standing));
    for (const waiting of inOrder) {
      if (!this.#begin(waiting)) return;
    }
  }

  /** Never throws: if no lane can be started, that is how the work ends. Answers whether there was room for it. */
  #begin(waiting: Waiting): boolean {
    const { job, result } = waiting;
    let running: Promise<Outcome>;
    try {
      const lane = this.#laneFor(job);
      if (lane === undefined) return false;
      running = this.#runIn(lane, job);
    } catch (thrown) {
      running = Promise.reject(thrown);
    }
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    running.then(result.resolve, result.reject);
    return true;
  }

  #idleLane(): Lane | undefined {
    const load = ({ workCount, heldCount }: Lane) => 2 * workCount + heldCount;
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
      .filter(({ workCount, heldCount }) => workCount === 0 && heldCount === 0)
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

/** Memory, or threads, may be short for a while. */
function notStarted(thrown: unknown): SessionFailure {
  const message = `a thread cannot be started: ${errorOf(thrown).message}`;
  return new SessionFailure({ message, code: 'ERR_LANE_ENDED', isTransient: true, isOpening: true });
}

function closed(): SessionFailure {
  const message = 'the lanes are closed';
  return new SessionFailure({ message, code: 'ERR_LANE_ENDED', isTransient: true, isOpening: true });
}
