import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replicator, startReplicator } from '../../src/watch/index.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import { DiskSlot, hasLoopDisks, makeDisk, unmount } from '../support/loop-disk.ts';
import { type KeptLog, keptLog, replicate, replicationConfig, until } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let rsyncd: Rsyncd;
let base: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-root-')));
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

/** Long enough for a change to be noticed and sent, if it is. */
const A_WHILE_MS = 1500;

interface Watched extends AsyncDisposable {
  readonly replicator: Replicator;
  readonly log: KeptLog;
  readonly destination: string;
}

async function watchFolder(root: string, name: string): Promise<Watched> {
  const destination = join(rsyncd.modulePath('inbox'), name);
  mkdirSync(destination);
  const log = keptLog();
  const config = replicationConfig({ root, port: rsyncd.port, remotes: [{ module: `inbox/${name}` }] });
  const replicator = await startReplicator(config, { log, startsWithAll: true });
  return { replicator, log, destination, [Symbol.asyncDispose]: () => replicator.stop() };
}

function errors({ lines }: KeptLog): string[] {
  return lines.filter((line) => line.startsWith('error'));
}

describe('the watched folder', () => {
  it('that was deleted and made anew takes a restart, which the log says, and deletes nothing', async () => {
    await using replication = await replicate(rsyncd, { source: { a: 'a' }, destination: { a: 'a' } });
    const { root, destination, log, replicator } = replication;
    rmSync(root, { recursive: true });
    await until(() => replicator.status().state === 'paused', 'a pause');
    mkdirSync(root);
    const isAnother = (line: string) => line.includes('another folder is in the place of the watched one');
    await until(() => errors(log).some(isAnother), 'a word about the new one');
    expect(errors(log).find(isAnother)).toContain('restart tsersync');
    expect(replicator.status().trouble).toContain('restart tsersync');
    writeFileSync(join(root, 'b'), 'b');
    await delay(A_WHILE_MS);
    expect(readTree(destination)).toEqual({ a: 'a' });
  });

  it('that a symlink in its path does not lead to any more is not sent on, until the link leads back', async () => {
    const place = join(base, 'releases');
    for (const name of ['r1', 'r2']) writeTree(join(place, name, 'site'), { page: name });
    const link = join(place, 'current');
    symlinkSync('r1', link);
    await using watched = await watchFolder(join(link, 'site'), 'releases');
    const { destination, log, replicator } = watched;
    await until(() => existsSync(join(destination, 'page')), 'the first page');
    const told: string[] = [];
    replicator.events.on('state', ({ state }) => told.push(state));
    for (const name of ['rootGone', 'rootBack'] as const) replicator.events.on(name, () => told.push(name));
    const leadTo = (release: string) => {
      symlinkSync(release, `${link}.new`);
      renameSync(`${link}.new`, link);
    };
    leadTo('r2');
    await until(() => replicator.status().state === 'paused', 'a pause');
    writeFileSync(join(place, 'r1', 'site', 'late'), '');
    await delay(A_WHILE_MS);
    expect(readTree(destination)).toEqual({ page: 'r1' });
    expect(errors(log)).toHaveLength(1);
    expect(errors(log)[0]).toContain(`now leads to ${join(place, 'r2', 'site')}`);
    leadTo('r1');
    await until(() => existsSync(join(destination, 'late')), 'what was written meanwhile');
    expect(replicator.status()).toMatchObject({ state: 'watching', trouble: undefined });
    expect(told).toEqual(['rootGone', 'paused', 'watching', 'rootBack']);
  });
});

describe.runIf(hasLoopDisks())('as root: the watched folder', () => {
  it('on another disk in the same slot is another one; the old disk goes on', async () => {
    const place = join(base, 'slot');
    mkdirSync(place);
    using slot = new DiskSlot(makeDisk(join(base, 'slot.img')));
    const other = makeDisk(join(base, 'other.img'));
    const old = join(base, 'old.img');
    slot.mount(place);
    try {
      writeTree(place, { precious: 'p', d: { e: 'e' } });
      await using watched = await watchFolder(place, 'slot');
      const { destination, log, replicator } = watched;
      await until(() => existsSync(join(destination, 'd', 'e')), 'the tree');
      unmount(place);
      await until(() => replicator.status().state === 'paused', 'a pause');
      expect(replicator.status().trouble).toContain('is not mounted');
      slot.copy(old);
      slot.insert(other);
      slot.mount(place);
      const isAnother = (line: string) => line.includes('another file system is mounted in the place');
      await until(() => errors(log).some(isAnother), 'a word about the new disk');
      writeFileSync(join(place, 'of the new disk'), '');
      await delay(A_WHILE_MS);
      expect(readdirSync(destination).sort()).toEqual(['d', 'lost+found', 'precious']);
      unmount(place);
      slot.insert(old);
      slot.mount(place);
      await until(() => replicator.status().state === 'watching', 'the old disk');
      writeFileSync(join(place, 'more'), '');
      await until(() => existsSync(join(destination, 'more')), 'what is new on the old disk');
    } finally {
      unmount(place);
    }
  });
});
