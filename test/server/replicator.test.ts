import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemPath } from '../../src/protocol/internal.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import { LEFT_BEHIND, type Replication, replicate, until } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { shake } from '../support/shaker.ts';

let rsyncd: Rsyncd;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
});

afterAll(() => rsyncd[Symbol.asyncDispose]());

function untilThere({ destination }: Replication, path: string): Promise<void> {
  return until(() => existsSync(join(destination, path)), path);
}

/** What was done, and what the replicator made of it, if it is wrong. */
async function expectEqual(replication: Replication, deeds: readonly string[], ...options: string[]) {
  try {
    await replication.equal({ deadlineMs: 25_000, options });
  } catch (thrown) {
    const { log, replicator } = replication;
    const story = [...deeds.slice(-100), ...log.lines.slice(-100), JSON.stringify(replicator.status())];
    throw new Error(`${(thrown as Error).message}\n${story.join('\n')}`, { cause: thrown });
  }
}

describe('a tree that changes at random', () => {
  it.each([1, 2, 3])('is at the remote when it is quiet again (seed %i)', async (seed) => {
    await using replication = await replicate(rsyncd);
    const { root, outside } = replication;
    const deeds = await shake({ root, outside, seed, steps: 200, pauseMs: 8 });
    await expectEqual(replication, deeds);
    // What failed because something else was on the way is tried again, and then forgotten.
    const failures = () => replication.replicator.status().remotes[0]?.failures ?? [];
    await until(() => failures().length === 0, 'no failures');
  });

  it('is at the remote when it is quiet again, although the server was gone for a while', async () => {
    const mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
    try {
      await using replication = await replicate(mortal);
      const { root, outside, replicator } = replication;
      const shaking = shake({ root, outside, seed: 4, steps: 250, pauseMs: 12 });
      await until(() => replication.batches.length > 10, 'some batches');
      await mortal.stop();
      await until(() => replicator.status().remotes[0]?.state === 'blocked', 'a remote that is blocked');
      const deeds = await shaking;
      await mortal.start();
      await expectEqual(replication, deeds, LEFT_BEHIND);
    } finally {
      await mortal[Symbol.asyncDispose]();
    }
  });

  it('is at the remote when the server speaks an old protocol', async () => {
    await using replication = await replicate(rsyncd, { params: '-a --protocol=29' });
    const { root, outside } = replication;
    const deeds = await shake({ root, outside, seed: 5, steps: 150, pauseMs: 8 });
    await expectEqual(replication, deeds, '--modify-window=1');
  });
});

