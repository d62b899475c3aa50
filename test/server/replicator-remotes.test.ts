import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReplicator } from '../../src/watch/index.ts';
import { frame } from '../support/frames.ts';
import { letIn, Peer } from '../support/hostile-server.ts';
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

/** A server in front of another one that hangs up as soon as a client names one path. */
async function startPickyServer(port: number, path: string) {
  const sockets: Socket[] = [];
  let hangUps = 0;
  const server = createServer((client) => {
    const daemon = connect(port, '127.0.0.1');
    for (const socket of [client, daemon]) {
      sockets.push(socket);
      socket.on('error', () => {}).on('close', () => [client, daemon].map((each) => each.destroy()));
    }
    client.on('data', (chunk) => {
      if (!chunk.includes(path)) return;
      hangUps += 1;
      client.destroy();
    });
    client.pipe(daemon).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hangUps: () => hangUps,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('a remote that ends every session with one path', () => {
  it.each([true, false])(
    'gets everything else, and at once what comes later; full sync: %s',
    async (startsWithAll) => {
      using picky = await startPickyServer(rsyncd.port, 'poison');
      await using replication = await replicate(
        { ...rsyncd, port: picky.port, modulePath: (name) => rsyncd.modulePath(name) },
        {
          options: { startsWithAll },
          source: startsWithAll ? { d: { poison: 'bad', e: { f: 'f' } }, g: 'g' } : {},
        },
      );
      const { root, replicator, destination } = replication;
      if (!startsWithAll) write(root, 'd/poison', 'bad');
      for (let i = 0; i < 20; i += 1) write(root, `d/e/many${i}`, 'good');
      const isThere = (path: string) => existsSync(join(destination, path));
      await until(() => isThere('d/e/many19') && picky.hangUps() > 2, 'all but one path');
      for (let i = 0; i < 12; i += 1) {
        write(root, `later${i}`, 'good');
        await until(() => isThere(`later${i}`), 'a later file');
      }
      const failures = () => replicator.status().remotes[0]?.failures.map(({ path }) => path);
      await until(() => failures()?.includes('d/poison') === true, 'the path that is the cause');
      expect(picky.hangUps()).toBeLessThan(60);
    },
  );
});

/** Servers at other addresses of this machine and the same port, who take their clients as far as `serve` says. */
async function startOthers(port: number, count: number, serve: (peer: Peer) => unknown) {
  const hosts = Array.from({ length: count }, (_, i) => `127.0.1.${i + 1}`);
  const sockets: Socket[] = [];
  const servers = hosts.map((host) => {
    const server = createServer((socket) => {
      sockets.push(socket);
      const peer = new Peer(socket);
      void (async () => serve(peer))().catch(() => socket.destroy());
    });
    return { server, host };
  });
  for (const { server, host } of servers)
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return {
    hosts,
    [Symbol.dispose]() {
      for (const { server } of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.runIf(process.platform === 'linux')('remotes that hang', () => {
  const dribble = async (peer: Peer) => {
    await letIn(peer);
    const timer = setInterval(() => peer.say(frame(0, Buffer.alloc(0))), 100);
    await peer.closed();
    clearInterval(timer);
  };
  const kinds: readonly [string, (peer: Peer) => unknown][] = [
    ['before their first word', () => {}],
    ['after the list', letIn],
    ['and say a byte now and then', dribble],
  ];

  it.each(kinds.flatMap(([name, serve]) => [[name, 10, serve] as const, [name, 1, serve] as const]))(
    'do not hold up a good one: %s, with %d lanes',
    async (_, lanes, serve) => {
      using hanging = await startOthers(rsyncd.port, 20, serve);
      const others = hanging.hosts.map((host) => ({ host, module: 'inbox' }));
      const options = { lanes, startsWithAll: true, drainMs: 0 };
      await using replication = await replicate(rsyncd, { others, options, source: { a: 'a' } });
      const { root, destination } = replication;
      const isThere = (path: string) => existsSync(join(destination, path));
      await until(() => isThere('a'), 'the first file', 45_000);
      for (let i = 0; i < 5; i += 1) {
        write(root, `later${i}`, 'later');
        await until(() => isThere(`later${i}`), 'a later file');
      }
    },
  );
});

/** A server in front of another one: who connects while that one is away waits until it is back. */
async function startPatientServer(port: number) {
  const sockets = new Set<Socket>();
  const reach = (client: Socket) => {
    const daemon = connect(port, '127.0.0.1', () => client.pipe(daemon).pipe(client));
    sockets.add(daemon);
    let isThere = false;
    daemon.on('connect', () => {
      isThere = true;
    });
    daemon.on('error', () => {});
    daemon.on('close', () => {
      if (isThere || client.destroyed) client.destroy();
      else setTimeout(reach, 20, client);
    });
    client.once('close', () => daemon.destroy());
  };
  const server = createServer((client) => {
    sockets.add(client.on('error', () => {}));
    reach(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One rest in a hundred looks like `.notes.backup`, which is somebody's own and stays. */
function looksLikeWord(name: string): boolean {
  return /\.(?:[a-z]{6}|[A-Z]{6}|\d{6})$/.test(name);
}

describe('a server that is killed in the middle of a file', () => {
  it('leaves nothing behind when the next session comes about at once', async () => {
    const mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
    try {
      using patient = await startPatientServer(mortal.port);
      const reached = { port: patient.port, modulePath: (name: string) => mortal.modulePath(name) };
      await using replication = await replicate(reached, { params: '-art --bwlimit=1000' });
      const { root, destination } = replication;
      // So that a session waits, logged in, for the big file.
      write(root, 'first', 'first');
      await replication.equal();
      await until(() => mortal.log().split('rsync to inbox').length > 2, 'a session that waits');
      write(root, 'big', 'x'.repeat(3_000_000));
      const left = () => readdirSync(destination).filter((name) => name.startsWith('.big.'));
      await until(() => left().length > 0, 'a temporary file');
      await mortal.stop();
      await mortal.start();
      await until(() => existsSync(join(destination, 'big')), 'the file');
      await until(() => left().every(looksLikeWord), 'no rest');
    } finally {
      await mortal[Symbol.asyncDispose]();
    }
  });

  it.each([true, false])('leaves nothing behind when it is back; full sync: %s', async (startsWithAll) => {
    const mortal = await startRsyncd({ modules: [{ name: 'inbox' }] });
    try {
      const big = 'x'.repeat(3_000_000);
      const own = '<ignoreHidden start="true"/><ignoreTemporary start="true"/>';
      await using replication = await replicate(mortal, {
        params: '-art --bwlimit=1000',
        own,
        source: startsWithAll ? { d: { big } } : { d: {} },
        destination: { d: { '.big.backup': 'theirs', '.own.Ab1cD2': 'theirs' } },
        options: { startsWithAll },
      });
      const { root, destination } = replication;
      if (!startsWithAll) write(root, 'd/big', big);
      const left = () => readdirSync(join(destination, 'd')).filter((name) => name.startsWith('.big.'));
      await until(() => left().length > 1, 'a temporary file');
      await mortal.stop();
      await mortal.start();
      await until(() => existsSync(join(destination, 'd', 'big')), 'the file');
      await until(() => left().every(looksLikeWord), 'no rest');
      expect(readdirSync(join(destination, 'd'))).toEqual(
        expect.arrayContaining(['.big.backup', '.own.Ab1cD2', 'big']),
      );
    } finally {
      await mortal[Symbol.asyncDispose]();
    }
  });
});

describe('--open-noatime', () => {
  it.each(['-a --open-noatime', '-aUU'])(
    'leaves access times alone, in changes and in a full sync: %s',
    async (params) => {
      const source = { first: 'first' };
      await using replication = await replicate(rsyncd, { params, source });
      const { root, destination, replicator } = replication;
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
      await replicator.stop();
      utimesSync(join(root, 'first'), 1000, 2000);
      const full = await startReplicator(config, { log: keptLog(), startsWithAll: true });
      await until(() => isThere('first'), 'a full sync');
      await full.stop();
      for (const path of ['first', 'second', 'd/third'])
        expect(statSync(join(root, path)).atimeMs, path).toBe(1_000_000);
    },
  );
});
