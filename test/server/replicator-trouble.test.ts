import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/protocol/index.ts';
import { type ReplicatorOptions, type ReplicatorStatus, startReplicator } from '../../src/watch/index.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import {
  differences,
  keptLog,
  LEFT_BEHIND,
  replicate,
  replicationConfig,
  until,
} from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { startSilentServer } from '../support/silent-server.ts';

let rsyncd: Rsyncd;
let base: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({
    modules: [
      { name: 'inbox' },
      { name: 'picky', exclude: ['*.bad'] },
      { name: 'museum', readOnly: true },
      { name: 'strict', refuseOptions: ['delete'] },
      { name: 'secret', authUsers: { alice: 'opensesame' } },
    ],
  });
  base = mkdtempSync(join(tmpdir(), 'tsersync-trouble-'));
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

function start(root: string, options: Partial<ReplicatorOptions> = {}) {
  const config = replicationConfig({ root, port: rsyncd.port, remotes: [{ module: 'inbox' }] });
  return startReplicator(config, { log: keptLog(), ...options });
}

/** Whether this process watches a folder, as Linux tells. */
function isWatched(folder: string): boolean {
  const watch = `ino:${statSync(folder).ino.toString(16)} `;
  return readdirSync('/proc/self/fdinfo').some((descriptor) => {
    // The one that listed them is closed by now.
    const path = `/proc/self/fdinfo/${descriptor}`;
    return existsSync(path) && readFileSync(path, 'utf8').includes(watch);
  });
}

describe('a remote that cannot be reached', () => {
  it.runIf(process.platform === 'linux')(
    'does not delay another one, and what it is to get is kept',
    async () => {
      const mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
      try {
        // Both are at one port, as in sersync: the dead one at another address of this machine.
        await using replication = await replicate(mortal, {
          others: [{ host: '127.0.0.9', module: 'inbox' }],
        });
        const { root, replicator } = replication;
        writeTree(root, { a: 'a', d: { b: 'b' } });
        await replication.equal();
        await until(() => replicator.status().remotes[1]?.state === 'blocked', 'a remote that is blocked');
        rmSync(join(root, 'a'));
        await replication.equal();
        await until(() => replicator.status().remotes[0]?.backlog === 0, 'nothing that waits');
        const [alive, dead] = replicator.status().remotes;
        expect(alive?.reason).toBeUndefined();
        // It may be tried again right now.
        expect(dead?.state).toMatch(/^(blocked|sending)$/);
        expect(dead?.reason).toContain('connection refused');
        expect(dead?.backlog).toBeGreaterThan(0);
      } finally {
        await mortal[Symbol.asyncDispose]();
      }
    },
  );

  it('is told of once, not at every try', async () => {
    const mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
    try {
      await using replication = await replicate(mortal);
      const { root, replicator, log } = replication;
      await mortal.stop();
      writeFileSync(join(root, 'a'), 'a');
      const tries = () => log.lines.filter((line) => line.includes('out of reach'));
      await until(() => tries().length > 1, 'two tries');
      expect(tries().filter((line) => line.startsWith('warn'))).toHaveLength(1);
      await mortal.start();
      await replication.equal({ options: [LEFT_BEHIND] });
      await until(() => log.lines.some((line) => line.includes('the remote is back')), 'the news');
      await until(() => replicator.status().remotes[0]?.backlog === 0, 'nothing that waits');
      expect(replicator.status().remotes[0]).toMatchObject({ failures: [], reason: undefined });
    } finally {
      await mortal[Symbol.asyncDispose]();
    }
  });
});

describe('a remote that does not want', () => {
  it('a file gets the others, and the reason is known', async () => {
    await using replication = await replicate(rsyncd, { module: 'picky' });
    const { root, replicator, destination } = replication;
    writeTree(root, { 'x.bad': 'refused', a: 'a', d: { b: 'b', 'y.bad': 'refused' } });
    await until(() => replicator.status().remotes[0]?.failures.length === 2, 'two failures');
    await until(() => replicator.status().remotes[0]?.state === 'idle', 'an idle remote');
    expect(readTree(destination)).toEqual({ a: 'a', d: { b: 'b' } });
    const failures = replicator.status().remotes[0]?.failures ?? [];
    expect(failures.map(({ path }) => path).sort()).toEqual(['d/y.bad', 'x.bad']);
    expect(failures[0]?.reason).toContain('.bad');
    rmSync(join(root, 'x.bad'));
    rmSync(join(root, 'd', 'y.bad'));
    writeFileSync(join(root, 'c'), 'c');
    await until(() => existsSync(join(destination, 'c')), 'the next file');
  });

  it('anything is left alone for longer and longer, with its reason', async () => {
    const root = mkdtempSync(join(base, 'tree-'));
    const config = replicationConfig({ root, port: rsyncd.port, remotes: [{ module: 'museum' }] });
    const log = keptLog();
    const replicator = await startReplicator(config, { log });
    writeFileSync(join(root, 'a'), 'a');
    await until(() => replicator.status().remotes[0]?.state === 'blocked', 'a remote that is blocked');
    expect(replicator.status().remotes[0]).toMatchObject({ reason: expect.stringContaining('read only') });
    expect(log.lines.filter((line) => line.startsWith('warn')).join()).toContain('the module is read only');
    expect(log.lines.join()).not.toContain('out of reach');
    await replicator.stop();
  });
});

