import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/protocol/index.ts';
import { FolderLock } from '../../src/watch/folder-lock.ts';
import { keptLog } from '../support/replication.ts';

const held: FolderLock[] = [];
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
});

const log = keptLog();

/** Of a folder that nobody has. */
function newInode(): number {
  return randomInt(2 ** 47);
}

async function take(inode: number, targets: readonly string[] = [], deletes = true): Promise<FolderLock> {
  const root = { path: `/srv/${inode}`, device: -1, inode, bornMs: 0, hasOurClock: true };
  const keys = targets.map((own) => ({ name: own, own, above: [] }));
  const lock = await FolderLock.take({ root, targets: keys, deletes, log });
  held.push(lock);
  return lock;
}

describe.runIf(process.platform === 'linux')('the lock of a folder', () => {
  it('is had by one at a time, and the next is told who has it', async () => {
    const inode = newInode();
    const lock = await take(inode);
    await expect(take(inode)).rejects.toThrow(UsageError);
    await expect(take(inode)).rejects.toThrow(
      `process ${process.pid}, this one, watches this folder already`,
    );
    await take(newInode());
    await lock.release();
    await lock.release();
    await take(inode);
  });

  it('keeps others from places in which somebody deletes', async () => {
    const place = `h:873/${newInode()}`;
    await take(newInode(), [place, 'other'], false);
    await take(newInode(), [place], false);
    const refused = newInode();
    await expect(take(refused, [place])).rejects.toThrow(`sends another folder to ${place}, too`);
    await take(refused, ['yet another'], false);
  });

  it('is not had if the name is taken by somebody who says nothing sensible', async () => {
    const inode = newInode();
    for (const answer of ['', '{"pid":"rm -rf"}', '[]', 'null', 'x'.repeat(300_000)]) {
      const server = createServer((socket) => socket.on('error', () => {}).end(answer));
      await new Promise<void>((done) => server.listen(`\0tsersync/folder/-1:${inode}`, done));
      await expect(take(inode)).rejects.toThrow('another process watches this folder already');
      // Nor does such a one keep others from theirs.
      await take(newInode(), ['h:873/m']);
      await held.pop()?.release();
      await new Promise((done) => server.close(done));
    }
  });
});
