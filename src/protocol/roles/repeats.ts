import { ProtocolError } from '../errors.ts';
import { MAX_REPEATS } from '../wire/limits.ts';

const PAGE_LENGTH = 4096;

/** How often a peer has named each index: what it says again and again costs us work, and never ends. */
export class Repeats {
  /** A byte for each index, in pages; only for indexes that the list has. */
  readonly #pages = new Map<number, Uint8Array>();

  /** How often it is by now. @throws ProtocolError when it is too often; `what` says what the peer did. */
  count(index: number, what: () => string): number {
    const number = Math.floor(index / PAGE_LENGTH);
    const page = this.#pages.get(number) ?? new Uint8Array(PAGE_LENGTH);
    this.#pages.set(number, page);
    const place = index % PAGE_LENGTH;
    const times = (page[place] ?? 0) + 1;
    if (times > MAX_REPEATS) throw new ProtocolError(`${what()} more than ${MAX_REPEATS} times`);
    page[place] = times;
    return times;
  }
}
