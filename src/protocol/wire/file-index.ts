import { ProtocolError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { Encoder } from './encoder.ts';
import { MAX_INT32 } from './limits.ts';

/** End of a phase, or (with incremental recursion) of one list. */
export const NDX_DONE = -1;
/** No more sub-lists will come. */
export const NDX_FLIST_EOF = -2;
/** Five varints follow: deleted files, folders, symlinks, devices, specials. */
export const NDX_DEL_STATS = -3;
/** The sub-list of folder number d is announced as `NDX_FLIST_OFFSET - d`. */
export const NDX_FLIST_OFFSET = -101;

/*
 * From protocol 30 on an index (NDX) is written as the distance to the last one of its sign:
 *
 *   00                       -1
 *   01..FD                   last + 1 .. last + 253
 *   FE hi lo                 last + distance, 16 bits, high byte first
 *   FE 80|b3 b0 b1 b2        the value itself
 *   FF ...                   the same for -n, with a last value of its own
 *
 * Before, it is a plain int32. Source: docs/protocol chapter 2, section 2.1.
 */

/** The last index of each sign: one per direction of a connection, never reset. */
class LastIndexes {
  positive = -1;
  negative = 1;
}

/** Decodes the indexes of one direction. Each one, once it is accepted for good, must be remembered. */
export class IndexDecoder {
  readonly #last = new LastIndexes();
  readonly #isCompressed: boolean;

  constructor(protocol: number) {
    this.#isCompressed = protocol >= 30;
  }

  decode(cursor: Cursor): number {
    if (!this.#isCompressed) return cursor.int32();
    let first = cursor.uint8();
    if (first === 0) return NDX_DONE;
    const isNegative = first === 0xff;
    if (isNegative) first = cursor.uint8();
    const value = decodeDistance(cursor, first, isNegative ? this.#last.negative : this.#last.positive);
    if (value > MAX_INT32) throw new ProtocolError(`file index: ${value} is not below 2^31`);
    return isNegative ? -value : value;
  }

  /** The next index is relative to this one. Apart from decoding, for records that are decoded anew with more bytes. */
  remember(index: number): void {
    if (index >= 0) this.#last.positive = index;
    else if (index !== NDX_DONE) this.#last.negative = -index;
  }
}

/** Encodes the indexes of one direction. */
export class IndexEncoder {
  readonly #last = new LastIndexes();
  readonly #isCompressed: boolean;

  constructor(protocol: number) {
    this.#isCompressed = protocol >= 30;
  }

  encode(encoder: Encoder, index: number): void {
    if (!this.#isCompressed) {
      encoder.int32(index);
      return;
    }
    if (index === NDX_DONE) {
      encoder.uint8(0);
      return;
    }
    if (index >= 0) {
      encodeDistance(encoder, index, index - this.#last.positive);
      this.#last.positive = index;
      return;
    }
    encoder.uint8(0xff);
    encodeDistance(encoder, -index, -index - this.#last.negative);
    this.#last.negative = -index;
  }
}

function decodeDistance(cursor: Cursor, first: number, last: number): number {
  if (first !== 0xfe) return last + first;
  const high = cursor.uint8();
  if ((high & 0x80) === 0) return last + ((high << 8) | cursor.uint8());
  const low = cursor.uint8() | (cursor.uint8() << 8) | (cursor.uint8() << 16);
  return (high & 0x7f) * 2 ** 24 + low;
}

function encodeDistance(encoder: Encoder, value: number, distance: number): void {
  if (distance >= 1 && distance <= 253) {
    encoder.uint8(distance);
    return;
  }
  encoder.uint8(0xfe);
  if (distance >= 0 && distance <= 0x7fff) {
    encoder.uint16BigEndian(distance);
    return;
  }
  encoder.uint8(0x80 | (value >>> 24));
  encoder.uint8(value & 0xff);
  encoder.uint8((value >>> 8) & 0xff);
  encoder.uint8((value >>> 16) & 0xff);
}
