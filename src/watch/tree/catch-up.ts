/** Quiet time after the last trouble before everything is compared, */
const QUIET_MS = 5000;
/** and the longest time after the first, however much more trouble there is. */
const MAX_WAIT_MS = 60_000;

export interface CatchUpParts {
  /** Has everything compared. */
  readonly compare: () => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/** When changes may have been missed, everything is compared: once for all the trouble that comes together. */
export class CatchUp {
  readonly #parts: CatchUpParts;
  #timer: NodeJS.Timeout | undefined;
  #latestAt = Number.POSITIVE_INFINITY;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /** Something may have been missed. */
  plan(): void {
    const now = this.#parts.now();
    this.#latestAt = Math.min(this.#latestAt, now + MAX_WAIT_MS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#latestAt = Number.POSITIVE_INFINITY;
        this.#parts.compare();
      },
      Math.max(0, Math.min(QUIET_MS, this.#latestAt - now)),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