describe('a change', () => {
  it('of two in one second, with equal size, is never missed', async () => {
    await using replication = await replicate(rsyncd);
    const file = join(replication.root, 'counter');
    const stored = join(replication.destination, 'counter');
    for (let i = 10; i < 30; i += 1) {
      writeFileSync(file, `${i}`);
      utimesSync(file, 1_500_000_000, 1_500_000_000);
      await until(() => existsSync(stored) && readFileSync(stored, 'utf8') === `${i}`, `edit ${i}`);
    }
  });

  it('that makes a folder of a file, and a file of it again, arrives', async () => {
    await using replication = await replicate(rsyncd, { source: { thing: 'file' } });
    const { root, destination } = replication;
    const thing = join(root, 'thing');
    for (let round = 0; round < 3; round += 1) {
      rmSync(thing);
      mkdirSync(join(thing, 'deep', 'er'), { recursive: true });
      writeFileSync(join(thing, 'deep', 'er', 'f'), `${round}`);
      await replication.equal();
      expect(readTree(destination)).toEqual({ thing: { deep: { er: { f: `${round}` } } } });
      rmSync(thing, { recursive: true });
      writeFileSync(thing, `file ${round}`);
      await replication.equal();
      expect(readTree(destination)).toEqual({ thing: `file ${round}` });
    }
  });

  it.runIf(process.platform === 'linux')(
    'of a name of any bytes arrives: GBK, newlines, wildcards and quotes',
    async () => {
      await using replication = await replicate(rsyncd);
      const names = [
        '\udcd6\udcd0',
        'new\nline',
        'a*[b]?',
        '$(touch owned)`x`',
        'back\\slash',
        ' ',
        '中文',
        '-n',
      ];
      const paths = names.flatMap((name) => [name, `${name}-folder/${name}`]);
      const at = (path: string) => systemPath(join(replication.root, path));
      for (const path of paths) {
        if (path.includes('/')) mkdirSync(at(path.slice(0, path.indexOf('/'))));
        writeFileSync(at(path), 'one');
      }
      await replication.equal();
      for (const path of paths) writeFileSync(at(path), 'two');
      await replication.equal();
      for (const name of names) {
        renameSync(at(name), at(`${name}2`));
        rmSync(at(`${name}-folder`), { recursive: true });
      }
      await replication.equal();
      for (const name of names) unlinkSync(at(`${name}2`));
      await replication.equal();
      expect(readdirSync(replication.destination)).toEqual([]);
    },
  );

  it('of attributes alone arrives: modes and times of files and folders, and where a symlink leads', async () => {
    const source = { file: 'x', folder: { inner: 'y' } };
    await using replication = await replicate(rsyncd, { source, options: { startsWithAll: true } });
    const { root } = replication;
    symlinkSync('file', join(root, 'link'));
    await replication.equal();
    chmodSync(join(root, 'file'), 0o600);
    chmodSync(join(root, 'folder'), 0o700);
    await replication.equal();
    utimesSync(join(root, 'folder', 'inner'), 1, 1);
    utimesSync(join(root, 'folder'), 2, 2);
    unlinkSync(join(root, 'link'));
    symlinkSync('folder', join(root, 'link'));
    await replication.equal();
  });

  it('of a symlink arrives as what it leads to, if links are to be followed', async () => {
    await using replication = await replicate(rsyncd, { params: '-aL --chmod=F600' });
    const { root, outside, destination } = replication;
    writeTree(join(outside, 'away'), { f: 'x', deep: { g: 'y' } });
    symlinkSync(join(outside, 'away'), join(root, 'folder'));
    symlinkSync(join(outside, 'away', 'f'), join(root, 'file'));
    const stored = () => readTree(destination);
    const tree = { folder: { f: 'x', deep: { g: 'y' } }, file: 'x' };
    await expect.poll(stored, { timeout: 20_000 }).toEqual(tree);
    expect(lstatSync(join(destination, 'folder', 'deep', 'g')).mode & 0o777).toBe(0o600);
    unlinkSync(join(root, 'folder'));
    symlinkSync(join(outside, 'away', 'deep'), join(root, 'folder'));
    await expect.poll(stored, { timeout: 20_000 }).toEqual({ folder: { g: 'y' }, file: 'x' });
  });

  it('through one name of a file reaches its other names', async () => {
    const source = { a: 'one', folder: {} };
    await using replication = await replicate(rsyncd, { source, options: { startsWithAll: true } });
    const { root } = replication;
    linkSync(join(root, 'a'), join(root, 'folder', 'b'));
    await replication.equal();
    writeFileSync(join(root, 'folder', 'b'), 'two');
    await replication.equal();
    truncateSync(join(root, 'a'), 1);
    await replication.equal();
  });

  it('that puts an older file in the place of a newer one arrives in spite of -u', async () => {
    const source = { file: 'newer' };
    await using replication = await replicate(rsyncd, {
      source,
      params: '-artuz',
      options: { startsWithAll: true },
    });
    await replication.equal();
    const older = join(replication.outside, 'older');
    writeFileSync(older, 'older');
    utimesSync(older, 1_000_000_000, 1_000_000_000);
    renameSync(older, join(replication.root, 'file'));
    await replication.equal();
  });

  it('of a whole tree, moved in, renamed and moved out, arrives', async () => {
    await using replication = await replicate(rsyncd);
    const { root, outside, destination } = replication;
    const away = join(outside, 'd');
    mkdirSync(join(away, 'a', 'b'), { recursive: true });
    for (let i = 0; i < 50; i += 1) writeFileSync(join(away, 'a', `f${i}`), `${i}`);
    writeFileSync(join(away, 'a', 'b', 'f'), 'deep');
    renameSync(away, join(root, 'd'));
    await replication.equal();
    renameSync(join(root, 'd'), join(root, 'e'));
    writeFileSync(join(root, 'e', 'a', 'b', 'f'), 'deeper');
    await replication.equal();
    expect(readTree(destination)).toMatchObject({ e: { a: { b: { f: 'deeper' } } } });
    renameSync(join(root, 'e'), away);
    await replication.equal();
    expect(readdirSync(destination)).toEqual([]);
  });

  it('is reported with what it was about', async () => {
    await using replication = await replicate(rsyncd);
    const { root, batches, replicator } = replication;
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, 'd', 'f'), 'x');
    await replication.equal();
    await until(() => replicator.status().remotes[0]?.state === 'idle', 'an idle remote');
    const before = batches.length;
    rmSync(join(root, 'd'), { recursive: true });
    await until(() => batches.length > before, 'one more batch');
    expect(batches.at(-1)).toMatchObject({
      kind: 'changes',
      deleted: 2,
      paths: expect.arrayContaining(['d']),
    });
  });
});

