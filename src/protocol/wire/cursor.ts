import { ProtocolError, StreamError } from '../errors.ts';
import { MAX_INT32 } from './limits.ts';

/** Thrown by a {@link Cursor} that is short of bytes, and caught by the one place that waits for more. */
export const NEED_MORE: unique symbol = Symbol('need more bytes');

/**
 * Reads values from received bytes, front to back. Short of bytes it throws {@link NEED_MORE}; a value outside its
 * bounds is a {@link ProtocolError} that names the field. Decoders are functions of a cursor: straight-line, without
 * waiting, and without side effects before their last read.
 *
 * Source of the encodings: docs/protocol chapter 2, section 2.1. All integers are little-endian.
 */
export class Cursor {
  #bytes: Buffer;
  /** Where the next value starts. */
  offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.offset;
  }

  /** Puts `more` behind the bytes that are left. Slices given out before stay valid. */
  append(more: readonly Buffer[]): void {
    const parts = this.remaining === 0 ? more : [this.#bytes.subarray(this.offset), ...more];
    const [only] = parts;
    if (only === undefined) return;
    this.#bytes = parts.length === 1 ? only : Buffer.concat(parts);
    this.offset = 0;
  }

  /** All that is left, as it is. */
  takeRest(): Buffer {
    const rest = this.#bytes.subarray(this.offset);
    this.offset = this.#bytes.length;
    return rest;
  }

  uint8(): number {
    const value = this.#bytes[this.offset];
    if (value === undefined) throw NEED_MORE;
    this.offset += 1;
    return value;
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  int32In(min: number, max: number, field: string): number {
    return inBounds(this.int32(), min, max, field);
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  /** `longint`: an int32, or the marker -1 and 8 bytes. For sizes below protocol 30 and for dev and inode. */
  longint(): bigint {
    const short = this.int32();
    return short === -1 ? this.int64() : BigInt(short);
  }

  /** `varint`: 1 to 5 bytes, a signed 32-bit value. */
  varint(): number {
    const first = this.uint8();
    const extra = extraBytes(first);
    if (extra === 0) return first;
    if (extra > 4)
      throw new StreamError(`varint: first byte 0x${first.toString(16)} announces more than 32 bits`);
    const start = this.#advance(extra);
    const top = extra === 4 ? 0 : first & ((1 << (7 - extra)) - 1);
    let value = 0;
    for (let i = 0; i < extra; i++) value += this.#at(start + i) * 2 ** (8 * i);
    value += top * 2 ** (8 * extra);
    return value | 0;
  }

  varintIn(min: number, max: number, field: string): number {
    return inBounds(this.varint(), min, max, field);
  }

  /** A varint that is an id or a device number: unsigned. */
  unsignedVarint(): number {
    return this.varint() >>> 0;
  }

  /** `varlong`: `least` to 9 bytes, a signed 64-bit value. `least` is 3 for sizes and 4 for times. */
  varlong(least: 3 | 4): bigint {
    const first = this.uint8();
    const extra = extraBytes(first);
    if (least + extra > 9)
      throw new StreamError(`varlong: first byte 0x${first.toString(16)} announces more than 64 bits`);
    const low = least - 1 + extra;
    const start = this.#advance(low);
    let value = 0n;
    for (let i = low - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#at(start + i));
    if (low < 8) {
      const top = extra === 0 ? first : first & ((1 << (7 - extra)) - 1);
      value |= BigInt(top) << BigInt(8 * low);
    }
    return BigInt.asIntN(64, value);
  }

  /** A varlong that must fit a double without loss. */
  varlongIn(least: 3 | 4, min: number, max: number, field: string): number {
    return inBounds(Number(this.varlong(least)), min, max, field);
  }

  /** A view of the next `length` bytes; it stays valid, nothing overwrites received bytes. */
  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** `vstring`: a length of one or two bytes, then the bytes. */
  vstring(maxLength: number, field: string): Buffer {
    const first = this.uint8();
    const length = first > 0x7f ? ((first & 0x7f) << 8) | this.uint8() : first;
    return this.bytes(inBounds(length, 0, maxLength, `length of ${field}`));
  }

  /** Bytes up to a newline, which is taken too but not given back; carriage returns are dropped. */
  line(maxLength: number, field: string): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    const length = (end === -1 ? this.#bytes.length : end) - this.offset;
    if (length > maxLength) throw new StreamError(`${field}: a line of more than ${maxLength} bytes`);
    if (end === -1) throw NEED_MORE;
    const text = this.#bytes.toString('latin1', this.offset, end).replaceAll('\r', '');
    this.offset = end + 1;
    return text;
  }

  #at(index: number): number {
    return this.#bytes[index] as number;
  }

  #advance(length: number): number {
    const start = this.offset;
    if (this.#bytes.length - start < length) throw NEED_MORE;
    this.offset = start + length;
    return start;
  }
}

/** Turns received bytes into a value, or throws {@link NEED_MORE} or a StreamError. */
export type Decoder<T> = (cursor: Cursor) => T;

/** The value itself, if it is an integer within [min, max]. */
export function inBounds(value: number, min: number, max: number, field: string): number {
  if (value >= min && value <= max) return value;
  const limit = max === MAX_INT32 ? `[${min}, 2^31)` : `[${min}, ${max}]`;
  throw new ProtocolError(`${field}: ${value} is not in ${limit}`);
}

/** How many bytes follow the first one of a varint or varlong: its leading one bits, 6 at most. */
function extraBytes(first: number): number {
  if (first < 0x80) return 0;
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  if (first < 0xf8) return 4;
  return first < 0xfc ? 5 : 6;
}
