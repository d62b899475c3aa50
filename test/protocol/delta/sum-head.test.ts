import { describe, expect, it } from 'vitest';
import {
  assertHonest,
  BlockSums,
  basisLength,
  decodeSumHead,
  encodeSumHead,
  isWorthHolding,
  lengthOfBlock,
  type SumHead,
  sumsLength,
} from '../../../src/protocol/delta/sum-head.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { describeBasis, md5 } from '../../support/basis.ts';
import { assertDecodes } from '../../support/decoding.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';

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

/** As real generators cut a basis of this length: docs/protocol chapter 3, section 4.1. */
function honestHead(length: number, protocol: number, strongLength = 16): SumHead {
  const longest = protocol >= 30 ? 131_072 : 1 << 29;
  const root = Math.floor(Math.sqrt(length) / 8) * 8;
  const blockLength = length <= 490_000 ? 700 : Math.min(Math.max(700, root), longest);
  return {
    blockCount: Math.ceil(length / blockLength),
    blockLength,
    strongLength,
    remainder: length % blockLength,
  };
}

const GB = 1e9;
const lengths = [1, 699, 700, 490_000, 490_001, 500_000, 1e7, GB, 17 * GB, 18 * GB, 100 * GB, 1000 * GB];

describe('a head', () => {
  it.each([27, 29, 30, 32])('is believed if a generator of protocol %i can have said it', (protocol) => {
    for (const length of lengths) {
      const head = honestHead(length, protocol);
      expect(() => assertHonest(head, protocol, undefined)).not.toThrow();
      expect(isWorthHolding(head, length)).toBe(true);
      expect(isWorthHolding(head, length / 2)).toBe(true);
    }
  });

  it('of other blocks is believed where the user wants blocks of that length', () => {
    const cut = (blockCount: number, blockLength: number) => ({
      ...honestHead(1, 29),
      blockCount,
      blockLength,
    });
    expect(() => assertHonest(cut(1401, 700), 31, undefined)).toThrow(
      'block count: 1401 blocks of 700 bytes are too many for any file, at most 1400',
    );
    expect(() => assertHonest(cut(3, 1), 31, 2)).toThrow('block count: 3');
    expect(() => assertHonest(cut(1_000_000, 16), 31, 16)).not.toThrow();
    expect(() => assertHonest(cut(1, 1 << 29), 29, undefined)).toThrow('block length: 536870912');
    expect(() => assertHonest(cut(1, 1 << 29), 29, 1 << 29)).not.toThrow();
    expect(() => assertHonest(cut(400_000, 131_072), 31, undefined)).not.toThrow();
    expect(() => assertHonest(cut(400_000, 131_072), 29, undefined)).toThrow('block count: 400000');
  });

  it('of more than memory is refused, whatever the user wants', () => {
    const head = { blockCount: 60_000_000, blockLength: 131_072, strongLength: 16, remainder: 0 };
    expect(() => assertHonest(head, 31, 131_072)).toThrow('block sums of 1200000000 bytes');
  });

  it('is worth memory in proportion to our own file', () => {
    const head = honestHead(100 * GB, 31);
    expect(sumsLength(head)).toBeGreaterThan(1 << 20);
    expect([isWorthHolding(head, 5), isWorthHolding(head, 49 * GB), isWorthHolding(head, 50 * GB)]).toEqual([
      false,
      false,
      true,
    ]);
    const short = { blockCount: 4_000_000, blockLength: 1000, strongLength: 16, remainder: 0 };
    expect(isWorthHolding(short, 1000 * GB)).toBe(false);
  });
});

describe('block sums', () => {
  it('tell which blocks are the same', () => {
    const basis = Buffer.concat([generatedBytes(1, 300), generatedBytes(1, 300), Buffer.from('rest')]);
    const { head, sums } = describeBasis(basis, { blockLength: 100, strongLength: 2 });
    const table = new BlockSums(head, sums, 16);
    expect(table.isSame(1, 4)).toBe(true);
    expect(table.isSame(1, 2)).toBe(false);
  });

  it('compare no more of a strong sum than a digest has: old servers send junk behind it', () => {
    const head = { blockCount: 2, blockLength: 4, strongLength: 16, remainder: 0 };
    const digest = md5(Buffer.from('abcd')).subarray(0, 8);
    const sums = Buffer.concat(['whatever', 'it may be'].map((junk) => blockWith(digest, junk)));
    expect(new BlockSums(head, sums, 8).isStrong(0, digest)).toBe(true);
    expect(new BlockSums(head, sums, 8).isSame(0, 1)).toBe(true);
    expect(new BlockSums(head, sums, 16).isStrong(0, Buffer.concat([digest, Buffer.alloc(8)]))).toBe(false);
    expect(new BlockSums(head, sums, 16).isSame(0, 1)).toBe(false);
  });
});

function blockWith(digest: Buffer, junk: string): Buffer {
  return Buffer.concat([Buffer.alloc(4), digest, Buffer.from(junk.slice(0, 8))]);
}
