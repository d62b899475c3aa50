import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RsyncError } from '../../../src/protocol/errors.ts';
import { Cursor, NEED_MORE } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { assertDecodes } from '../../support/decoding.ts';

/** Value, varint, varlong(3), longint: the table of docs/protocol chapter 2, section 2.1, written there by hand. */
const integers: ReadonlyArray<readonly [number, string | undefined, string | undefined, string]> = [
  [0, '00', '000000', '00000000'],
  [127, '7f', '007f00', '7f000000'],
  [128, '8080', '008000', '80000000'],
  [16_383, 'bfff', '00ff3f', 'ff3f0000'],
  [16_384, 'c00040', '000040', '00400000'],
  [65_536, 'c10000', '010000', '00000100'],
  [8_388_607, 'e0ffff7f', '7fffff', 'ffff7f00'],
  [8_388_608, 'e0000080', '80000080', '00008000'],
  [268_435_456, 'f000000010', '90000000', '00000010'],
  [2 ** 31 - 1, 'f0ffffff7f', 'c0ffffff7f', 'ffffff7f'],
  [-1, 'f0ffffffff', undefined, 'ffffffffffffffffffffffff'],
  [2 ** 31, undefined, 'c000000080', 'ffffffff0000008000000000'],
  [2 ** 32, undefined, 'c100000000', 'ffffffff0000000001000000'],
  [5_368_709_127, undefined, 'c107000040', 'ffffffff0700004001000000'],
  [2 ** 40, undefined, 'e10000000000', 'ffffffff0000000000010000'],
];

const times: ReadonlyArray<readonly [number, string]> = [
  [1_700_000_000, '6500f153'],
  [0, '00000000'],
  [-86_400, 'f880aefeffffffffff'],
  [2 ** 31, '8000000080'],
  [2 ** 33 + 5, '8205000000'],
];

function encoded(write: (encoder: Encoder) => void): string {
  const encoder = new Encoder(1);
  write(encoder);
  return encoder.view().toString('hex');
}

describe('integers on the wire', () => {
  it.each(integers)('%d', async (value, varint, varlong, longint) => {
    if (varint !== undefined) {
      expect(encoded((encoder) => encoder.varint(value))).toBe(varint);
      await assertDecodes(Buffer.from(varint, 'hex'), () => (cursor) => cursor.varint(), value);
    }
    if (varlong !== undefined) {
      expect(encoded((encoder) => encoder.varlong(value, 3))).toBe(varlong);
      await assertDecodes(Buffer.from(varlong, 'hex'), () => (cursor) => cursor.varlong(3), BigInt(value));
    }
    expect(encoded((encoder) => encoder.longint(value))).toBe(longint);
    await assertDecodes(Buffer.from(longint, 'hex'), () => (cursor) => cursor.longint(), BigInt(value));
  });

  it.each(times)('%d as a time', async (value, varlong) => {
    expect(encoded((encoder) => encoder.varlong(value, 4))).toBe(varlong);
    await assertDecodes(Buffer.from(varlong, 'hex'), () => (cursor) => cursor.varlong(4), BigInt(value));
  });

  it('reads 2^63 - 1', () => {
    expect(new Cursor(Buffer.from('fcffffffffffffff7f', 'hex')).varlong(3)).toBe(2n ** 63n - 1n);
  });

  it('refuses integers that announce too many bytes', () => {
    expect(() => new Cursor(Buffer.from('f80000000000', 'hex')).varint()).toThrow('more than 32 bits');
    expect(() => new Cursor(Buffer.from('fc0000000000000000000000', 'hex')).varlong(4)).toThrow(
      'more than 64 bits',
    );
  });

  it('encodes what it decodes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.maxSafeInteger(), (small, large) => {
        const encoder = new Encoder(1);
        encoder.varint(small);
        encoder.varlong(large, 3);
        encoder.varlong(large, 4);
        encoder.longint(large);
        encoder.int32(small);
        const cursor = new Cursor(encoder.view());
        expect(cursor.varint()).toBe(small);
        expect(cursor.varlong(3)).toBe(BigInt(large));
        expect(cursor.varlong(4)).toBe(BigInt(large));
        expect(cursor.longint()).toBe(BigInt(large));
        expect(cursor.int32()).toBe(small);
        expect(cursor.remaining).toBe(0);
      }),
    );
  });

  it('turns any bytes into a value, a wish for more, or an RsyncError', () => {
    const decoders = [
      (cursor: Cursor) => cursor.varint(),
      (cursor: Cursor) => cursor.varlong(3),
      (cursor: Cursor) => cursor.varlong(4),
      (cursor: Cursor) => cursor.longint(),
      (cursor: Cursor) => cursor.vstring(255, 'text'),
      (cursor: Cursor) => cursor.line(20, 'line'),
      (cursor: Cursor) => cursor.int32In(0, 10, 'field'),
    ];
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(...decoders), (bytes, decode) => {
        try {
          decode(new Cursor(Buffer.from(bytes)));
        } catch (thrown) {
          expect(thrown === NEED_MORE || thrown instanceof RsyncError).toBe(true);
        }
      }),
    );
  });

  it('names the field, the value and the limit', () => {
    const cursor = new Cursor(Buffer.from('fbffffff', 'hex'));
    expect(() => cursor.int32In(0, 131_072, 'block length')).toThrow(
      'block length: -5 is not in [0, 131072]',
    );
  });
});

describe('text on the wire', () => {
  it('reads short and long vstrings', async () => {
    const short = Buffer.from('0568656c6c6f', 'hex');
    await assertDecodes(short, () => (cursor) => cursor.vstring(255, 'text').toString(), 'hello');
    const long = Buffer.concat([Buffer.from('812c', 'hex'), Buffer.alloc(300, 'x')]);
    await assertDecodes(long, () => (cursor) => cursor.vstring(300, 'text').toString(), 'x'.repeat(300));
    expect(() => new Cursor(long).vstring(299, 'text')).toThrow('length of text: 300 is not in [0, 299]');
  });

  it('reads a line without its end, and drops carriage returns', async () => {
    const wire = Buffer.from('@RSYNCD: OK\r\n');
    await assertDecodes(wire, () => (cursor) => cursor.line(100, 'greeting'), '@RSYNCD: OK');
  });

  it('refuses a line that does not end', () => {
    expect(() => new Cursor(Buffer.alloc(101, 'x')).line(100, 'greeting')).toThrow('greeting');
  });
});
