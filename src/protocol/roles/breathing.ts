import { setImmediate as turn } from 'node:timers/promises';

/** Bytes after which the event loop gets its turn: some 10 ms of hashing. */
const BREATH_LENGTH = 16 * 1024 * 1024;

/**
 * Long work on local files, which answer at once, never waits: without a pause no timer runs, no sign of life goes
 * out and no abort comes in.
 */
export class Breathing {
  #length = 0;

  /** So many bytes have been worked on since the last call. */
  async after(bytes: number): Promise<void> {
    this.#length += bytes;
    if (this.#length >= BREATH_LENGTH) await this.turn();
  }

  /** The event loop gets its turn now. */
  async turn(): Promise<void> {
    this.#length = 0;
    await turn();
  }
}
