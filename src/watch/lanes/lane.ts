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

  constructor({ message, code, isTransient, isOpening }: FailureReport) {
    super(message);
    this.code = code;
    this.isTransient = isTransient;
    this.isOpening = isOpening;
  }
}

export interface LaneEvents {
  /** A session is open and waits, or could not be opened. */
  onHeld(key: string, failure: SessionFailure | undefined): void;
  /** The lane has ended, wanted or not. */
  onEnd(lane: Lane): void;
}

/** Something that runs sessions, one at a time, and may hold others open. */
export interface Lane {
  readonly isBusy: boolean;
  /** Sessions that are being held open. */
  readonly heldCount: number;
  /** When it was last used, in ms of the monotonic clock. */
  readonly usedAt: number;
  /** Opens a session and holds it under a key, in place of an older one. */
  hold(key: string, session: SessionRequest): void;
  release(key: string): void;
  /** Runs work in the session that is held under the key, else in a new one. */
  run(
    key: string | undefined,
    session: SessionRequest,
    work: Work,
    signal: AbortSignal | undefined,
  ): Promise<Outcome>;
  /** The names below a folder of all files that have more than one, and of those asked for, file by file. */
  findLinks(root: string, files: readonly string[]): Promise<readonly (readonly string[])[]>;
  end(): Promise<void>;
}

/** A worker thread, as the main thread sees it. */
export class ThreadLane implements Lane {
  readonly #worker: Worker;
  readonly #events: LaneEvents;
  readonly #running = new Map<number, PromiseWithResolvers<Outcome>>();
  readonly #finding = new Map<number, PromiseWithResolvers<readonly (readonly string[])[]>>();
  readonly #held = new Set<string>();
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
    return this.#running.size > 0;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  hold(key: string, session: SessionRequest): void {
    this.#held.add(key);
    this.#order({ kind: 'hold', key, session });
  }

  release(key: string): void {
    if (this.#held.delete(key)) this.#order({ kind: 'release', key });
  }

  run(
    key: string | undefined,
    session: SessionRequest,
    work: Work,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const id = this.#newId();
    if (key !== undefined) this.#held.delete(key);
    const result = Promise.withResolvers<Outcome>();
    const onAbort = () => this.#order({ kind: 'abort', id });
    signal?.addEventListener('abort', onAbort);
    this.#running.set(id, result);
    this.#order({ kind: 'run', id, key, session, work });
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
    return result.promise;
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
        this.#events.onHeld(report.key, undefined);
        return;
      case 'not-held':
        if (this.#held.delete(report.key))
          this.#events.onHeld(report.key, new SessionFailure(report.failure));
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

  #take(id: number): PromiseWithResolvers<Outcome> | undefined {
    const result = this.#running.get(id);
    this.#running.delete(id);
    return result;
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
    for (const { reject } of [...this.#running.values(), ...this.#finding.values()]) reject(failure);
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
