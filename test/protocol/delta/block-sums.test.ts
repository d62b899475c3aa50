import { describe, expect, it } from 'vitest';
import { BlockSums } from '../../../src/protocol/delta/block-sums.ts';
import { describeBasis, md5 } from '../../support/basis.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';

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
