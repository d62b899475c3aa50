import { describe, expect, it } from 'vitest';
import { decodeName } from '../../../src/protocol/index.ts';
import { lookAlikesIn, shown } from '../../../src/watch/config/look-alikes.ts';

const found = (value: string) =>
  [...lookAlikesIn(value)].map(({ index, lookAlike }) => `${index} ${lookAlike.name} ${lookAlike.plain}`);

describe('look-alikes', () => {
  it('are found with what they stand for', () => {
    expect(found('a“b”\u3000–')).toEqual(['1 U+201C "', '3 U+201D "', '4 U+3000  ', '5 U+2013 -']);
  });

  it('are found in GBK, pair by pair', () => {
    const gbk = (hex: string) => decodeName(Buffer.from(hex, 'hex'));
    expect(found(gbk('b0a1a1a1'))).toEqual(['2 GBK A1 A1  ']);
    // B0A1 A1AF: the halves A1 A1 in between are no space.
    expect(found(gbk('b0a1a1af'))).toEqual(["2 GBK A1 AF '"]);
    expect(found(gbk('d6a1a1d0'))).toEqual([]);
  });
});

describe('a value in a message', () => {
  it('is cut when long, and always text', () => {
    expect(shown('a'.repeat(61))).toBe(`"${'a'.repeat(57)}..."`);
    expect(shown('\udcd6')).toBe('"\ufffd"');
  });
});
