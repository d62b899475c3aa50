/** The rolling checksum as it is defined (docs/protocol chapter 3, section 4.2), without any cleverness. */
export function rollingSum(bytes: Uint8Array): number {
  let s1 = 0;
  let s2 = 0;
  for (const byte of bytes) {
    s1 = (s1 + (byte < 0x80 ? byte : byte - 0x100)) & 0xffff;
    s2 = (s2 + s1) & 0xffff;
  }
  return s1 + s2 * 0x1_0000;
}
