import type { Cursor } from '../wire/cursor.ts';
import type { Encoder } from '../wire/encoder.ts';
import {
  MAX_BLOCK_COUNT,
  MAX_BLOCK_LENGTH,
  MAX_OLD_BLOCK_LENGTH,
  MAX_STRONG_LENGTH,
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
  const maxBlockLength = protocol >= 30 ? MAX_BLOCK_LENGTH : MAX_OLD_BLOCK_LENGTH;
  const blockCount = cursor.int32In(0, MAX_BLOCK_COUNT, 'block count');
  const blockLength = cursor.int32In(blockCount > 0 ? 1 : 0, maxBlockLength, 'block length');
  const strongLength = cursor.int32In(0, MAX_STRONG_LENGTH, 'strong sum length');
  const remainder = cursor.int32In(0, blockLength, 'remainder');
  return { blockCount, blockLength, strongLength, remainder };
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
