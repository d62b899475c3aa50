import { constants, zstdCompressSync } from 'node:zlib';
import type { Packer } from './packed-tokens.ts';

const NOTHING = Buffer.alloc(0);

/**
 * zstd: rsync keeps one stream for the whole session; receivers take a complete frame for every piece just as well,
 * and then nothing needs to be flushed or carried on.
 *
 * Source: shared/protocol chapter 3, section 7.4.
 */
export class ZstdPacker implements Packer {
  readonly #level: number;

  constructor(level: number) {
    this.#level = level;
  }

  pack(bytes: Buffer): Buffer {
    return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: this.#level } });
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
