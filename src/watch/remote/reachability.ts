import { type BackOffTimes, backOffMs } from '../back-off.ts';

/** A remote that cannot be reached, and one that refuses us (login, unknown module). */
const unreachable: BackOffTimes = { firstMs: 250, maxMs: 30_000 };
const refused: BackOffTimes = { firstMs: 2000, maxMs: 300_000 };
/**
 * Sessions in a row that may fail while the path is looked for that is the cause: twice as many as it takes to find one
 * of a million.
 */
const MAX_FAILURES = 40;

export interface Block {
  /** In ms of the monotonic clock. */
  readonly until: number;
  readonly reason: string;
  /** The same was said the time before. */
  readonly isKnown: boolean;
}

/** Whether a remote as a whole is to be left alone for a while: longer each time, until a session goes well. */
export class Reachability {
  readonly #random: () => number;
  #block: Block | undefined;
  #blocks = 0;
  #failures = 0;
  #isProven = false;
  #lastReason: string | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A session has gone well. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** What was wrong when it was last tried, until a session goes well: also while it is tried again. */
  get trouble(): string | undefined {
    return this.#lastReason;
  }

  /** Why it is left alone, if it is. */
  at(now: number): Block | undefined {
    if (this.#block !== undefined && this.#block.until <= now) this.#block = undefined;
    return this.#block;
  }

  /** No session came about, or one broke. Answers undefined if it is left alone already. */
  block(reason: string, isTransient: boolean, now: number): Block | undefined {
    if (this.at(now) !== undefined) return undefined;
    this.#blocks += 1;
    const until = now + backOffMs(this.#blocks, isTransient ? unreachable : refused, this.#random);
    this.#block = { until, reason, isKnown: reason === this.#lastReason };
    this.#lastReason = reason;
    return this.#block;
  }

  /** A session about several paths failed. Answers whether it still makes sense to try others at once. */
  mayGoOn(): boolean {
    this.#failures += 1;
    return this.#failures < MAX_FAILURES;
  }

  /** A session went well. Answers whether that is news. */
  recover(): boolean {
    const wasBlocked = this.#blocks > 0;
    this.#isProven = true;
    this.#block = undefined;
    this.#blocks = 0;
    this.#failures = 0;
    this.#lastReason = undefined;
    return wasBlocked;
  }
}
