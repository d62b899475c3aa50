import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startReplicator } from '../../src/watch/index.ts';
import { frame } from '../support/frames.ts';
import { type HostileServer, letIn, type Peer, startHostileServer } from '../support/hostile-server.ts';
import { keptLog, replicationConfig, until } from '../support/replication.ts';

/* What a remote can do to us by what it says. */

const DONE = frame(0, Buffer.alloc(5));
const ERROR = 1;
const DELETED = 101;

let base: string;
let root: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-hostile-')));
  root = join(base, 'tree');
  mkdirSync(join(root, 'folder'), { recursive: true });
  mkdirSync(join(base, 'outside', 'deep'), { recursive: true });
  writeFileSync(join(root, 'folder', 'file'), 'ours');
  for (const path of ['secret-1', 'deep/secret-2']) writeFileSync(join(base, 'outside', path), 'secret-3');
  symlinkSync('../../outside/deep', join(base, 'outside', 'way'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Says the same in every session, and ends it as if it had gone well but for a few files. */
async function serve(peer: Peer, messages: readonly Buffer[]): Promise<void> {
  await letIn(peer);
  await peer.until('folder');
  peer.say(...messages, DONE);
  await peer.closed();
}

/** All that was said to a server in several sessions. */
function heardBy({ peers }: HostileServer): string {
  return Buffer.concat(peers.map((peer) => peer.heard())).toString('latin1');
}

async function replicateTo(server: HostileServer, parts: { params?: string; head?: string }): Promise<void> {
  const config = replicationConfig({ root, port: server.port, remotes: [{ module: 'inbox' }], ...parts });
  const replicator = await startReplicator(config, { log: keptLog(), startsWithAll: true, drainMs: 0 });
  const spoken = () => server.peers.filter((peer) => peer.heard().includes('folder')).length;
  try {
    for (const round of [1, 2, 3, 4]) {
      await until(() => spoken() > round, `more than ${round} sessions`);
      writeFileSync(join(root, 'folder', 'file'), `changed ${round} times`);
    }
  } finally {
    await replicator.stop();
  }
}

const MADE_UP = [
  '../outside/secret-1',
  'folder/../../outside/deep/secret-2',
  '..',
  '../outside',
  '/',
  '',
  '.',
  '../outside/way/secret-2',
];

describe('paths that a remote makes up', () => {
  it.each(['-a', '-aL', '-ak', '-a --copy-unsafe-links'])(
    'in texts of errors are not looked at with %s',
    async (params) => {
      const said = [...MADE_UP, join(base, 'outside', 'secret-1')];
      const messages = said.map((name) => frame(ERROR, Buffer.from(`rsync: open "${name}" failed\n`)));
      await using server = await startHostileServer((peer) => serve(peer, messages));
      await replicateTo(server, { params });
      expect(heardBy(server)).not.toMatch(/secret|outside/);
    },
  );

  it.each(['-a', '-aL'])('as deleted ones are not looked at with %s', async (params) => {
    const said = [...MADE_UP, join(base, 'outside', 'secret-1')];
    const messages = said.flatMap((name) => [
      frame(DELETED, Buffer.from(name)),
      frame(DELETED, Buffer.from(`${name}\0`)),
    ]);
    await using server = await startHostileServer((peer) => serve(peer, messages));
    const head = '<filter start="true"><exclude expression="(.*)\\.svn"/></filter>';
    await replicateTo(server, { params, head });
    expect(heardBy(server)).not.toMatch(/secret|outside/);
  });
});
