import type { IHasher } from 'hash-wasm';
import type { XXHashAPI } from 'xxhash-wasm';
import type { ChecksumName } from '../terms.ts';

/** A strong sum over bytes that come in pieces. */
export interface StrongHash {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** How a session seals its blocks and files. */
export interface StrongChecksum {
  readonly name: ChecksumName;
  /** Bytes of a digest. */
  readonly length: number;
  /** The sum of one block, with the session's seed; not cut to the length on the wire. */
  block(bytes: Uint8Array): Buffer;
  /** The sum of a transferred file: one at a time. */
  file(): StrongHash;
}

export interface ChecksumSetup {
  readonly name: ChecksumName;
  /** The session's seed, signed 32 bits. */
  readonly seed: number;
  /** Hash the seed before the bytes of a block (md5 and sha1). */
  readonly seedFirst: boolean;
}

/** Bytes of a digest. */
export const digestLengths: Readonly<Record<ChecksumName, number>> = {
  xxh128: 16,
  xxh3: 8,
  xxh64: 8,
  md5: 16,
  md4: 16,
  'old-md4': 16,
  sha1: 20,
  none: 1,
};

/**
 * The strong checksum of a session. Files are not seeded, but with `old-md4`.
 *
 * Source: docs/protocol chapter 3, section 4.3.
 */
export async function createStrongChecksum(setup: ChecksumSetup): Promise<StrongChecksum> {
  const { name } = setup;
  const length = digestLengths[name];
  const file = await createFileHash(name, name === 'old-md4' ? seedBytes(setup.seed) : undefined);
  return { name, length, block: await createBlockSum(setup), file };
}

/**
 * Makes hashes of whole files, one at a time. OpenSSL 3 hides MD4, and knows nothing of xxHash: these come from
 * WebAssembly.
 */
export async function createFileHash(name: ChecksumName, prefix?: Uint8Array): Promise<() => StrongHash> {
  switch (name) {
    case 'xxh64': {
      const xxhash = await loadXxhash();
      return () => new Xxh64Hash(xxhash);
    }
    case 'xxh3':
    case 'xxh128': {
      const hasher = await createXxh3(name, 0);
      return () => new Xxh3Hash(hasher);
    }
    case 'md4':
    case 'old-md4': {
      const hasher = await createMd4();
      return () => new Md4Hash(hasher, prefix);
    }
    case 'none':
      return () => NO_HASH;
    default: {
      const { createHash } = await import('node:crypto');
      return () => createHash(name);
    }
  }
}

async function createBlockSum({
  name,
  seed,
  seedFirst,
}: ChecksumSetup): Promise<(bytes: Uint8Array) => Buffer> {
  const salt = seedBytes(seed);
  switch (name) {
    case 'xxh64': {
      const xxhash = await loadXxhash();
      // The seed is sign-extended to 64 bits.
      const wideSeed = BigInt.asUintN(64, BigInt(seed | 0));
      return (bytes) => littleEndian(xxhash.h64Raw(bytes, wideSeed));
    }
    case 'xxh3':
    case 'xxh128': {
      const hasher = await createXxh3(name, seed);
      return (bytes) => reversed(hasher.init().update(bytes).digest('binary'));
    }
    case 'md4':
    case 'old-md4': {
      const hasher = await createMd4();
      return (bytes) => Buffer.from(hasher.init().update(bytes).update(salt).digest('binary'));
    }
    case 'none':
      return () => Buffer.alloc(0);
    default: {
      const { hash } = await import('node:crypto');
      return (bytes) => hash(name, Buffer.concat(seedFirst ? [salt, bytes] : [bytes, salt]), 'buffer');
    }
  }
}

let xxhash: Promise<XXHashAPI> | undefined;

/** Compiled once: each hash that it makes has a state of its own. */
function loadXxhash(): Promise<XXHashAPI> {
  xxhash ??= import('xxhash-wasm').then(({ default: create }) => create());
  return xxhash;
}

/** Loaded only for peers that are too old for anything else. */
async function createMd4(): Promise<IHasher> {
  const { createMD4 } = await import('hash-wasm');
  return await createMD4();
}

class Xxh64Hash implements StrongHash {
  readonly #hash: ReturnType<XXHashAPI['create64']>;

  constructor(xxhash: XXHashAPI) {
    this.#hash = xxhash.create64();
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Buffer {
    return littleEndian(this.#hash.digest());
  }
}

/** The seed is sign-extended to 64 bits, and given in halves. */
async function createXxh3(name: 'xxh3' | 'xxh128', seed: number): Promise<IHasher> {
  const { createXXHash3, createXXHash128 } = await import('hash-wasm');
  const create = name === 'xxh3' ? createXXHash3 : createXXHash128;
  return await create(seed >>> 0, seed >> 31 === 0 ? 0 : 0xffff_ffff);
}

class Xxh3Hash implements StrongHash {
  readonly #hasher: IHasher;

  constructor(hasher: IHasher) {
    this.#hasher = hasher.init();
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }

  digest(): Buffer {
    return reversed(this.#hasher.digest('binary'));
  }
}

/** As xxHash values travel: the low byte first. */
function reversed(digest: Uint8Array): Buffer {
  return Buffer.from(digest).reverse();
}

class Md4Hash implements StrongHash {
  readonly #hasher: IHasher;

  constructor(hasher: IHasher, prefix: Uint8Array | undefined) {
    this.#hasher = hasher.init();
    if (prefix !== undefined) hasher.update(prefix);
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }

  digest(): Buffer {
    return Buffer.from(this.#hasher.digest('binary'));
  }
}

/** `--checksum-choice=none`: one zero byte stands where the sum would be. */
const NO_HASH: StrongHash = { update: () => {}, digest: () => Buffer.alloc(1) };

function seedBytes(seed: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(seed | 0);
  return bytes;
}

/** 64 bits as they travel: the low byte first, the reverse of how xxHash values are usually printed. */
function littleEndian(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
