import { describe, expect, it } from 'vitest';
import { createStrongChecksum, digestLengths } from '../../../src/protocol/checksum/strong.ts';
import { Scanner } from '../../../src/protocol/delta/scanner.ts';
import { NO_BASIS } from '../../../src/protocol/delta/sum-head.ts';
import type { ChecksumName } from '../../../src/protocol/terms.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';
import { wireFixtures } from '../../support/wire-fixtures.ts';

interface RecordedSums {
  readonly cases: ReadonlyArray<{
    readonly server: string;
    readonly protocol: number;
    readonly checksum: string;
    readonly seed: number;
    readonly properSeedOrder: boolean;
    readonly blocks: ReadonlyArray<{
      readonly offset: number;
      readonly length: number;
      readonly rolling: number;
      readonly rollingWire: string;
      readonly strong: string;
    }>;
    readonly fileSum: string;
    readonly strongBytesThatCount: number;
    readonly blocksOf: string;
  }>;
}

const [[, { cases }]] = wireFixtures<RecordedSums>('checksums') as [[string, RecordedSums]];
const basis = generatedBytes(1, 10_000);
const changed = Buffer.concat([basis.subarray(0, 1000), Buffer.from('XYZ'), basis.subarray(1000)]);
const ours = cases.map((recorded) => {
  const [name = ''] = recorded.checksum.split(' ');
  const title = `${recorded.checksum} at protocol ${recorded.protocol}, server ${recorded.server}, seed ${recorded.seed}`;
  const isOld = name === 'md4' && recorded.protocol < 30;
  return [title, { ...recorded, name: isOld ? 'old-md4' : (name as ChecksumName) }] as const;
});

describe.each(ours)('%s', (_title, recorded) => {
  const { name, seed, properSeedOrder: seedFirst } = recorded;
  const content = recorded.blocksOf.startsWith('new') ? changed : basis;
  const bytesOf = ({ offset, length }: { offset: number; length: number }) =>
    content.subarray(offset, offset + length);

  it('has the block sums that the server sent', async () => {
    const strong = await createStrongChecksum({ name, seed, seedFirst });
    for (const block of recorded.blocks) {
      const wire = block.strong.slice(0, 2 * recorded.strongBytesThatCount);
      expect(strong.block(bytesOf(block)).toString('hex').slice(0, wire.length)).toBe(wire);
    }
  });

  it('has the rolling sums that the server sent', () => {
    for (const block of recorded.blocks) {
      expect(block.rolling).toBe(Buffer.from(block.rollingWire, 'hex').readUInt32LE());
      const scanner = new Scanner();
      const bytes = bytesOf(block);
      scanner.load(NO_BASIS, Buffer.alloc(0), bytes.length);
      bytes.copy(scanner.window);
      scanner.restart(0, bytes.length);
      expect(scanner.sum).toBe(block.rolling);
    }
  });

  it('has the file sum that the server accepted, in pieces of any size and for one file after the other', async () => {
    const strong = await createStrongChecksum({ name, seed, seedFirst });
    expect(strong.length).toBe(digestLengths[name]);
    for (const piece of [1, 63, 64, 4096, changed.length]) {
      const file = strong.file();
      for (let at = 0; at < changed.length; at += piece) file.update(changed.subarray(at, at + piece));
      expect(file.digest().toString('hex')).toBe(recorded.fileSum);
    }
  });
});

describe('the recorded sums', () => {
  it('are of every checksum that we negotiate', () => {
    const names = new Set(cases.map(({ checksum }) => checksum.split(' ')[0] ?? ''));
    expect([...names].sort()).toEqual(['md4', 'md5', 'sha1', 'xxh128', 'xxh3', 'xxh64']);
    expect(ours.length).toBe(52);
  });
});

describe('no checksum', () => {
  it('is one zero byte for a file, and no block can be recognized', async () => {
    const strong = await createStrongChecksum({ name: 'none', seed: 7, seedFirst: true });
    const file = strong.file();
    file.update(basis);
    expect(file.digest()).toEqual(Buffer.of(0));
    expect(strong.block(basis)).toHaveLength(0);
  });
});
