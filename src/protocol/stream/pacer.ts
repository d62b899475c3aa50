/** Slice and maximum burst, in milliseconds of the rate. */
const SLICE_MS = 100;
const MIN_SLICE = 512;

/** Time in ms, and waiting for it. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

const monotonicClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

type Hand = (slice: readonly Buffer[]) => Promise<void>;

/** Keeps what is sent below a rate, also over short times: it goes out in slices, each when its time has come. */
export class Pacer {
  readonly #bytesPerMs: number;
  readonly #sliceLength: number;
  readonly #clock: Clock;
  /** When the next slice may go. */
  #due = -Infinity;
  #last: Promise<void> = Promise.resolve();

  constructor(bytesPerSecond: number, clock: Clock = monotonicClock) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#sliceLength = Math.max(MIN_SLICE, Math.floor(this.#bytesPerMs * SLICE_MS));
    this.#clock = clock;
  }

  /** Has `hand` send the chunks, behind everything that was given before. */
  send(chunks: readonly Buffer[], hand: Hand): Promise<void> {
    const sent = this.#last.then(() => this.#sendSlices(chunks, hand));
    this.#last = sent.catch(() => {
      // Whoever sends next meets the same trouble, and reports it.
    });
    return sent;
  }

  async #sendSlices(chunks: readonly Buffer[], hand: Hand): Promise<void> {
    for (const slice of slicesOf(chunks, this.#sliceLength)) {
      const waitMs = this.#due - this.#clock.now();
      if (waitMs > 0) await this.#clock.sleep(waitMs);
      const length = slice.reduce((sum, chunk) => sum + chunk.length, 0);
      this.#due = Math.max(this.#due, this.#clock.now() - SLICE_MS) + length / this.#bytesPerMs;
      await hand(slice);
    }
  }
}

/** Cuts chunks into groups of at most `most` bytes. */
function* slicesOf(chunks: readonly Buffer[], most: number): Generator<Buffer[]> {
  let slice: Buffer[] = [];
  let room = most;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + room);
      slice.push(piece);
      from += piece.length;
      room -= piece.length;
      if (room > 0) continue;
      yield slice;
      slice = [];
      room = most;
    }
  }
  if (slice.length > 0) yield slice;
}
