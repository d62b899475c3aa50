import type { BlockSums } from './block-sums.ts';
import type { Scanner } from './scanner.ts';
import { lengthOfBlock } from './sum-head.ts';
import type { TokenSink } from './tokens.ts';

/** Bytes that are read into the window at once. */
const READ_LENGTH = 256 * 1024;
const NO_BLOCK = -1;
/**
 * Bytes that may be summed in vain: at first, and for each byte of the file. A basis can be made so that every place
 * looks like one of its blocks and none is; without a limit each byte would then cost a strong sum.
 */
const VAIN_START = 16 * 1024 * 1024;
const VAIN_PER_BYTE = 16;

export interface SearchOptions {
  /** The strong sum of a block, with the session's seed. */
  readonly strong: (bytes: Uint8Array) => Buffer;
  /** The receiver overwrites the basis while it reads from it. */
  readonly isInPlace: boolean;
}

/** What a search has met on its way; the words are those of rsync's own statistics. */
export interface SearchCounts {
  /** Blocks of the basis that the new file has. */
  readonly matches: number;
  /** Places whose rolling sum is that of some block. */
  readonly hashHits: number;
  /** Blocks that had the rolling sum of a place, and another strong sum. */
  readonly falseAlarms: number;
}

/**
 * Looks for blocks of the basis in the new file, which passes by in pieces: fill {@link nextSpace}, say how much it
 * was with {@link advance}, until the end. Everything goes to the sink in the order of the new file.
 *
 * Runs of adjacent blocks are kept together ("want"): repeated blocks then ascend, which compressed tokens need to
 * be short. Source: docs/protocol chapter 3, sections 5.2, 5.3 and 5.5.
 */
export class MatchSearch {
  readonly #scanner: Scanner;
  readonly #sums: BlockSums;
  readonly #options: SearchOptions;
  readonly #sink: TokenSink;
  /** Blocks that were matched at their own offset and therefore stay in place. */
  readonly #inPlace: Uint8Array;
  /** Bytes in the window; what is before `#from` has gone to the sink. */
  #filled = 0;
  #from = 0;
  /** Offset of the window's first byte in the new file. */
  #base = 0;
  #want = 0;
  /** Bytes that were summed without finding a block. */
  #vain = 0;
  readonly #counts = { matches: 0, hashHits: 0, falseAlarms: 0 };

  constructor(scanner: Scanner, sums: BlockSums, sink: TokenSink, options: SearchOptions) {
    this.#scanner = scanner;
    this.#sums = sums;
    this.#sink = sink;
    this.#options = options;
    this.#inPlace = new Uint8Array(options.isInPlace ? sums.head.blockCount : 0);
    scanner.load(sums.head, sums.bytes, sums.head.blockLength + READ_LENGTH);
  }

  /** So far. */
  get counts(): SearchCounts {
    return this.#counts;
  }

  /** Where the next bytes of the new file belong. All slices that the sink was given are overwritten. */
  nextSpace(): Buffer {
    const { window } = this.#scanner;
    window.copyWithin(0, this.#from, this.#filled);
    this.#base += this.#from;
    this.#filled -= this.#from;
    this.#from = 0;
    return window.subarray(this.#filled);
  }

  /** `length` bytes were put into {@link nextSpace}; `isEnd`: they were the last. */
  advance(length: number, isEnd: boolean): void {
    this.#filled += length;
    this.#searchFull();
    if (isEnd) this.#searchEnd();
    else this.#literal(this.#searchedTo);
  }

  /** Looks for whole blocks at every place where one fits. */
  #searchFull(): void {
    const length = this.#sums.head.blockLength;
    const last = this.#filled - length;
    while (this.#from <= last) {
      this.#scanner.restart(this.#from, length);
      if (!this.#matchNext(last, length)) break;
    }
  }

  /** Before this place no whole block is left to be found. */
  get #searchedTo(): number {
    return Math.max(this.#from, this.#filled - this.#sums.head.blockLength + 1);
  }

  /** Takes the first match at or behind the place where the search stands; false if there is none up to `last`. */
  #matchNext(last: number, length: number): boolean {
    for (let at = this.#from; ; at++) {
      at = this.#scanner.scan(at, last, length);
      if (this.#match(at, length, this.#scanner.candidates())) return true;
      if (at === last) return false;
      this.#scanner.slide(at, length);
    }
  }

  /** The last block of the basis, if it is a short one, can only be the end of the new file. */
  #searchEnd(): void {
    const { remainder } = this.#sums.head;
    const at = this.#filled - remainder;
    if (remainder > 0 && at >= this.#from) {
      this.#scanner.restart(at, remainder);
      // Named, not looked up: where most blocks are alike it would not be among the first candidates.
      const last = this.#sums.head.blockCount - 1;
      if (this.#sums.rolling(last) === this.#scanner.sum) this.#match(at, remainder, [last]);
    }
    this.#literal(this.#filled);
  }

  #literal(end: number): void {
    if (end > this.#from) this.#sink.literal(this.#scanner.window.subarray(this.#from, end));
    this.#from = end;
  }

  #match(at: number, length: number, candidates: Iterable<number>): boolean {
    const bytes = this.#scanner.window.subarray(at, at + length);
    const block = this.#blockFor(bytes, this.#base + at, candidates);
    if (block === NO_BLOCK) return false;
    this.#literal(at);
    this.#counts.matches += 1;
    this.#sink.match(block, bytes);
    this.#from = at + length;
    this.#want = block + 1;
    return true;
  }

  #blockFor(bytes: Buffer, offset: number, candidates: Iterable<number>): number {
    if (this.#hasSummedEnough(offset)) return NO_BLOCK;
    let digest: Buffer | undefined;
    for (const block of candidates) {
      if (lengthOfBlock(this.#sums.head, block) !== bytes.length) continue;
      if (digest === undefined) {
        digest = this.#options.strong(bytes);
        this.#counts.hashHits += 1;
      }
      if (!this.#sums.isStrong(block, digest)) {
        this.#counts.falseAlarms += 1;
        continue;
      }
      const chosen = this.#choose(block, bytes.length, offset);
      if (chosen !== NO_BLOCK) return chosen;
    }
    if (digest !== undefined) this.#vain += bytes.length;
    return NO_BLOCK;
  }

  #hasSummedEnough(offset: number): boolean {
    return this.#vain > VAIN_START + VAIN_PER_BYTE * offset;
  }

  /** The block to name for bytes that equal `block`: one that is still there, and rather the one we want next. */
  #choose(block: number, length: number, offset: number): number {
    const { head } = this.#sums;
    if (this.#options.isInPlace) {
      const own = offset / head.blockLength;
      if (Number.isInteger(own) && this.#isEqual(own, block, length)) {
        this.#inPlace[own] = 1;
        return own;
      }
    }
    if (this.#isEqual(this.#want, block, length) && this.#isThere(this.#want, offset)) return this.#want;
    return this.#isThere(block, offset) ? block : NO_BLOCK;
  }

  #isEqual(one: number, block: number, length: number): boolean {
    const { head } = this.#sums;
    return one < head.blockCount && lengthOfBlock(head, one) === length && this.#sums.isSame(one, block);
  }

  /** In place, what lies before the write position is overwritten, unless it was found to be unchanged. */
  #isThere(block: number, offset: number): boolean {
    if (!this.#options.isInPlace) return true;
    return block * this.#sums.head.blockLength >= offset || this.#inPlace[block] === 1;
  }
}
