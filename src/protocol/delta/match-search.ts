import type { Scanner } from './scanner.ts';
import { type BlockSums, lengthOfBlock } from './sum-head.ts';
import type { TokenSink } from './tokens.ts';

/** Bytes that are read into the window at once. */
const READ_LENGTH = 256 * 1024;
const NO_BLOCK = -1;
/*
 * What a search may cost, in units of about the time in which a byte is summed: at first, and for each byte of the
 * file. A basis can be made so that every place looks like one of its blocks, or like thousands of them, and is none.
 */
const COST_START = 16 * 1024 * 1024;
const COST_PER_BYTE = 16;
const MAX_COST_PER_BYTE = 1024;
/** What a place costs that looks like a block, besides the bytes that are summed without a match, and each block in question. */
const COST_OF_PLACE = 2048;
const COST_OF_BLOCK = 8;
/** Blocks that are entered into the tables between two turns of the event loop. */
const BLOCKS_AT_ONCE = 100_000;

export interface SearchOptions {
  /** The strong sum of a block, with the session's seed. */
  readonly strong: (bytes: Uint8Array) => Buffer;
  /** The receiver overwrites the basis while it reads from it. */
  readonly isInPlace: boolean;
  /** The user wants blocks of this length, however short they are: `--block-size`. */
  readonly isLengthWanted?: boolean;
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
  readonly #costPerByte: number;
  /** What the search has cost so far. */
  #cost = 0;
  /** The part of it that {@link takeCost} has told. */
  #toldCost = 0;
  readonly #counts = { matches: 0, hashHits: 0, falseAlarms: 0 };

  constructor(scanner: Scanner, sums: BlockSums, sink: TokenSink, options: SearchOptions) {
    this.#scanner = scanner;
    this.#sums = sums;
    this.#sink = sink;
    this.#options = options;
    this.#inPlace = new Uint8Array(options.isInPlace ? sums.head.blockCount : 0);
    const { blockLength } = sums.head;
    this.#costPerByte = options.isLengthWanted === true ? costOfShort(blockLength) : COST_PER_BYTE;
    scanner.load(sums.head, sums.bytes, blockLength + READ_LENGTH);
  }

  /** Enters some of the block sums into the tables; true once they are all there. Else the search begins with it. */
  prepare(): boolean {
    return this.#scanner.enter(BLOCKS_AT_ONCE);
  }

  /** What the search has cost since this was last asked: about the bytes that could have been summed meanwhile. */
  takeCost(): number {
    const cost = this.#cost - this.#toldCost;
    this.#toldCost = this.#cost;
    return cost;
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
    for (let at = this.#from; ; ) {
      at = this.#scanner.scan(at, last, length);
      const places = this.#placesToSkip(at);
      if (places === 0 && this.#matchCandidate(at, length)) return true;
      if (at + Math.max(places, 1) > last) return false;
      if (places <= 1) this.#scanner.slide(at, length);
      else this.#scanner.restart(at + places, length);
      at += Math.max(places, 1);
    }
  }

  /** A search that has cost too much goes on where it would not have: what is before goes out as it is. */
  #placesToSkip(at: number): number {
    const debt = this.#cost - COST_START - this.#costPerByte * (this.#base + at);
    return debt > 0 ? Math.ceil(debt / this.#costPerByte) : 0;
  }

  #matchCandidate(at: number, length: number): boolean {
    if (!this.#scanner.isCandidate) return false;
    const bytes = this.#scanner.window.subarray(at, at + length);
    const candidates = this.#scanner.candidates(this.#sums.comparedOf(this.#options.strong(bytes)));
    const isMatch = this.#match(at, bytes, candidates);
    this.#counts.hashHits += 1;
    this.#counts.falseAlarms += this.#scanner.falseAlarms;
    this.#cost += COST_OF_PLACE + COST_OF_BLOCK * this.#scanner.tried + (isMatch ? 0 : length);
    return isMatch;
  }

  /** The last block of the basis, if it is a short one, can only be the end of the new file. */
  #searchEnd(): void {
    const { remainder } = this.#sums.head;
    const at = this.#filled - remainder;
    if (remainder > 0 && at >= this.#from) {
      this.#scanner.restart(at, remainder);
      // Named, not looked up: where most blocks are alike it would not be among the first candidates.
      const last = this.#sums.head.blockCount - 1;
      if (this.#sums.rolling(last) === this.#scanner.sum) this.#matchLast(last, at, remainder);
    }
    this.#literal(this.#filled);
  }

  #matchLast(last: number, at: number, length: number): void {
    const bytes = this.#scanner.window.subarray(at, at + length);
    this.#counts.hashHits += 1;
    if (this.#sums.isStrong(last, this.#options.strong(bytes))) this.#match(at, bytes, [last]);
    else this.#counts.falseAlarms += 1;
  }

  #literal(end: number): void {
    if (end > this.#from) this.#sink.literal(this.#scanner.window.subarray(this.#from, end));
    this.#from = end;
  }

  /** Takes one of these blocks, which all equal the bytes at this place, if one is still there. */
  #match(at: number, bytes: Buffer, equals: Iterable<number>): boolean {
    const block = this.#choose(equals, bytes.length, this.#base + at);
    if (block === NO_BLOCK) return false;
    this.#literal(at);
    this.#counts.matches += 1;
    this.#sink.match(block, bytes);
    this.#from = at + bytes.length;
    this.#want = block + 1;
    return true;
  }

  /** The block to name out of equal ones: one that is still there, and rather the one we want next. */
  #choose(equals: Iterable<number>, length: number, offset: number): number {
    let isFirst = true;
    for (const block of equals) {
      const better = isFirst ? this.#better(block, length, offset) : NO_BLOCK;
      if (better !== NO_BLOCK) return better;
      if (this.#isThere(block, offset)) return block;
      isFirst = false;
    }
    return NO_BLOCK;
  }

  /** A block that equals this one, and is better than it. */
  #better(block: number, length: number, offset: number): number {
    const { head } = this.#sums;
    if (this.#options.isInPlace) {
      const own = offset / head.blockLength;
      if (Number.isInteger(own) && this.#isEqual(own, block, length)) {
        this.#inPlace[own] = 1;
        return own;
      }
    }
    const isWanted = this.#isEqual(this.#want, block, length) && this.#isThere(this.#want, offset);
    return isWanted ? this.#want : NO_BLOCK;
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

/** Where blocks are short on purpose, nearly each byte may look like one. A match is paid for twice at least. */
function costOfShort(blockLength: number): number {
  const ofMatch = COST_OF_PLACE / blockLength;
  return Math.max(COST_PER_BYTE, 2 * ofMatch, Math.min(8 * ofMatch, MAX_COST_PER_BYTE));
}
