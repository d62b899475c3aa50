/**
 * The rolling checksum: s1 is the sum of the bytes, s2 the sum of all intermediate s1, bytes taken as signed, both
 * modulo 2^16. The value is s1 in the low and s2 in the high half.
 *
 * Source: shared/protocol chapter 3, section 4.2.
 */
export class RollingSum {
  #s1 = 0;
  #s2 = 0;
  /** Bytes under the window. */
  length = 0;

  /** Unsigned 32 bits, as on the wire. */
  get value(): number {
    return ((this.#s1 & 0xffff) | (this.#s2 << 16)) >>> 0;
  }

  /** Starts anew with the bytes [start, end). */
  reset(bytes: Uint8Array, start: number, end: number): void {
    let s1 = 0;
    let s2 = 0;
    for (let i = start; i < end; i++) {
      s1 += signed(bytes[i] as number);
      s2 = (s2 + s1) | 0;
    }
    this.#s1 = s1;
    this.#s2 = s2;
    this.length = end - start;
  }

  /** Moves the window on by one: `gone` leaves at the front, `come` enters at the back. */
  slide(gone: number, come: number): void {
    const out = signed(gone);
    this.#s1 = (this.#s1 - out + signed(come)) | 0;
    this.#s2 = (this.#s2 - Math.imul(this.length, out) + this.#s1) | 0;
  }

  /** Moves the front on by one where there is nothing left to enter. */
  shrink(gone: number): void {
    const out = signed(gone);
    this.#s1 = (this.#s1 - out) | 0;
    this.#s2 = (this.#s2 - Math.imul(this.length, out)) | 0;
    this.length -= 1;
  }
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}
