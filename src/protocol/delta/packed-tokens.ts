import { MAX_DEFLATED_LENGTH } from '../wire/limits.ts';
import type { TokenOutput, TokenWriter } from './tokens.ts';

const END = 0x00;
const TOKEN_LONG = 0x20;
const TOKEN_RUN_LONG = 0x21;
const DATA = 0x40;
const TOKEN_RELATIVE = 0x80;
const TOKEN_RUN_RELATIVE = 0xc0;
const MAX_RELATIVE = 63;
const MAX_RUN = 65_535;

/** Packs the literals of one file: deflate or zstd. */
export interface Packer {
  /** The next file begins; packing one that is not worth it should cost as little as possible. */
  startFile(isWorthPacking: boolean): void;
  /** Packs a piece of a run of literals. */
  pack(bytes: Buffer): Buffer;
  /** Ends a run of literals, before a block or the end of the file. */
  endRun(): Buffer;
  /** A block of the basis stands here. */
  skip(bytes: Buffer): void;
  /** A file ends. */
  endFile(): void;
}

/**
 * Tokens with packed literals. Blocks are counted from the last one, and runs of adjacent blocks share a token:
 *
 *   00                  end of file
 *   20 int32            block
 *   21 int32 uint16     first block of a run, how many more
 *   40-7F, byte         14 bits of length, then as many bytes of packed data
 *   80-BF               block = last + low 6 bits
 *   C0-FF uint16        the same, first of a run, how many more
 *
 * Source: docs/protocol chapter 3, section 7.2.
 */
export class PackedTokens implements TokenWriter {
  readonly #output: TokenOutput;
  readonly #packer: Packer;
  #isInRun = false;
  #lastBlock = 0;
  #firstBlock = 0;
  #blocks = 0;

  constructor(output: TokenOutput, packer: Packer) {
    this.#output = output;
    this.#packer = packer;
  }

  startFile(isWorthPacking: boolean): void {
    this.#packer.startFile(isWorthPacking);
  }

  literal(bytes: Buffer): void {
    this.#writeBlocks();
    this.#isInRun = true;
    this.#writeData(this.#packer.pack(bytes));
  }

  match(block: number, bytes: Buffer): void {
    this.#endLiterals();
    const continues =
      this.#blocks > 0 && block === this.#firstBlock + this.#blocks && this.#blocks <= MAX_RUN;
    if (!continues) {
      this.#writeBlocks();
      this.#firstBlock = block;
    }
    this.#blocks = continues ? this.#blocks + 1 : 1;
    this.#packer.skip(bytes);
  }

  end(): void {
    this.#endLiterals();
    this.#writeBlocks();
    this.#output.encoder.uint8(END);
    this.#lastBlock = 0;
    this.#packer.endFile();
  }

  #endLiterals(): void {
    if (!this.#isInRun) return;
    this.#isInRun = false;
    this.#writeData(this.#packer.endRun());
  }

  #writeBlocks(): void {
    if (this.#blocks === 0) return;
    const { encoder } = this.#output;
    const more = this.#blocks - 1;
    const step = this.#firstBlock - this.#lastBlock;
    if (step >= 0 && step <= MAX_RELATIVE) {
      encoder.uint8((more > 0 ? TOKEN_RUN_RELATIVE : TOKEN_RELATIVE) + step);
    } else {
      encoder.uint8(more > 0 ? TOKEN_RUN_LONG : TOKEN_LONG);
      encoder.int32(this.#firstBlock);
    }
    if (more > 0) encoder.uint16(more);
    this.#lastBlock = this.#firstBlock + more;
    this.#blocks = 0;
  }

  #writeData(packed: Buffer): void {
    for (let from = 0; from < packed.length; from += MAX_DEFLATED_LENGTH) {
      const piece = packed.subarray(from, from + MAX_DEFLATED_LENGTH);
      const { encoder } = this.#output;
      encoder.uint8(DATA + (piece.length >>> 8));
      encoder.uint8(piece.length & 0xff);
      encoder.bytes(piece);
    }
  }
}
