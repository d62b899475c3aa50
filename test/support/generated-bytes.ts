/**
 * The bytes that the recorded fixtures call `gen(seed, length)`: they look random and are the same everywhere.
 *
 * Source: docs/protocol chapter 3, section 16.
 */
export function generatedBytes(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    bytes[at] = (state >> 16) & 0xff;
  }
  return bytes;
}
