import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replication, replicate, until } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

/* Programs that write slowly. Linux only: elsewhere nobody tells who has a file open. */

let rsyncd: Rsyncd;
beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
});
afterAll(() => rsyncd[Symbol.asyncDispose]());

const WRITER = join(import.meta.dirname, '../support/piecewise-writer.ts');
const PIECE = 4096;

function write(pauseMs: number, pieces: number, ...words: readonly string[]): ChildProcess {
  const all = [WRITER, String(pauseMs), String(pieces), ...words];
  return spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Notes every size that each file has at the remote, until it is told to end. */
function watchSizes({ destination }: Replication): { readonly sizes: Set<string>; end(): void } {
  const sizes = new Set<string>();
  const look = () => {
    for (const path of readdirSync(destination, { recursive: true, encoding: 'utf8' })) {
      const stats = lstatSync(join(destination, path), { throwIfNoEntry: false });
      if (basename(path).startsWith('.') || !stats?.isFile()) continue;
      sizes.add(`${path} ${stats.size}`);
    }
  };
  const timer = setInterval(look, 2);
  return {
    sizes,
    end: () => {
      clearInterval(timer);
      look();
    },
  };
}

describe.runIf(process.platform === 'linux')('a file that is written in pieces', () => {
  it.each([
    [8, 12],
    [50, 8],
    [300, 4],
  ])('with pauses of %i ms is sent once, when it is closed', async (pauseMs, pieces) => {
    await using replication = await replicate(rsyncd, { maxMs: 30_000 });
    const { root } = replication;
    const watched = watchSizes(replication);
    const writers = ['a', 'b'].map((name) =>
      write(pauseMs, pieces, join(root, `${name}1`), join(root, `${name}2`)),
    );
    await Promise.all(writers.map((writer) => once(writer, 'close')));
    await replication.equal();
    watched.end();
    const whole = ['a1', 'a2', 'b1', 'b2'].map((name) => `${name} ${pieces * PIECE}`);
    expect([...watched.sizes].sort()).toEqual(whole);
  });

  it('in a new folder is sent once, with that folder', async () => {
    await using replication = await replicate(rsyncd, { maxMs: 30_000 });
    const { root, outside } = replication;
    // From here on a session waits.
    writeFileSync(join(root, 'before'), 'before');
    await replication.equal();
    const watched = watchSizes(replication);
    const place = join(outside, 'new');
    mkdirSync(join(place, 'inner'), { recursive: true });
    for (const name of ['first', 'second']) writeFileSync(join(place, name), name);
    const slow = join(place, 'inner', 'slow');
    const writer = write(100, 20, slow);
    await until(() => lstatSync(slow, { throwIfNoEntry: false })?.size === PIECE, 'the first piece');
    renameSync(place, join(root, 'new'));
    await once(writer, 'close');
    await replication.equal();
    watched.end();
    expect([...watched.sizes].sort()).toEqual([
      'before 6',
      'new/first 5',
      `new/inner/slow ${20 * PIECE}`,
      'new/second 6',
    ]);
  });

  it('and stays open is sent when it has waited for long enough', async () => {
    await using replication = await replicate(rsyncd, { maxMs: 300 });
    const { root, destination } = replication;
    const holder = write(1, 3, join(root, 'database'), 'hold');
    try {
      const sizeThere = () => lstatSync(join(destination, 'database'), { throwIfNoEntry: false })?.size;
      await until(() => sizeThere() === 3 * PIECE, 'the file at the remote');
      expect(holder.exitCode).toBeNull();
    } finally {
      holder.kill();
      await once(holder, 'close');
    }
  });

  it('is not sent half-written, either, when it has waited for the remote', async () => {
    await using mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
    await using replication = await replicate(mortal, { maxMs: 30_000 });
    const { root, destination, replicator } = replication;
    const sent = (name: string) =>
      lstatSync(join(destination, name), { throwIfNoEntry: false }) !== undefined;
    await mortal.stop();
    for (const name of ['file', 'other']) writeFileSync(join(root, name), 'whole');
    await until(() => replicator.status().remotes[0]?.state === 'blocked', 'a remote that is blocked');
    const writer = write(1, 3, join(root, 'file'), 'hold');
    try {
      await until(() => lstatSync(join(root, 'file')).size === 3 * PIECE, 'all pieces');
      await delay(1100);
      await mortal.start();
      await until(() => sent('other'), 'the other file at the remote');
      await until(() => replicator.status().remotes[0]?.backlog === 0, 'an empty backlog');
      expect(sent('file')).toBe(false);
    } finally {
      writer.kill();
      await once(writer, 'close');
    }
    await replication.equal();
  });
});
