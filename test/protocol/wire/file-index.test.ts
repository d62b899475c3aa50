import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { IndexDecoder, IndexEncoder } from '../../../src/protocol/wire/file-index.ts';
import { assertDecodes } from '../../support/decoding.ts';

/** One direction of one connection, in this order; from docs/protocol chapter 2, section 2.1. */
const conversation: ReadonlyArray<readonly [number, string]> = [
  [1, '02'],
  [2, '01'],
  [5, '03'],
  [5, 'fe0000'],
  [4, 'fe80040000'],
  [260, 'fe0100'],
  [261, '01'],
  [40_000, 'fe80409c00'],
  [40_001, '01'],
  [72_767, 'fe7ffe'],
  [105_535, 'fe803f9c01'],
  [-1, '00'],
  [-101, 'ff64'],
  [-102, 'ff01'],
  [-103, 'ff01'],
  [-2, 'fffe80020000'],
  [-3, 'ff01'],
  [0, 'fe80000000'],
];

describe('file indexes', () => {
  it('are written as distances from protocol 30 on', () => {
    const indexes = new IndexEncoder(31);
    for (const [index, hex] of conversation) {
      const encoder = new Encoder();
      indexes.encode(encoder, index);
      expect(encoder.view().toString('hex')).toBe(hex);
    }
  });

  it('are read back, however the bytes arrive', async () => {
    const decoder = new IndexDecoder(31);
    for (const [index, hex] of conversation) {
      await assertDecodes(Buffer.from(hex, 'hex'), () => (cursor) => decoder.decode(cursor), index);
      decoder.remember(index);
    }
  });

  it('are plain integers below protocol 30', async () => {
    const encoder = new Encoder();
    new IndexEncoder(29).encode(encoder, 7);
    expect(encoder.view().toString('hex')).toBe('07000000');
    await assertDecodes(encoder.view(), () => (cursor) => new IndexDecoder(29).decode(cursor), 7);
  });

  it('come back as they went', () => {
    const index = fc.oneof(fc.integer({ min: -200_000, max: -1 }), fc.nat(2 ** 31 - 1), fc.nat(300));
    fc.assert(
      fc.property(fc.array(index), (list) => {
        const encoder = new Encoder();
        const indexes = new IndexEncoder(32);
        for (const one of list) indexes.encode(encoder, one);
        const cursor = new Cursor(encoder.view());
        const decoder = new IndexDecoder(32);
        for (const one of list) {
          expect(decoder.decode(cursor)).toBe(one);
          decoder.remember(one);
        }
      }),
    );
  });
});
