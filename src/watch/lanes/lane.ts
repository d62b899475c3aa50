import { Worker } from 'node:worker_threads';
import type {
  FailureReport,
  LaneOrder,
  LaneReport,
  LaneResults,
  LaneTask,
  Outcome,
  ResultOf,
  SessionRequest,
  Standing,
} from './messages.ts';
import { processClock } from './process-clock.ts';

/** The same ending as this file: `.ts` in the sources, `.js` when built. */
const WORKER = new URL(`./lane-worker${/\.\w+$/.exec(import.meta.url)?.[0]}`, import.meta.url);

/** A session failed as a whole: nothing is known about what of its work was done. */
export class SessionFailure extends Error {
  readonly code: string;
  readonly isTransient: boolean;
  /** It failed before anything was sent. */
  readonly isOpening: boolean;
  /** The files that were sent last: the server may have been at one of them. */
  readonly sentLast: readonly string[];

  constructor({ message, code, isTransient, isOpening, sentLast = [] }: FailureReport) {
    super(message);
    this.code = code;
    this.isTransient = isTransient;
    this.isOpening = isOpening;
    this.sentLast = sentLast;
  }
}

export interface LaneEvents {
  /** A session is open and waits, or could not be opened. */
  onHeld(key: string, failure: SessionFailure | undefined): void;
  /** The lane has room for other work although not all of its work is done. */
  onRoom(): void;
  /** The lane has ended, wanted or not. */
  onEnd(lane: Lane): void;
}

/** Who comes first has the lowest rank. */
export function rankOf(standing: Standing = 'unknown'): number {
  return ['good', 'unknown', 'troubled'].indexOf(standing);
}

export function rankOfTask(task: LaneTask): number {
  return rankOf(task.kind === 'push' ? task.standing : undefined);
}

/** Something that runs tasks: sessions one at a time as long as they get on. It may hold others open. */
export interface Lane {
  /** A session is at work. One that is being opened does not count, and none that hangs: others may run beside it. */
  readonly isBusy: boolean;
  /** All tasks that have not ended. */
  readonly taskCount: number;
  /** Sessions that are being held open. */
  readonly heldCount: number;
  /** When it was last used, in ms of the monotonic clock. */
  readonly usedAt: number;
  /** Opens a session and holds it under a key, in place of an older one. */
  hold(key: string, session: SessionRequest): void;
  release(key: string): void;
  /** A push runs in the session that is held under its key, else in a new one. */
  run<Task extends LaneTask>(task: Task, signal?: AbortSignal): Promise<ResultOf<Task>>;
  end(): Promise<void>;
}

interface Running {
  readonly result: PromiseWithResolvers<LaneResults[keyof LaneResults]>;
  readonly rank: number;
  /** `aside`: it is no session, and others need not wait for it. */
  state: 'opening' | 'open' | 'working' | 'stalled' | 'aside';
}

/** A worker thread, as the main thread sees it. */
export class ThreadLane implements Lane {
  readonly #worker: Worker;
  readonly #events: LaneEvents;
  readonly #running = new Map<number, Running>();
  /** Whether each session that is to be held is open by now. */
  readonly #held = new Map<string, boolean>();
  #lastId = 0;
  #isOver = false;
  usedAt = performance.now();

  constructor(events: LaneEvents) {
    this.#events = events;
    this.#worker = new Worker(WORKER);
    this.#worker.on('message', (report: LaneReport) => this.#onReport(report));
    this.#worker.on('error', (error) => this.#end(error.message));
    this.#worker.on('exit', () => this.#end('the thread has ended'));
  }

  get isBusy(): boolean {
    return [...this.#running.values()].some(({ state }) => state === 'working');
  }

  get taskCount(): number {
    return this.#running.size;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  hold(key: string, session: SessionRequest): void {
    this.#held.set(key, false);
    this.#order({ kind: 'hold', key, session });
  }

  release(key: string): void {
    if (this.#held.delete(key)) this.#order({ kind: 'release', key });
  }

  async run<Task extends LaneTask>(task: Task, signal?: AbortSignal): Promise<ResultOf<Task>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const state = this.#firstState(task);
    const result = Promise.withResolvers<LaneResults[keyof LaneResults]>();
    const onAbort = () => this.#order({ kind: 'abort', id });
    signal?.addEventListener('abort', onAbort);
    this.#running.set(id, { result, rank: rankOfTask(task), state });
    this.#order({ kind: 'run', id, task, isOpen: state === 'working' });
    if (signal?.aborted) onAbort();
    try {
      // Each kind of task is answered with the result of its kind.
      return (await result.promise) as ResultOf<Task>;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.usedAt = performance.now();
    }
  }

  /** Takes the session that is held for a push, if there is one. */
  #firstState(task: LaneTask): Running['state'] {
    if (task.kind !== 'push') return 'aside';
    const isOpen = this.#held.get(task.key) === true && !this.isBusy;
    this.#held.delete(task.key);
    return isOpen ? 'working' : 'opening';
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #order(order: LaneOrder): void {
    this.usedAt = performance.now();
    this.#worker.postMessage(order);
  }

  #onReport(report: LaneReport): void {
    switch (report.kind) {
      case 'held':
        if (this.#held.has(report.key)) this.#held.set(report.key, true);
        this.#events.onHeld(report.key, undefined);
        return;
      case 'not-held':
        if (this.#held.delete(report.key))
          this.#events.onHeld(report.key, new SessionFailure(report.failure));
        return;
      case 'opened':
        this.#enter(report.id, 'open');
        return;
      case 'stalled':
        this.#enter(report.id, 'stalled');
        return;
      case 'resumed':
        this.#enter(report.id, 'working');
        return;
      case 'done':
        this.#take(report.id)?.resolve(report.task === 'push' ? byOurClock(report.result) : report.result);
        return;
      case 'failed':
        this.#take(report.id)?.reject(new SessionFailure(report.failure));
    }
  }

  #enter(id: number, state: Running['state']): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.state = state;
    // Others may have something more urgent than what waits here.
    if (!this.isBusy) this.#events.onRoom();
    this.#startNext();
  }

  /** Lets a session begin that is open and waits, the one of best standing, if no other one is at work. */
  #startNext(): void {
    if (this.isBusy) return;
    const open = [...this.#running].filter(([, { state }]) => state === 'open');
    const [next] = open.sort(([, a], [, b]) => a.rank - b.rank);
    if (next === undefined) return;
    const [id, running] = next;
    running.state = 'working';
    this.#order({ kind: 'start', id });
  }

  #take(id: number): Running['result'] | undefined {
    const running = this.#running.get(id);
    this.#running.delete(id);
    setImmediate(() => this.#startNext());
    return running?.result;
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const failure = new SessionFailure({
      message: `a lane ended: ${why}`,
      code: 'ERR_LANE_ENDED',
      isTransient: true,
      isOpening: false,
    });
    for (const { result } of this.#running.values()) result.reject(failure);
    this.#running.clear();
    this.#held.clear();
    this.#events.onEnd(this);
  }
}

/** Translates times from the clock of the process to that of this thread; if at all, to earlier ones. */
function byOurClock(outcome: Outcome): Outcome {
  const offset = performance.now() - processClock();
  const { wall, monotonic } = outcome.listedAt;
  return { ...outcome, listedAt: { wall, monotonic: monotonic + offset } };
}
