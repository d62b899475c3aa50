import { ProtocolError } from '../errors.ts';
import type { Cursor } from '../wire/cursor.ts';
import type { Encoder } from '../wire/encoder.ts';
import {
  MAX_BASIS_RATIO,
  MAX_BLOCK_COUNT,
  MAX_BLOCK_LENGTH,
  MAX_HELD_SUMS_LENGTH,
  MAX_OLD_BLOCK_LENGTH,
  MAX_STRONG_LENGTH,
  MAX_SUMS_LENGTH,
} from '../wire/limits.ts';

/**
 * How the generator cut its basis file into blocks. A count of 0 means: no basis, send it all.
 *
 *   int32 count | int32 block length | int32 strong length | int32 remainder
 *
 * Source: docs/protocol chapter 3, sections 3.1, 3.8 and 4.1.
 */
export interface SumHead {
  readonly blockCount: number;
  /** Bytes of each block but the last. */
  readonly blockLength: number;
  /** Bytes of each block's strong sum that travel on the wire. */
  readonly strongLength: number;
  /** Bytes of the last block, or 0 when it is a full one. */
  readonly remainder: number;
}

export const NO_BASIS: SumHead = { blockCount: 0, blockLength: 0, strongLength: 0, remainder: 0 };

export function decodeSumHead(cursor: Cursor, protocol: number): SumHead {
  const blockCount = cursor.int32In(0, MAX_BLOCK_COUNT, 'block count');
  const blockLength = cursor.int32In(blockCount > 0 ? 1 : 0, longestBlock(protocol), 'block length');
  const strongLength = cursor.int32In(0, MAX_STRONG_LENGTH, 'strong sum length');
  const remainder = cursor.int32In(0, blockLength, 'remainder');
  return { blockCount, blockLength, strongLength, remainder };
}

function longestBlock(protocol: number): number {
  return protocol >= 30 ? MAX_BLOCK_LENGTH : MAX_OLD_BLOCK_LENGTH;
}

/** Bytes of the block sums that follow. */
export function sumsLength({ blockCount, strongLength }: SumHead): number {
  return blockCount * (4 + strongLength);
}

/**
 * Refuses what no generator says. Blocks are about as long as there are many (docs/protocol chapter 3, section 4.1),
 * unless they are as long as the user wants them: `wantedLength`.
 */
export function assertHonest(head: SumHead, protocol: number, wantedLength: number | undefined): void {
  const { blockCount, blockLength } = head;
  const length = sumsLength(head);
  if (length > MAX_SUMS_LENGTH) {
    throw new ProtocolError(
      `block sums of ${length} bytes: more than ${MAX_SUMS_LENGTH} are not held in memory`,
    );
  }
  if (blockLength === wantedLength) return;
  if (blockLength < longestBlock(protocol) && blockCount > 2 * blockLength) {
    throw new ProtocolError(
      `block count: ${blockCount} blocks of ${blockLength} bytes are too many for any file, at most ${2 * blockLength}`,
    );
  }
  if (blockLength > MAX_BLOCK_LENGTH && blockLength > 2 * blockCount) {
    throw new ProtocolError(
      `block length: ${blockLength} bytes in each of ${blockCount} blocks, at most ${2 * blockCount}`,
    );
  }
}

/** Whether the block sums of a basis are worth their memory for a file of `size` bytes: else it is sent whole. */
export function isWorthHolding(head: SumHead, size: number): boolean {
  const length = sumsLength(head);
  if (length <= MAX_HELD_SUMS_LENGTH.anyBasis) return true;
  const most =
    head.blockLength >= MAX_BLOCK_LENGTH
      ? MAX_HELD_SUMS_LENGTH.longestBlocks
      : MAX_HELD_SUMS_LENGTH.likelyBasis;
  return length <= most && basisLength(head) <= MAX_BASIS_RATIO * size;
}

export function encodeSumHead(encoder: Encoder, head: SumHead): void {
  encoder.int32(head.blockCount);
  encoder.int32(head.blockLength);
  encoder.int32(head.strongLength);
  encoder.int32(head.remainder);
}

/** Bytes of the file that the head describes. */
export function basisLength({ blockCount, blockLength, remainder }: SumHead): number {
  return blockCount * blockLength - (remainder === 0 ? 0 : blockLength - remainder);
}

/** Bytes of one block. */
export function lengthOfBlock(head: SumHead, block: number): number {
  return block === head.blockCount - 1 && head.remainder !== 0 ? head.remainder : head.blockLength;
}

/**
 * The strong sums of a basis file, as the generator sent them:
 *
 *   per block: uint32 rolling sum | strong sum, `strongLength` bytes
 */
export class BlockSums {
  readonly head: SumHead;
  /** The bytes as they came. */
  readonly bytes: Buffer;
  /** Bytes of the strong sums that mean something: old generators send more than a digest has. */
  readonly #compared: number;

  /** `digestLength` is that of the session's checksum. */
  constructor(head: SumHead, bytes: Buffer, digestLength: number) {
    this.head = head;
    this.bytes = bytes;
    this.#compared = Math.min(head.strongLength, digestLength);
  }

  rolling(block: number): number {
    return this.bytes.readUInt32LE(this.#place(block));
  }

  /** The part of a digest that is compared with strong sums. */
  comparedOf(digest: Buffer): Buffer {
    return digest.subarray(0, this.#compared);
  }

  /** Whether the strong sum of a block begins like this digest. */
  isStrong(block: number, digest: Buffer): boolean {
    const start = this.#place(block) + 4;
    return this.bytes.compare(digest, 0, this.#compared, start, start + this.#compared) === 0;
  }

  /** Whether two blocks cannot be told apart. */
  isSame(one: number, other: number): boolean {
    const length = 4 + this.#compared;
    const [start, otherStart] = [this.#place(one), this.#place(other)];
    return this.bytes.compare(this.bytes, otherStart, otherStart + length, start, start + length) === 0;
  }

  #place(block: number): number {
    return block * (4 + this.head.strongLength);
  }
}
