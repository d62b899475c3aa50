import type { Duplex } from 'node:stream';
import { setImmediate as tick } from 'node:timers/promises';
import { createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { PackedToken, Token } from './token-decoder.ts';

/** What a receiver does to get at the literals of one session. */
export interface Unpacker {
  unpack(data: Buffer): Promise<Buffer>;
  /** A run of data ends: what was held back comes out. */
  endRun(): Promise<Buffer>;
  skip(block: Buffer): Promise<void>;
  endFile(): void;
}

const TRAILER = Buffer.from('0000ffff', 'hex');

/**
 * The receiver of docs/protocol chapter 3, section 7.3: one raw inflater per file; the trailer of each run is put
 * back, and blocks are inserted as stored ones (`zlib`), below protocol 31 each piece from the block's start.
 */
export function zlibUnpacker(options: { seesBlocks: boolean; protocol: number }): Unpacker {
  let stream = new Pump(createInflateRaw({ windowBits: 15 }));
  return {
    unpack: (data) => stream.feed(data),
    endRun: () => stream.feed(TRAILER),
    skip: async (block) => {
      if (!options.seesBlocks) return;
      for (let at = 0; at < block.length; at += 0xffff) {
        const length = Math.min(0xffff, block.length - at);
        const from = options.protocol >= 31 ? at : 0;
        const head = Buffer.alloc(5);
        head.writeUInt16LE(length, 1);
        head.writeUInt16LE(length ^ 0xffff, 3);
        await stream.feed(Buffer.concat([head, block.subarray(from, from + length)]));
      }
    },
    endFile: () => {
      stream.close();
      stream = new Pump(createInflateRaw({ windowBits: 15 }));
    },
  };
}

/** The receiver of section 7.4: one decompressor for the whole session, which blocks do not reach. */
export function zstdUnpacker(): Unpacker {
  const stream = new Pump(createZstdDecompress());
  return {
    unpack: (data) => stream.feed(data),
    endRun: async () => Buffer.alloc(0),
    skip: async () => {},
    endFile: () => {},
  };
}

/** The tokens of one file with their literals unpacked; `blockAt` gives the bytes of a basis block. */
export async function unpackTokens(
  tokens: readonly PackedToken[],
  unpacker: Unpacker,
  blockAt: (block: number) => Buffer,
): Promise<Token[]> {
  const unpacked: Token[] = [];
  const literal = (bytes: Buffer) => {
    if (bytes.length > 0) unpacked.push({ kind: 'literal', bytes });
  };
  let isInRun = false;
  const endRun = async () => {
    if (isInRun) literal(await unpacker.endRun());
    isInRun = false;
  };
  for (const token of tokens) {
    if (token.kind === 'data') {
      isInRun = true;
      literal(await unpacker.unpack(token.bytes));
      continue;
    }
    await endRun();
    unpacked.push(token);
    await unpacker.skip(blockAt(token.block));
  }
  await endRun();
  unpacker.endFile();
  return unpacked;
}

/** A decompressing stream that is asked for all its output after each input. */
class Pump {
  readonly #stream: Duplex;
  #output: Buffer[] = [];
  #failure: Error | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => this.#output.push(bytes));
    stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  async feed(bytes: Buffer): Promise<Buffer> {
    const failed = await new Promise((resolve) => this.#stream.write(bytes, resolve));
    await tick();
    const failure = failed ?? this.#failure;
    if (failure instanceof Error) throw failure;
    const output = Buffer.concat(this.#output);
    this.#output = [];
    return output;
  }

  close(): void {
    this.#stream.destroy();
  }
}
