import { setImmediate as nextTurn } from 'node:timers/promises';

/** What is done between two turns of the event loop at most: some 10 ms of hashing, */
const MAX_LENGTH = 16 * 1024 * 1024;
/** so many small things, */
const MAX_PIECES = 2000;
/** and not for longer than this where the disk is slow. */
const MAX_MS = 20;
/** Work that is done before the clock counts: a small push has no turn to spare. */
const MIN_PIECES = 16;

export interface EventLoopYieldOptions {
  /** Ends the work: its reason is thrown by whatever notices. */
  readonly signal?: AbortSignal | undefined;
  /** Small pieces that are always done without a turn. */
  readonly minPieces?: number;
  /** The clock, in ms. */
  readonly now?: () => number;
}

/**
 * Long work on local files, which answer at once, never waits: without a pause no timer runs, no sign of life goes
 * out and no abort comes in.
 */
export class EventLoopYield {
  readonly #signal: AbortSignal | undefined;
  readonly #minPieces: number;
  readonly #now: () => number;
  #length = 0;
  #pieces = 0;
  #since: number;

  constructor({ signal, minPieces = MIN_PIECES, now = () => performance.now() }: EventLoopYieldOptions = {}) {
    this.#signal = signal;
    this.#minPieces = minPieces;
    this.#now = now;
    this.#since = now();
  }

  /** One piece of work more is done, of so many bytes: is it time for a turn of the event loop? */
  isDue(bytes = 0): boolean {
    this.#length += bytes;
    this.#pieces += 1;
    if (this.#length >= MAX_LENGTH || this.#pieces >= MAX_PIECES) return true;
    return this.#pieces >= this.#minPieces && this.#now() - this.#since >= MAX_MS;
  }

  /** So many bytes have been worked on since the last call. */
  async after(bytes: number): Promise<void> {
    if (this.isDue(bytes)) await this.turn();
    else this.check();
  }

  /** The event loop gets its turn now. */
  async turn(): Promise<void> {
    await nextTurn();
    this.restart();
    this.check();
  }

  /** A turn begins. */
  restart(): void {
    this.#length = 0;
    this.#pieces = 0;
    this.#since = this.#now();
  }

  /** Throws the reason if the work is to end. */
  check(): void {
    this.#signal?.throwIfAborted();
  }

  /** Waits for an answer, but not longer than the work goes on. */
  async until<T>(answer: T | Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (!(answer instanceof Promise) || signal === undefined) return await answer;
    const ended = Promise.withResolvers<never>();
    const end = () => ended.reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      return await Promise.race([answer, ended.promise]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}

/** Work that yields wherever the event loop should have a turn. */
export type Steps<T> = Generator<void, T, void>;

/** Does all the work: at once if it never yields, else with turns of the event loop in between. */
export function inTurns<T>(steps: Steps<T>, yielding = new EventLoopYield()): T | Promise<T> {
  const first = steps.next();
  return first.done === true ? first.value : goOn(steps, yielding);
}

async function goOn<T>(steps: Steps<T>, yielding: EventLoopYield): Promise<T> {
  for (;;) {
    await yielding.turn();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
