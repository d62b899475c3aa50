import { constants, zstdCompressSync } from 'node:zlib';
import type { Packer } from './packed-tokens.ts';

const NOTHING = Buffer.alloc(0);
/** The fastest: next to nothing is compressed. */
const MIN_LEVEL = -131_072;
const MAX_LEVEL = 22;

/**
 * zstd: rsync keeps one stream for the whole session; receivers take a complete frame for every piece just as well,
 * and then nothing needs to be flushed or carried on.
 *
 * Source: docs/protocol chapter 3, section 7.4.
 */
export class ZstdPacker implements Packer {
  readonly #level: number;
  #isWorthPacking = true;

  /** Levels beyond the limits are taken for the limits. */
  constructor(level: number) {
    this.#level = Math.min(Math.max(level, MIN_LEVEL), MAX_LEVEL);
  }

  startFile(isWorthPacking: boolean): void {
    this.#isWorthPacking = isWorthPacking;
  }

  pack(bytes: Buffer): Buffer {
    const level = this.#isWorthPacking ? this.#level : MIN_LEVEL;
    return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  }

  endRun(): Buffer {
    return NOTHING;
  }

  skip(): void {
    // Matched blocks stay outside the compressor.
  }

  endFile(): void {
    // Frames are complete already.
  }
}
