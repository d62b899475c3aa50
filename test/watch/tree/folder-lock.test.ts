import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../src/protocol/index.ts';
import { eventStream } from '../../../src/watch/listeners/event-stream.ts';
import { FolderLock } from '../../../src/watch/tree/folder-lock.ts';
import { keptLog } from '../../support/replication.ts';

const held: FolderLock[] = [];
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
});

const emit = eventStream(keptLog(), new EventEmitter());

/** Of a folder that nobody has. */
function newInode(): number {
  return randomInt(2 ** 47);
}

async function take(inode: number, targets: readonly string[] = [], deletes = true): Promise<FolderLock> {
  const root = { path: `/srv/${inode}`, device: -1, inode, bornMs: 0, isLocalFileSystem: true };
  const keys = targets.map((own) => ({ name: own, own, above: [] }));
  const lock = await FolderLock.take({ root, targets: keys, deletes, emit });
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

  it('is had by the earlier of two that start at the same time', async () => {
    const place = `h:873/${newInode()}`;
    const other = (since: number) => ({ pid: 1, since, deletes: true, targets: [{ own: place, above: [] }] });
    for (const [since, isRefused] of [
      [Date.now() + 60_000, false],
      [0, true],
    ] as const) {
      const server = createServer((socket) => socket.on('error', () => {}).end(JSON.stringify(other(since))));
      await new Promise<void>((done) => server.listen(`\0tsersync/folder/-1:${newInode()}`, done));
      const taking = take(newInode(), [place]);
      if (isRefused) await expect(taking).rejects.toThrow('process 1 sends another folder');
      else await (await taking).release();
      await new Promise((done) => server.close(done));
    }
  });

  it('is not had if the name is taken by somebody who says nothing sensible', async () => {
    const inode = newInode();
    const long = JSON.stringify({ pid: 1, since: 0, deletes: true, targets: [] }).padEnd(300_000);
    for (const answer of ['', '{"pid":"rm -rf"}', '[]', 'null', long]) {
      const server = createServer((socket) => socket.on('error', () => {}).end(answer));
      await new Promise<void>((done) => server.listen(`\0tsersync/folder/-1:${inode}`, done));
      await expect(take(inode)).rejects.toThrow('another process watches this folder already');
      // Nor does such a one keep others from theirs.
      await take(newInode(), ['h:873/m']);
      await held.pop()?.release();
      await new Promise((done) => server.close(done));
    }
  });

  it('is not waited for if whoever has the name says nothing at all', async () => {
    const inode = newInode();
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    await new Promise<void>((done) => server.listen(`\0tsersync/folder/-1:${inode}`, done));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const refused = expect(take(inode)).rejects.toThrow('another process watches this folder already');
    while (vi.getTimerCount() === 0) await new Promise((done) => setImmediate(done));
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    await refused;
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
});
