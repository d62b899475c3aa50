import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTree, writeTree } from '../support/disk-tree.ts';
import type { Folder } from '../support/memory-tree.ts';
import { type Replication, type ReplicationWishes, replicate, until } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let rsyncd: Rsyncd;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
});

afterAll(() => rsyncd[Symbol.asyncDispose]());

const source = {
  'a.txt': 'a',
  'a.svn': 'not sent',
  '.hidden': 'not sent',
  'b~': 'not sent',
  '4913': 'not sent',
  '.dotted': { 'c.txt': 'c' },
  cache: { 'd.txt': 'not sent' },
  deep: { cache: { 'e.txt': 'e' }, 'f.svn': 'not sent', 'f.txt': 'f' },
};

/** What of `source` is sent with all filters. */
const sent = {
  'a.txt': 'a',
  '.dotted': { 'c.txt': 'c' },
  deep: { cache: { 'e.txt': 'e' }, 'f.txt': 'f' },
};

const theirs = {
  'x.svn': 'theirs',
  '.theirs': 'theirs',
  'theirs~': 'theirs',
  cache: { x: 'theirs' },
};

const expressions = `<filter start="true">
  <exclude expression="(.*)\\.svn"/><exclude expression="^cache/*"/>
</filter>`;

const everything: ReplicationWishes = { head: expressions, own: '' };

/** Waits until the remote has just this, and sees that it stays so. */
async function expectStored({ root, destination, replicator }: Replication, tree: Folder): Promise<void> {
  const stored = () => readTree(destination);
  await expect.poll(stored, { timeout: 20_000, interval: 10 }).toEqual(tree);
  const last = join(root, 'last');
  writeFileSync(last, '');
  await expect.poll(stored, { timeout: 20_000, interval: 10 }).toHaveProperty('last');
  rmSync(last);
  await expect.poll(stored, { timeout: 20_000, interval: 10 }).not.toHaveProperty('last');
  await until(() => replicator.status().remotes[0]?.state === 'idle', 'an idle remote');
  expect(stored()).toEqual(tree);
}

describe('the filters of sersync', () => {
  it('hold for changes: neither sent nor deleted', async () => {
    await using replication = await replicate(rsyncd, { ...everything, destination: theirs });
    const { root } = replication;
    writeTree(root, source);
    await expectStored(replication, { ...theirs, ...sent });
    for (const name of Object.keys(source)) rmSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'x.svn'), 'here');
    rmSync(join(root, 'x.svn'));
    await expectStored(replication, theirs);
  });

  it('hold for the first push: what they exclude is not sent, and not deleted at the remote', async () => {
    const destination = { ...theirs, old: 'deleted', 'old folder': { f: 'deleted', g: { h: 'deleted' } } };
    const options = { startsWithAll: true };
    await using replication = await replicate(rsyncd, { ...everything, source, destination, options });
    await expectStored(replication, { ...theirs, ...sent });
  });

  it('protect what they exclude in folders that are replaced', async () => {
    const destination = { d: { 'x.svn': 'theirs', '.x': 'theirs', x: 'deleted', gone: { y: 'deleted' } } };
    await using replication = await replicate(rsyncd, { ...everything, destination });
    const { root, outside } = replication;
    mkdirSync(join(outside, 'd'));
    writeFileSync(join(outside, 'd', 'n'), 'new');
    renameSync(join(outside, 'd'), join(root, 'd'));
    await expectStored(replication, { d: { 'x.svn': 'theirs', '.x': 'theirs', n: 'new' } });
  });

  it('hold for what a folder becomes: a rename into what is excluded is a deletion', async () => {
    await using replication = await replicate(rsyncd, everything);
    const { root } = replication;
    writeTree(root, { d: { f: 'x' }, e: 'y' });
    await expectStored(replication, { d: { f: 'x' }, e: 'y' });
    renameSync(join(root, 'd'), join(root, 'cache'));
    renameSync(join(root, 'e'), join(root, 'e.svn'));
    await expectStored(replication, {});
    renameSync(join(root, 'cache'), join(root, 'back'));
    renameSync(join(root, 'e.svn'), join(root, 'e'));
    await expectStored(replication, { back: { f: 'x' }, e: 'y' });
  });
});

describe('the built-in filter', () => {
  it('may be switched off', async () => {
    await using replication = await replicate(rsyncd, { source, options: { startsWithAll: true } });
    await replication.equal();
    writeFileSync(join(replication.root, '.hidden'), 'sent now');
    await replication.equal();
  });

  it('alone is told to the server, which then deletes in the first push what it does not protect', async () => {
    const destination = { ...theirs, old: { f: 'deleted' } };
    await using replication = await replicate(rsyncd, {
      own: '',
      source,
      destination,
      options: { startsWithAll: true },
    });
    await expectStored(replication, {
      ...sent,
      'a.svn': 'not sent',
      deep: { ...sent.deep, 'f.svn': 'not sent' },
      cache: { 'd.txt': 'not sent' },
      '.theirs': 'theirs',
      'theirs~': 'theirs',
    });
  });
});

describe('rules of rsync in commonParams', () => {
  it('hold for changes and for the first push', async () => {
    const params = '-a --exclude=*.svn --include=keep/ --exclude=/cache';
    const destination = { 'x.svn': 'theirs', cache: { x: 'theirs' }, old: 'deleted' };
    await using replication = await replicate(rsyncd, {
      params,
      source: { 'a.txt': 'a', 'a.svn': 'not sent', cache: { f: 'not sent' } },
      destination,
      options: { startsWithAll: true },
    });
    const { root } = replication;
    const kept = { 'x.svn': 'theirs', cache: { x: 'theirs' } };
    await expectStored(replication, { ...kept, 'a.txt': 'a' });
    writeTree(root, { d: { 'b.svn': 'not sent', b: 'b', cache: { c: 'c' } }, 'c.svn': 'not sent' });
    rmSync(join(root, 'cache'), { recursive: true });
    rmSync(join(root, 'a.txt'));
    await expectStored(replication, { ...kept, d: { b: 'b', cache: { c: 'c' } } });
  });
});
