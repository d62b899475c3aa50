/**
 * Writes values into a growing buffer: the mirror of Cursor.
 *
 * Source of the encodings: docs/protocol chapter 2, section 2.1. All integers are little-endian.
 */
export class Encoder {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes written so far, as a view that the next {@link reset} lets go of. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Starts anew, in the same memory: only for callers that are done with the last view. */
  reset(): void {
    this.#length = 0;
  }

  uint8(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.#grow(2);
    this.#bytes[at] = value & 0xff;
    this.#bytes[at + 1] = value >>> 8;
  }

  uint16BigEndian(value: number): void {
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value & 0xff;
  }

  /** Signed or unsigned: the low 32 bits count. */
  int32(value: number): void {
    this.#low(this.#grow(4), value, 4);
  }

  /** `longint`: an int32 if it is not negative and fits, else the marker -1 and 8 bytes. */
  longint(value: number | bigint): void {
    if (value >= 0 && value <= 0x7fff_ffff) {
      this.int32(Number(value));
      return;
    }
    this.int32(-1);
    const at = this.#grow(8);
    this.#bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), at);
  }

  /** `varint`: signed or unsigned, the low 32 bits count. */
  varint(value: number): void {
    const bits = value >>> 0;
    if (bits < 0x80) {
      this.uint8(bits);
      return;
    }
    const count = bits < 0x100 ? 1 : bits < 0x1_0000 ? 2 : bits < 0x100_0000 ? 3 : 4;
    this.#scaled(bits, bits >>> (8 * (count - 1)), count, 1);
  }

  /** `varlong`: `least` is 3 for sizes and 4 for times; the value is an integer, negative ones included. */
  varlong(value: number, least: 3 | 4): void {
    if (value < 0) {
      this.#negativeVarlong(value, least);
      return;
    }
    if (value <= 0xffff_ffff) {
      const count = value > 0xff_ffff ? 4 : least;
      this.#scaled(value, value >>> (8 * (count - 1)), count, least);
      return;
    }
    let count: number = least;
    while (count < 7 && value >= 2 ** (8 * count)) count += 1;
    this.#scaled(value, Math.floor(value / 2 ** (8 * (count - 1))), count, least);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** The bytes from `start` to `end`; for few of them this is faster than a view of their own. */
  range(value: Uint8Array, start: number, end: number): void {
    const at = this.#grow(end - start) - start;
    for (let i = start; i < end; i++) this.#bytes[at + i] = value[i] as number;
  }

  latin1(text: string): void {
    const at = this.#grow(text.length);
    this.#bytes.write(text, at, 'latin1');
  }

  /** Text as UTF-8; returns how many bytes it took. */
  utf8(text: string): number {
    const most = text.length * 3;
    const at = this.#grow(most);
    const written = this.#bytes.write(text, at, 'utf8');
    this.#length = at + written;
    return written;
  }

  /** `vstring`: a length of one or two bytes, then the bytes; at most 32767. */
  vstring(value: Uint8Array): void {
    if (value.length > 0x7f) this.uint8(0x80 | (value.length >>> 8));
    this.uint8(value.length & 0xff);
    this.bytes(value);
  }

  /**
   * `count` bytes carry the value and `top` is the highest of them. The first byte on the wire announces the bytes
   * beyond `least` by leading one bits, and holds `top` itself where that fits beside them.
   */
  #scaled(value: number, top: number, count: number, least: number): void {
    const extra = count - least;
    const free = 1 << (7 - extra);
    if (top >= free) {
      const at = this.#grow(count + 1);
      this.#bytes[at] = 0xff & ~(free - 1);
      this.#low(at + 1, value, count);
      return;
    }
    const at = this.#grow(count);
    this.#bytes[at] = extra > 0 ? top | (0xff & ~(2 * free - 1)) : top;
    this.#low(at + 1, value, count - 1);
  }

  #negativeVarlong(value: number, least: 3 | 4): void {
    const at = this.#grow(9);
    this.#bytes[at] = 0xff & ~((1 << (7 - (8 - least))) - 1);
    this.#bytes.writeBigInt64LE(BigInt(value), at + 1);
  }

  #low(at: number, value: number, count: number): void {
    if (value <= 0xffff_ffff) {
      // Most are small, and bits are faster than fractions.
      for (let i = 0; i < count; i++) this.#bytes[at + i] = value >>> (8 * i);
      return;
    }
    let rest = value;
    for (let i = 0; i < count; i++) {
      this.#bytes[at + i] = rest & 0xff;
      rest = rest > 0xffff_ffff ? Math.floor(rest / 256) : rest >>> 8;
    }
  }

  #grow(by: number): number {
    const at = this.#length;
    const needed = at + by;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}
