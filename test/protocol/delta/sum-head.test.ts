import { describe, expect, it } from 'vitest';
import {
  basisLength,
  decodeSumHead,
  encodeSumHead,
  lengthOfBlock,
  type SumHead,
} from '../../../src/protocol/delta/sum-head.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { assertDecodes } from '../../support/decoding.ts';

function head(blockCount: number, blockLength: number, strongLength: number, remainder: number): Buffer {
  const bytes = Buffer.alloc(16);
  for (const [at, value] of [blockCount, blockLength, strongLength, remainder].entries()) {
    bytes.writeInt32LE(value, 4 * at);
  }
  return bytes;
}

const decode = (wire: Buffer, protocol = 31) => decodeSumHead(new Cursor(wire), protocol);

describe('the head of block sums', () => {
  it('is read and written as the real generator sent it', async () => {
    const wire = Buffer.from('02000000' + 'bc020000' + '02000000' + '64000000', 'hex');
    const expected: SumHead = { blockCount: 2, blockLength: 700, strongLength: 2, remainder: 100 };
    await assertDecodes(wire, () => (cursor) => decodeSumHead(cursor, 31), expected);
    const encoder = new Encoder();
    encodeSumHead(encoder, expected);
    expect(encoder.view()).toEqual(wire);
  });

  it.each([
    ['a negative count', head(-1, 700, 2, 0), 'block count: -1'],
    ['a negative block length', head(1, -700, 2, 0), 'block length: -700 is not in [1, 131072]'],
    ['blocks without a length', head(1, 0, 2, 0), 'block length: 0'],
    ['a block of more than 128 KiB', head(1, 131_073, 2, 0), 'block length: 131073'],
    ['a negative strong sum', head(1, 700, -2, 0), 'strong sum length: -2'],
    ['a strong sum that no digest has', head(1, 700, 65, 0), 'strong sum length: 65 is not in [0, 64]'],
    ['a remainder longer than a block', head(1, 700, 2, 701), 'remainder: 701 is not in [0, 700]'],
    ['a negative remainder', head(1, 700, 2, -1), 'remainder: -1'],
  ])('refuses %s', (_name, wire, message) => {
    expect(() => decode(wire)).toThrow(message);
  });

  it('may have longer blocks below protocol 30', () => {
    expect(decode(head(1, 1 << 29, 2, 0), 29).blockLength).toBe(1 << 29);
    expect(() => decode(head(1, (1 << 29) + 1, 2, 0), 29)).toThrow('block length');
  });

  it('knows the length of the basis and of each block', () => {
    const full = decode(head(3, 700, 2, 0));
    expect([basisLength(full), lengthOfBlock(full, 0), lengthOfBlock(full, 2)]).toEqual([2100, 700, 700]);
    const short = decode(head(3, 700, 2, 100));
    expect([basisLength(short), lengthOfBlock(short, 1), lengthOfBlock(short, 2)]).toEqual([1500, 700, 100]);
    expect(basisLength(decode(head(0, 0, 0, 0)))).toBe(0);
  });
});
