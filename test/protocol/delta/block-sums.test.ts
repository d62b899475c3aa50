import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSums } from '../../../src/protocol/delta/block-sums.ts';
import { describeBasis, md5 } from '../../support/basis.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';

describe('block sums', () => {
  it('find every block by its rolling sum, the lowest first', () => {
    const basis = Buffer.concat([generatedBytes(1, 300), generatedBytes(1, 300), Buffer.from('rest')]);
    const { head, sums } = describeBasis(basis, { blockLength: 100, strongLength: 2 });
    const table = new BlockSums(head, sums, 16);
    expect([...table.candidates(table.rollingOf(1))]).toEqual([1, 4]);
    expect([...table.candidates(table.rollingOf(6))]).toEqual([6]);
    expect(table.mayContain(table.rollingOf(6))).toBe(true);
    expect(table.isSame(1, 4)).toBe(true);
    expect(table.isSame(1, 2)).toBe(false);
  });

  it('work for more blocks than 16 bits can tell apart', () => {
    const count = 150_000;
    const basis = generatedBytes(7, count * 3);
    const { head, sums } = describeBasis(basis, { blockLength: 3, strongLength: 2 }, () => Buffer.alloc(2));
    const table = new BlockSums(head, sums, 16);
    for (let block = 0; block < count; block += 997) {
      expect([...table.candidates(table.rollingOf(block))]).toContain(block);
    }
  });

  it('compare no more of a strong sum than a digest has: old servers send junk behind it', () => {
    const head = { blockCount: 1, blockLength: 4, strongLength: 16, remainder: 0 };
    const digest = md5(Buffer.from('abcd')).subarray(0, 8);
    const sums = Buffer.concat([Buffer.alloc(4), digest, Buffer.from('whatever')]);
    expect(new BlockSums(head, sums, 8).isStrong(0, digest)).toBe(true);
    expect(new BlockSums(head, sums, 16).isStrong(0, Buffer.concat([digest, Buffer.alloc(8)]))).toBe(false);
  });

  it('give no more than 1024 candidates for one place', () => {
    const basis = Buffer.alloc(5000);
    const { head, sums } = describeBasis(basis, { blockLength: 1, strongLength: 0 });
    expect([...new BlockSums(head, sums, 16).candidates(0)]).toHaveLength(1024);
  });

  it('agree with a plain search, whatever the sums', () => {
    const rollings = fc.array(fc.constantFrom(0, 1, 0x10000, 0xffff, 0x10001, 0xffff_ffff), { minLength: 1 });
    fc.assert(
      fc.property(rollings, fc.nat(0xffff_ffff), (list, other) => {
        const sums = Buffer.alloc(4 * list.length);
        for (const [block, rolling] of list.entries()) sums.writeUInt32LE(rolling, 4 * block);
        const head = { blockCount: list.length, blockLength: 1, strongLength: 0, remainder: 0 };
        const table = new BlockSums(head, sums, 16);
        for (const rolling of [...list, other]) {
          const expected = [...list.keys()].filter((block) => list[block] === rolling);
          expect([...table.candidates(rolling)]).toEqual(expected);
        }
      }),
    );
  });
});
