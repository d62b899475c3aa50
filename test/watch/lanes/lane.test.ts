import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LaneEvents, ThreadLane } from '../../../src/watch/lanes/lane.ts';
import type { PushTask, SessionRequest, Work } from '../../../src/watch/lanes/messages.ts';
import { LocalDisk } from '../../../src/watch/tree/disk.ts';
import { startSilentServer } from '../../support/silent-server.ts';

/* What a lane does when all goes well is in test/server/replicator.test.ts. */

let root: string;
let lane: ThreadLane;
let held: PromiseWithResolvers<string>;
let ended: PromiseWithResolvers<void>;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-lane-')));
  held = Promise.withResolvers();
  ended = Promise.withResolvers();
  const events: LaneEvents = {
    onHeld: (key, failure) => held.resolve(`${key}: ${failure?.code ?? 'open'}`),
    onRoom: () => {},
    onEnd: () => ended.resolve(),
  };
  lane = new ThreadLane(events);
});

afterEach(async () => {
  await lane.end();
  rmSync(root, { recursive: true });
});

function sessionWith(port: number): SessionRequest {
  const target = { kind: 'daemon', host: '127.0.0.1', port, module: 'm', path: '' } as const;
  return { target, transfer: { recursive: true }, connection: {} };
}

function work(): Work {
  const found = new LocalDisk(root).look('.');
  if (found.kind !== 'folder') throw new Error('no folder');
  const filter = { excludes: [], ignoresHidden: false, ignoresTemporary: false, transfer: {}, root };
  const { device, inode } = found;
  return {
    kind: 'all',
    root: { path: root, device, inode, bornMs: 0, isLocalFileSystem: true },
    filter,
    places: [],
    prunes: [],
  };
}

function pushTo(port: number): PushTask {
  return { kind: 'push', key: 'k', session: sessionWith(port), work: work() };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a lane', () => {
  it('fails work for which no session can be opened, and says that nothing was sent', async () => {
    const failing = lane.run(pushTo(await closedPort()));
    expect([lane.isBusy, lane.taskCount]).toEqual([false, 1]);
    await expect(failing).rejects.toMatchObject({ isTransient: true, isOpening: true });
    expect(lane.taskCount).toBe(0);
  });

  it('tells when a session cannot be held open', async () => {
    lane.hold('k', sessionWith(await closedPort()));
    expect(lane.heldCount).toBe(1);
    expect(await held.promise).toBe('k: ERR_RSYNC_CONNECTION');
    expect(lane.heldCount).toBe(0);
  });

  it('opens another session if the one that it held has died', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.resume();
      socket.end('@RSYNCD: 31.0\n@ERROR: not today\n');
    });
    const port = await listen(server);
    lane.hold('k', sessionWith(port));
    await expect(lane.run(pushTo(port))).rejects.toMatchObject({
      isOpening: true,
    });
    expect(connections).toBe(2);
    await new Promise((resolve) => server.close(resolve));
  });

  it('ends work that is aborted', async () => {
    using silent = await startSilentServer();
    const control = new AbortController();
    const working = lane.run(pushTo(silent.port), control.signal);
    await silent.isConnected;
    control.abort();
    await expect(working).rejects.toMatchObject({ code: 'ERR_RSYNC_ABORTED' });
    const late = lane.run(pushTo(silent.port), control.signal);
    await expect(late).rejects.toMatchObject({ code: 'ERR_RSYNC_ABORTED' });
  });

  it('gives all its work back when it ends', async () => {
    using silent = await startSilentServer();
    const working = lane.run(pushTo(silent.port));
    const outcome = expect(working).rejects.toMatchObject({ code: 'ERR_LANE_ENDED', isTransient: true });
    await silent.isConnected;
    await lane.end();
    await outcome;
    await ended.promise;
    expect([lane.isBusy, lane.taskCount, lane.heldCount]).toEqual([false, 0, 0]);
  });

  it('finds the names of files that have several, and of those that are asked for', async () => {
    mkdirSync(join(root, 'd'));
    for (const name of ['a', 'alone', 'asked']) writeFileSync(join(root, name), name);
    linkSync(join(root, 'a'), join(root, 'd', 'b'));
    const asked = new LocalDisk(root).look('asked');
    const files = asked.kind === 'file' ? [`${asked.device}:${asked.inode}`] : [];
    const finding = lane.run({ kind: 'find-links', root, files });
    expect(lane.taskCount).toBe(1);
    const names = await finding;
    expect(lane.taskCount).toBe(0);
    expect(names.map((each) => each.toSorted()).sort()).toEqual([['a', 'd/b'], ['asked']]);
  });
});
