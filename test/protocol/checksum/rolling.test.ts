import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollingSum } from '../../../src/protocol/checksum/rolling.ts';

/** The definition, word for word: bytes as signed, s1 their sum, s2 the sum of all s1, both modulo 2^16. */
function definition(bytes: Uint8Array): number {
  let s1 = 0n;
  let s2 = 0n;
  for (const byte of bytes) {
    s1 += BigInt(byte > 127 ? byte - 256 : byte);
    s2 += s1;
  }
  return Number(BigInt.asUintN(16, s1) | (BigInt.asUintN(16, s2) << 16n));
}

const content = fc.uint8Array({ minLength: 1, maxLength: 200 });

describe('the rolling sum', () => {
  it('is as it is defined, also for the largest block full of the largest byte', () => {
    for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
      const bytes = Buffer.alloc(131_072, byte);
      const rolling = new RollingSum();
      rolling.reset(bytes, 0, bytes.length);
      expect(rolling.value).toBe(definition(bytes));
    }
  });

  it('slides over a file and shrinks at its end as if it were made anew at every place', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 40 }), (bytes, window) => {
        const rolling = new RollingSum();
        rolling.reset(bytes, 0, Math.min(window, bytes.length));
        for (let at = 0; at < bytes.length; at++) {
          expect(rolling.value).toBe(definition(bytes.subarray(at, at + rolling.length)));
          expect(rolling.length).toBe(Math.min(window, bytes.length - at));
          const gone = bytes[at] as number;
          const come = bytes[at + rolling.length];
          if (come === undefined) rolling.shrink(gone);
          else rolling.slide(gone, come);
        }
        expect(rolling.value).toBe(0);
      }),
    );
  });

  it('does not drift over more bytes than 32 bits can sum', () => {
    const bytes = Buffer.alloc(3_000_000, 0x80);
    const rolling = new RollingSum();
    rolling.reset(bytes, 0, 131_072);
    for (let at = 0; at + 131_072 < bytes.length; at++) rolling.slide(0x80, 0x80);
    expect(rolling.value).toBe(definition(bytes.subarray(0, 131_072)));
  });
});