describe('a password', () => {
  const auth = (file: string) => `<auth start="true" users="alice" passwordfile="${file}"/>`;

  it('is read from its file, and is never told', async () => {
    const file = join(base, 'password');
    writeFileSync(file, 'opensesame\n', { mode: 0o600 });
    await using replication = await replicate(rsyncd, { module: 'secret', rsync: auth(file) });
    writeFileSync(join(replication.root, 'a'), 'a');
    await replication.equal();
    const { log, replicator } = replication;
    expect([...log.lines, JSON.stringify(replicator.status())].join('\n')).not.toContain('opensesame');
  });

  it('that is wrong blocks the remote, and is not told either', async () => {
    const file = join(base, 'wrong');
    writeFileSync(file, 'guesswork\n', { mode: 0o600 });
    await using replication = await replicate(rsyncd, { module: 'secret', rsync: auth(file) });
    const { root, log, replicator } = replication;
    writeFileSync(join(root, 'a'), 'a');
    await until(() => replicator.status().remotes[0]?.state === 'blocked', 'a remote that is blocked');
    expect(replicator.status().remotes[0]?.reason).toContain('auth');
    expect(log.lines.join()).toContain('warn: login refused');
    expect(log.lines.join()).not.toContain('out of reach');
    expect([...log.lines, JSON.stringify(replicator.status())].join('\n')).not.toContain('guesswork');
  });
});

describe('what is wrong', () => {
  it.each([true, false])(
    'is an option, and no path: the server refuses it; full sync: %s',
    async (startsWithAll) => {
      const source = startsWithAll ? { a: 'a', d: { b: 'b' } } : {};
      await using replication = await replicate(rsyncd, {
        module: 'strict',
        source,
        options: { startsWithAll },
      });
      const { root, log, replicator } = replication;
      for (const name of ['c', 'e']) writeFileSync(join(root, name), name);
      const told = () => log.lines.join('\n');
      await until(() => told().includes('warn: the remote refuses an option'), 'what is wrong');
      await until(() => replicator.status().remotes[0]?.state === 'blocked', 'a remote that is blocked');
      expect(replicator.status().remotes[0]?.reason).toContain('refuse --delete');
      expect(replicator.status().remotes[0]?.failures).toEqual([]);
      expect(told()).not.toContain('could not be sent');
    },
  );

  it('is said in a few words: there is no such module, its folder is missing', async () => {
    const gone = await startRsyncd({ modules: [{ name: 'inbox' }] });
    try {
      for (const [module, headline] of [
        ['nowhere', 'warn: no such module'],
        ['inbox', "warn: the module's folder is missing"],
      ] as const) {
        const root = mkdtempSync(join(base, 'tree-'));
        const log = keptLog();
        rmSync(gone.modulePath('inbox'), { recursive: true, force: true });
        const config = replicationConfig({ root, port: gone.port, remotes: [{ module }] });
        const replicator = await startReplicator(config, { log });
        writeFileSync(join(root, 'a'), 'a');
        await until(() => log.lines.some((line) => line.startsWith(headline)), headline);
        await replicator.stop();
      }
    } finally {
      await gone[Symbol.asyncDispose]();
    }
  });

  it('with a password file that is not there is an error of the start', async () => {
    const root = mkdtempSync(join(base, 'tree-'));
    const rsync = '<auth start="true" users="alice" passwordfile="/nowhere/pas"/>';
    const config = replicationConfig({ root, port: rsyncd.port, remotes: [{ module: 'secret' }], rsync });
    await expect(startReplicator(config, { log: keptLog() })).rejects.toThrow(
      'the password file is not there',
    );
  });
});

