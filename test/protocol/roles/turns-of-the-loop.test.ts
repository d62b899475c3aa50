import { describe, expect, it } from 'vitest';
import { createFileHash } from '../../../src/protocol/checksum/strong.ts';
import { FileSummer } from '../../../src/protocol/roles/file-summer.ts';
import { frame, int32 } from '../../support/frames.ts';
import { MemoryTree } from '../../support/memory-tree.ts';
import { perform, termsOf } from '../../support/scripted-session.ts';

const LENGTH = 40 * 1024 * 1024;
const entry = { name: 'f', mode: 0o100_644, size: LENGTH, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };

/** How often the event loop had its turn between the first and the last reading of a file that answers at once. */
async function turnsWhileReading(work: (tree: MemoryTree) => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const seen: number[] = [];
  const tree = new MemoryTree([entry], new Map());
  tree.open = () => ({
    size: LENGTH,
    mtime: 0,
    mtimeNs: 0,
    read: (into, position) => {
      seen.push(turns);
      const length = Math.min(into.length, LENGTH - position);
      into.fill(0, 0, length);
      return length;
    },
    close: () => {},
  });
  await work(tree);
  isOver = true;
  return (seen.at(-1) ?? 0) - (seen[0] ?? 0);
}

describe('the event loop has its turn', () => {
  it('while a large file is summed for the list', async () => {
    const hash = await createFileHash('xxh64');
    const turns = await turnsWhileReading((tree) => new FileSummer(tree, hash).sum(entry));
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('while the receiver has everything already, and only the sum is made', async () => {
    const terms = termsOf({ protocol: 31, compatFlags: 0x1fe, checksum: 'xxh64' });
    const head = Buffer.concat([LENGTH / 131_072, 131_072, 2, 0].map(int32)).toString('hex');
    const fromServer = [int32(7), frame(0, Buffer.from(`010c80${head}0000000000`, 'hex'))];
    const turns = await turnsWhileReading((tree) =>
      perform({ terms, options: { append: 'verify' }, tree, fromServer }),
    );
    expect(turns).toBeGreaterThanOrEqual(2);
  });
});
