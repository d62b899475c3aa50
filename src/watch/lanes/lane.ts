import { Worker } from 'node:worker_threads';
import type { FailureReport, LaneOrder, LaneReport, Outcome, SessionRequest, Work } from './messages.ts';
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

/** How the last session with a remote went. One lane is left to those that are not in trouble. */
export type Standing = 'good' | 'unknown' | 'troubled';

/** Who comes first has the lowest rank. */
export function rankOf(standing: Standing = 'unknown'): number {
  return ['good', 'unknown', 'troubled'].indexOf(standing);
}

export interface LaneJob {
  readonly session: SessionRequest;
  readonly work: Work;
  readonly signal?: AbortSignal;
  readonly standing?: Standing;
}

/** Something that runs sessions, one at a time as long as they get on, and may hold others open. */
export interface Lane {
  /** A session is at work. One that is being opened does not count, and none that hangs: others may run beside it. */
  readonly isBusy: boolean;
  /** All work that has not ended. */
  readonly workCount: number;
  /** Sessions that are being held open. */
  readonly heldCount: number;
  /** When it was last used, in ms of the monotonic clock. */
  readonly usedAt: number;
  /** Opens a session and holds it under a key, in place of an older one. */
  hold(key: string, session: SessionRequest): void;
  release(key: string): void;
  /** Runs work in the session that is held under the key, else in a new one. */
  run(key: string | undefined, job: LaneJob): Promise<Outcome>;
  /** The names below a folder of all files that have more than one, and of those asked for, file by file. */
  findLinks(root: string, files: readonly string[]): Promise<readonly (readonly string[])[]>;
  end(): Promise<void>;
}

interface Running {
  readonly result: PromiseWithResolvers<Outcome>;
  readonly rank: number;
  state: 'opening' | 'open' | 'working' | 'stalled';
}

/** A worker thread, as the main thread sees it. */
export class ThreadLane implements Lane {
  readonly #worker: Worker;
  readonly #events: LaneEvents;
  readonly #running = new Map<number, Running>();
  readonly #finding = new Map<number, PromiseWithResolvers<readonly (readonly string[])[]>>();
  /** Whether each session that is to be held is open by now. */
  readonly #held = new Map<string, boolean>();
  #nextId = 0;
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

  get workCount(): number {
    return this.#running.size + this.#finding.size;
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

  run(key: string | undefined, { session, work, signal, standing }: LaneJob): Promise<Outcome> {
    const id = this.#newId();
    const isOpen = key !== undefined && this.#held.get(key) === true && !this.isBusy;
    if (key !== undefined) this.#held.delete(key);
    const result = Promise.withResolvers<Outcome>();
    const onAbort = () => this.#order({ kind: 'abort', id });
    signal?.addEventListener('abort', onAbort);
    this.#running.set(id, { result, rank: rankOf(standing), state: isOpen ? 'working' : 'opening' });
    this.#order({ kind: 'run', id, key, session, work, isOpen });
    if (signal?.aborted) onAbort();
    return result.promise.finally(() => {
      signal?.removeEventListener('abort', onAbort);
      this.usedAt = performance.now();
    });
  }

  findLinks(root: string, files: readonly string[]): Promise<readonly (readonly string[])[]> {
    const id = this.#newId();
    const result = Promise.withResolvers<readonly (readonly string[])[]>();
    this.#finding.set(id, result);
    this.#order({ kind: 'find-links', id, root, files });
    return result.promise.finally(() => {
      this.usedAt = performance.now();
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #newId(): number {
    this.#nextId += 1;
    return this.#nextId;
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
        this.#take(report.id)?.resolve(byOurClock(report.outcome));
        return;
      case 'failed':
        this.#take(report.id)?.reject(new SessionFailure(report.failure));
        return;
      case 'links':
        this.#finding.get(report.id)?.resolve(report.names);
        this.#finding.delete(report.id);
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

  #take(id: number): PromiseWithResolvers<Outcome> | undefined {
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
    for (const { reject } of this.#finding.values()) reject(failure);
    this.#running.clear();
    this.#finding.clear();
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