describe('stopping', () => {
  it('sends what has changed before', async () => {
    await using replication = await replicate(rsyncd, { options: { drainMs: 25_000 } });
    const { root, destination, replicator, batches } = replication;
    const isNoticed = ({ dirty, remotes }: ReplicatorStatus) =>
      dirty > 0 || batches.length > 0 || remotes.some(({ backlog }) => backlog > 0);
    for (let i = 0; i < 20; i += 1) writeTree(join(root, `d${i}`), { f: `${i}` });
    await until(() => isNoticed(replicator.status()), 'a change that is noticed');
    await replicator.stop();
    expect(replicator.status()).toMatchObject({ state: 'stopped', dirty: 0 });
    expect(await differences(root, destination)).toBe('');
  });

  it('in the middle of a batch leaves whole files or none, and the next start completes them', async () => {
    await using replication = await replicate(rsyncd, { options: { drainMs: 0 } });
    const { root, destination, replicator, batches } = replication;
    const isSent = () => replicator.status().remotes[0]?.state === 'sending' || batches.length > 0;
    writeFileSync(join(root, 'large'), Buffer.alloc(64 * 1024 * 1024, 7));
    await until(isSent, 'a session');
    await replicator.stop();
    const differing = await differences(root, destination, LEFT_BEHIND);
    expect(['', '>f+++++++++ large']).toContain(
      differing.split('\n').find((line) => line.includes('large')) ?? '',
    );
    const config = replicationConfig({
      root,
      port: rsyncd.port,
      remotes: [{ module: destination.split('/').slice(-2).join('/') }],
    });
    const next = await startReplicator(config, { log: keptLog(), startsWithAll: true });
    await replication.equal({ options: [LEFT_BEHIND] });
    await next.stop();
  });

  it('does not wait for a server that says nothing', async () => {
    using silent = await startSilentServer();
    const root = mkdtempSync(join(base, 'tree-'));
    const config = replicationConfig({ root, port: silent.port, remotes: [{ module: 'm' }] });
    const replicator = await startReplicator(config, { log: keptLog(), drainMs: 50 });
    writeFileSync(join(root, 'a'), 'a');
    await silent.isConnected;
    await replicator.stop();
    expect(replicator.status()).toMatchObject({ state: 'stopped', lanes: 0 });
  });

  it.runIf(process.platform === 'linux')('may be asked for by a signal, at any time', async () => {
    const root = mkdtempSync(join(base, 'tree-'));
    const replicator = await start(root, { signal: AbortSignal.abort() });
    await replicator.stop();
    expect(replicator.status()).toMatchObject({ state: 'stopped', lanes: 0 });
    const running = await start(root);
    expect(isWatched(root)).toBe(true);
    await running.stop();
    expect(isWatched(root)).toBe(false);
    const control = new AbortController();
    const starting = start(root, { signal: control.signal });
    control.abort();
    const other = await starting;
    await other.stop();
    expect(other.status()).toMatchObject({ state: 'stopped', lanes: 0 });
    expect(isWatched(root)).toBe(false);
  });
});

describe('the watched folder', () => {
  it('must be there, and a folder, and no symlink', async () => {
    await expect(start(join(base, 'nowhere'))).rejects.toThrow('the folder to watch is not there');
    writeFileSync(join(base, 'file'), '');
    await expect(start(join(base, 'file'))).rejects.toThrow('the folder to watch is not a folder');
    symlinkSync('.', join(base, 'link'));
    await expect(start(join(base, 'link'))).rejects.toThrow('a symlink; write the path');
    await expect(start(join(base, 'link'))).rejects.toBeInstanceOf(UsageError);
  });

  it('may vanish without anything being deleted, and is caught up with when it is back', async () => {
    await using replication = await replicate(rsyncd);
    const { root, outside, destination, replicator } = replication;
    writeTree(root, { a: 'a', d: { b: 'b' } });
    await replication.equal();
    const away = join(outside, 'away');
    renameSync(root, away);
    await until(() => replicator.status().state === 'paused', 'a pause');
    mkdirSync(root);
    writeFileSync(join(root, 'of another tree'), '');
    writeFileSync(join(away, 'a'), 'changed meanwhile');
    rmSync(join(away, 'd'), { recursive: true });
    expect(readTree(destination)).toEqual({ a: 'a', d: { b: 'b' } });
    rmSync(root, { recursive: true });
    renameSync(away, root);
    await replication.equal();
    expect(readTree(destination)).toEqual({ a: 'changed meanwhile' });
    writeFileSync(join(root, 'c'), 'c');
    await replication.equal();
  });
});