describe('the first push', () => {
  const source = { same: 'x', new: { folder: { f: 'y' } } };
  const destination = { same: 'old', extra: { f: 'z' } };

  it('makes the remote equal, and deletes what is not here', async () => {
    await using replication = await replicate(rsyncd, {
      source,
      destination,
      options: { startsWithAll: true },
    });
    await replication.equal();
    expect(replication.batches[0]).toMatchObject({ kind: 'all', deleted: 2 });
  });

  it('is left out unless it is wanted', async () => {
    await using replication = await replicate(rsyncd, { source, destination });
    writeFileSync(join(replication.root, 'file'), 'x');
    await untilThere(replication, 'file');
    expect(readTree(replication.destination)).toEqual({ ...destination, file: 'x' });
  });

  it('misses nothing that happens meanwhile', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, `${i}`]));
    await using replication = await replicate(rsyncd, { source: many, options: { startsWithAll: true } });
    for (let i = 0; i < 500; i += 7) writeFileSync(join(replication.root, `f${i}`), `again ${i}`);
    for (let i = 1; i < 500; i += 7) unlinkSync(join(replication.root, `f${i}`));
    await replication.equal();
  });
});

describe('the switches of inotify', () => {
  it('let nothing be deleted, ever, where deletions are off', async () => {
    const source = { a: 'a', folder: { b: 'b' } };
    const destination = { extra: 'x' };
    const options = { startsWithAll: true };
    await using replication = await replicate(rsyncd, { source, destination, deletes: false, options });
    const { root } = replication;
    await until(() => replication.batches.length === 1, 'the first push');
    unlinkSync(join(root, 'a'));
    rmSync(join(root, 'folder'), { recursive: true });
    renameSync(join(root), `${root}-elsewhere`);
    renameSync(`${root}-elsewhere`, root);
    writeFileSync(join(root, 'c'), 'c');
    await untilThere(replication, 'c');
    expect(readTree(replication.destination)).toEqual({ a: 'a', folder: { b: 'b' }, extra: 'x', c: 'c' });
  });

  it('leave empty folders out where folders are off', async () => {
    await using replication = await replicate(rsyncd, { createsFolders: false });
    const { root } = replication;
    mkdirSync(join(root, 'empty', 'too'), { recursive: true });
    mkdirSync(join(root, 'full'));
    writeFileSync(join(root, 'full', 'f'), 'x');
    await untilThere(replication, 'full/f');
    expect(readTree(replication.destination)).toEqual({ full: { f: 'x' } });
  });
});
