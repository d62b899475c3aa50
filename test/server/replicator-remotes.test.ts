import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReplicator } from '../../src/watch/index.ts';
import { keptLog, replicate, replicationConfig, until } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let rsyncd: Rsyncd;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
});

afterAll(() => rsyncd[Symbol.asyncDispose]());

function write(root: string, path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

describe('a path whose rule is too long for a server', () => {
  it('is deleted like any other, and others with it', async () => {
    await using replication = await replicate(rsyncd);
    const { root, replicator } = replication;
    const stars = ['*', '?', '[', '\\'].map((letter) => letter.repeat(200));
    const long = Array.from({ length: 13 }, (_, depth) => stars[depth % 4]).join('/');
    for (const path of [`${long}/x`, `${long}*`, 'd/other', 'gone']) write(root, path, 'new');
    await replication.equal();
    rmSync(join(root, long), { recursive: true });
    rmSync(join(root, 'gone'));
    rmSync(join(root, 'd'), { recursive: true });
    await replication.equal();
    rmSync(join(root, stars[0] as string), { recursive: true });
    await replication.equal();
    expect(replicator.status().remotes[0]).toMatchObject({ failures: [], reason: undefined });
  });
});

describe('--open-noatime', () => {
  it.each(['-a --open-noatime', '-aUU'])(
    'leaves access times alone, in changes and in a full sync: %s',
    async (params) => {
      const source = { first: 'first' };
      await using replication = await replicate(rsyncd, { params, source });
      const { root, destination } = replication;
      const isThere = (path: string) => existsSync(join(destination, path));
      for (const path of ['second', 'd/third']) {
        write(root, path, 'content');
        utimesSync(join(root, path), 1000, 2000);
      }
      await until(() => isThere('second') && isThere('d/third'), 'changes');
      const config = replicationConfig({
        root,
        port: rsyncd.port,
        remotes: [{ module: `inbox/${basename(destination)}` }],
        params,
      });
      utimesSync(join(root, 'first'), 1000, 2000);
      const full = await startReplicator(config, { log: keptLog(), startsWithAll: true });
      await until(() => isThere('first'), 'a full sync');
      await full.stop();
      for (const path of ['first', 'second', 'd/third'])
        expect(statSync(join(root, path)).atimeMs, path).toBe(1_000_000);
    },
  );
});
