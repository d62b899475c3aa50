import { RollingSum } from '../checksum/rolling.ts';
import type { BlockSums } from './block-sums.ts';
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

/**
 * Looks for blocks of the basis in the new file, which passes by in pieces: fill {@link nextSpace}, say how much it was
 * with {@link advance}, until the end. Everything goes to the sink in the order of the new file.
 *
 * Runs of adjacent blocks are kept together ("want"): repeated blocks then ascend, which compressed tokens need to
 * be short. Source: shared/protocol chapter 3, sections 5.2, 5.3 and 5.5.
 */
export class MatchSearch {
  readonly #sums: BlockSums;
  readonly #options: SearchOptions;
  readonly #sink: TokenSink;
  readonly #window: Buffer;
  readonly #rolling = new RollingSum();
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

  constructor(sums: BlockSums, sink: TokenSink, options: SearchOptions) {
    this.#sums = sums;
    this.#sink = sink;
    this.#options = options;
    this.#window = Buffer.allocUnsafeSlow(sums.head.blockLength + READ_LENGTH);
    this.#inPlace = new Uint8Array(options.isInPlace ? sums.head.blockCount : 0);
  }

  /** Where the next bytes of the new file belong. All slices that the sink was given are overwritten. */
  nextSpace(): Buffer {
    this.#window.copyWithin(0, this.#from, this.#filled);
    this.#base += this.#from;
    this.#filled -= this.#from;
    this.#from = 0;
    return this.#window.subarray(this.#filled);
  }

  /** `length` bytes were put into {@link nextSpace}; `isEnd`: they were the last. */
  advance(length: number, isEnd: boolean): void {
    this.#filled += length;
    const { blockCount } = this.#sums.head;
    const shortest = lengthOfBlock(this.#sums.head, blockCount - 1);
    // At the end the window shrinks to the last block; before, it needs the byte behind it.
    const last = this.#filled - (isEnd ? shortest : this.#sums.head.blockLength + 1);
    let at = this.#from;
    if (this.#rolling.length < this.#sums.head.blockLength) this.#restart(at);
    while (at <= last) {
      const block = this.#blockAt(at);
      if (block === NO_BLOCK) {
        this.#slide(at);
        at += 1;
        continue;
      }
      const end = at + lengthOfBlock(this.#sums.head, block);
      this.#literal(at);
      this.#sink.match(block, this.#window.subarray(at, end));
      this.#from = end;
      this.#want = block + 1;
      at = end;
      this.#restart(at);
    }
    this.#literal(isEnd ? this.#filled : at);
  }

  #literal(end: number): void {
    if (end > this.#from) this.#sink.literal(this.#window.subarray(this.#from, end));
    this.#from = Math.max(this.#from, end);
  }

  #restart(at: number): void {
    this.#rolling.reset(this.#window, at, Math.min(at + this.#sums.head.blockLength, this.#filled));
  }

  #slide(at: number): void {
    const next = at + this.#rolling.length;
    const gone = this.#window[at] as number;
    if (next < this.#filled) this.#rolling.slide(gone, this.#window[next] as number);
    else this.#rolling.shrink(gone);
  }

  #blockAt(at: number): number {
    const rolling = this.#rolling.value;
    if (!this.#sums.mayContain(rolling) || this.#hasSummedEnough(at)) return NO_BLOCK;
    const bytes = this.#window.subarray(at, at + this.#rolling.length);
    let digest: Buffer | undefined;
    for (const block of this.#sums.candidates(rolling)) {
      if (lengthOfBlock(this.#sums.head, block) !== bytes.length) continue;
      digest ??= this.#options.strong(bytes);
      if (!this.#sums.isStrong(block, digest)) continue;
      const chosen = this.#choose(block, bytes.length, this.#base + at);
      if (chosen !== NO_BLOCK) return chosen;
    }
    if (digest !== undefined) this.#vain += bytes.length;
    return NO_BLOCK;
  }

  #hasSummedEnough(at: number): boolean {
    return this.#vain > VAIN_START + VAIN_PER_BYTE * (this.#base + at);
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
