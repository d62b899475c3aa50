import { constants, deflateRawSync } from 'node:zlib';
import type { Packer } from './packed-tokens.ts';

const WINDOW = 32_768;
/** What a sync flush ends with; the receiver puts it back before each block and end of file. */
const TRAILER = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const NOTHING = Buffer.alloc(0);
/** Largest piece of a matched block that old servers insert at once. */
const MAX_STORED = 65_535;
/** The level at which nothing is compressed. */
const STORED = 0;

export interface DeflateOptions {
  /** As in zlib: 0 to 9, or -1 for its default. */
  readonly level: number;
  /** Matched blocks pass through the compressor's window too (`zlib`), or not (`zlibx`). */
  readonly seesBlocks: boolean;
  /** Below 31 the pieces of a matched block of more than 65,535 bytes all begin at its start. */
  readonly protocol: number;
}

/**
 * Raw deflate, restarted for each file. Every piece is deflated on its own with the last 32 KiB as its dictionary,
 * which gives the same stream as one compressor that never stops.
 *
 * Source: docs/protocol chapter 3, section 7.3.
 */
export class DeflatePacker implements Packer {
  readonly #options: DeflateOptions;
  #level: number;
  #history = NOTHING;
  /** The last piece went out without its trailer, which must precede more data of the same run. */
  #owesTrailer = false;

  constructor(options: DeflateOptions) {
    this.#options = options;
    this.#level = options.level;
  }

  startFile(isWorthPacking: boolean): void {
    this.#level = isWorthPacking ? this.#options.level : STORED;
  }

  pack(bytes: Buffer): Buffer {
    const packed = deflateRawSync(bytes, {
      level: this.#level,
      windowBits: 15,
      memLevel: 8,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#history.length > 0 && { dictionary: this.#history }),
    });
    this.#remember(bytes);
    const body = packed.subarray(0, -TRAILER.length);
    const whole = this.#owesTrailer ? Buffer.concat([TRAILER, body]) : body;
    this.#owesTrailer = true;
    return whole;
  }

  endRun(): Buffer {
    this.#owesTrailer = false;
    return NOTHING;
  }

  skip(bytes: Buffer): void {
    if (!this.#options.seesBlocks) return;
    if (this.#options.protocol >= 31) {
      this.#remember(bytes);
      return;
    }
    for (let from = 0; from < bytes.length; from += MAX_STORED) {
      this.#remember(bytes.subarray(0, Math.min(MAX_STORED, bytes.length - from)));
    }
  }

  endFile(): void {
    this.#history = NOTHING;
    this.#owesTrailer = false;
  }

  #remember(bytes: Buffer): void {
    if (bytes.length >= WINDOW) {
      this.#history = Buffer.from(bytes.subarray(bytes.length - WINDOW));
      return;
    }
    const kept = this.#history.subarray(Math.max(0, this.#history.length + bytes.length - WINDOW));
    this.#history = Buffer.concat([kept, bytes]);
  }
}
