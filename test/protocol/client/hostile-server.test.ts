import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPush } from '../../../src/protocol/client/push.ts';
import type { PushListeners, PushResult } from '../../../src/protocol/client/push-listeners.ts';
import { RsyncError } from '../../../src/protocol/errors.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { frame, int32 } from '../../support/frames.ts';
import { flood, letIn, type Peer, SEED, startHostileServer } from '../../support/hostile-server.ts';
import { MemoryTree, memoryTree, symlink } from '../../support/memory-tree.ts';
import { type RecordedSession, recordedSessions, replay, saidBy } from '../../support/recorded-sessions.ts';

const MIB = 1024 * 1024;
/** Of a session, unless a test has another one. */
const TIMEOUT_S = 20;
const SECRET = 'nobody has asked for this';

/** Bytes that lie in the sockets of both sides when the reader stops. */
const IN_SOCKETS = 16 * MIB;

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const data = (text: string) => frame(0, hex(text));
const text = (code: number, words: string) => frame(code, Buffer.from(words));
const sumHead = (...numbers: readonly number[]) => Buffer.concat(numbers.map(int32));
const NO_HEAD = '00'.repeat(16);

/** Indexes in the list: `.` 0, `big` 1, `f` 2, `link` 3, `sub` 4, `sub/secret` 5. */
const cargo = memoryTree({
  big: Buffer.alloc(24 * MIB),
  f: 'hello',
  link: symlink('f'),
  sub: { secret: SECRET },
});
const REQUEST_BIG = hex(`0200a0 ${NO_HEAD}`);
const REQUEST_F = data(`03 00a0 ${NO_HEAD}`);
/** The same file once more. */
const F_AGAIN = hex(`fe0000 00a0 ${NO_HEAD}`);
const DONE_5 = data('00'.repeat(5));
const ERROR_EXIT = 86;

interface Wishes {
  readonly transfer?: TransferOptions;
  readonly listeners?: PushListeners;
  readonly signal?: AbortSignal;
  /** Files that are listed, and have vanished when they are asked for. */
  readonly gone?: readonly string[];
}

interface Outcome {
  readonly failure?: RsyncError;
  readonly result?: PushResult;
  readonly peer: Peer;
  /** Names of the files that were opened for the server. */
  readonly opened: readonly string[];
}

let resources: string[];

function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name));
}

beforeEach(() => {
  resources = openResources();
});

/**
 * Whatever a server did: no socket and no timer is left of it. A promise that nobody catches fails the run anyway.
 * Vitest has timers of its own, which end soon, long before ours would.
 */
afterEach(async () => {
  const end = performance.now() + (TIMEOUT_S * 1000) / 2;
  while (openResources().length > resources.length && performance.now() < end) await delay(1);
  const left = openResources();
  expect(left.length, left.join()).toBeLessThanOrEqual(resources.length);
});

/** Pushes a small tree to a server that does this, until the push ends and both sides have hung up. */
async function pushTo(serve: (peer: Peer) => unknown, wishes: Wishes = {}): Promise<Outcome> {
  const { transfer = {}, listeners = {}, signal, gone = [] } = wishes;
  await using server = await startHostileServer(serve);
  const contents = new Map(cargo.contents);
  for (const name of gone) contents.delete(name);
  const tree = new MemoryTree(cargo.entries, contents);
  const options = { recursive: true, links: true, timeout: TIMEOUT_S, ...transfer };
  const outcome = await (async () => {
    const session = await openPush({ target: server.target, transfer: options, signal });
    return await session.run({ tree, filterList: undefined, listeners });
  })().then(
    (result) => ({ result }),
    (thrown: unknown) => {
      if (thrown instanceof RsyncError) return { failure: thrown };
      throw thrown;
    },
  );
  const [peer] = server.peers;
  if (peer === undefined) throw new Error('nobody has come');
  peer.socket.resume();
  await peer.closed();
  expect(tree.stillOpen.size).toBe(0);
  if (!tree.opened.includes('sub/secret')) expect(peer.heard().includes(SECRET)).toBe(false);
  return { ...outcome, peer, opened: tree.opened };
}

/** A server that lets us in, says this, and then waits for us to go. */
function saying(...what: readonly Buffer[]) {
  return async (peer: Peer) => {
    await letIn(peer);
    peer.say(...what);
  };
}

describe('a server that makes no sense is left, and gets nothing', () => {
  it.each<readonly [string, Buffer, number, string]>([
    ['an index behind the list', data(`07 00a0 ${NO_HEAD}`), 2, 'file index: 6 is in none of the 1 lists'],
    ['the greatest index', data(`fe ff ffffff 00a0 ${NO_HEAD}`), 2, 'file index: 2147483647 is in none'],
    ['a negative index', data('ff64'), 2, 'file index: -101 cannot be requested'],
    ['a sub-list of its own', data('ffff 6400 0000'), 2, 'cannot be requested'],
    ['the top folder', data(`01 00a0 ${NO_HEAD}`), 2, 'asked for ., which is no regular file'],
    ['a folder', data(`05 00a0 ${NO_HEAD}`), 2, 'asked for sub, which is no regular file'],
    ['a symlink', data(`04 00a0 ${NO_HEAD}`), 2, 'asked for link, which is no regular file'],
    ['blocks without a length', data('03 00a0 01000000 00000000 02000000 00000000'), 2, 'block length: 0'],
    ['a negative count of blocks', data('03 00a0 ffffffff bc020000 02000000 00000000'), 2, 'block count: -1'],
    ['more sums than memory', data('03 00a0 ffffff7f bc020000 10000000 00000000'), 2, 'not held in memory'],
    [
      'more blocks than any file',
      data('03 00a0 79050000 bc020000 10000000 00000000'),
      2,
      'block count: 1401',
    ],
    ['sums longer than digests', data('03 00a0 01000000 bc020000 ffff0000 00000000'), 2, 'strong sum length'],
    ['a file after the last phase', data(`0000 03 00a0 ${NO_HEAD}`), 2, 'after the last phase'],
    ['a file after the goodbye', data(`00000000 03 00a0 ${NO_HEAD}`), 2, 'after the goodbye'],
    ['impossible deletions', data('ff02 f0ffffffff'), 2, 'number of deleted files: -1'],
    ['an unknown frame code', text(50, 'x'), 12, 'unexpected frame code 50, of 1 bytes'],
    ['a frame code below all', Buffer.of(1, 0, 0, 3), 12, 'unexpected frame code -4'],
    ['a giant message', Buffer.of(0xff, 0xff, 0xff, 7 + 2), 12, '16777215 is not in [0, 5119]'],
    ['plain text', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 12, 'unexpected frame code'],
  ])('%s', async (_name, said, exitCode, message) => {
    const { failure, opened } = await pushTo(saying(said));
    expect(failure?.message).toContain(message);
    expect(failure?.exitCode).toBe(exitCode);
    expect(opened).toEqual([]);
  });

  it('also in the middle of a file, with requests before that are in order', async () => {
    const { failure, opened } = await pushTo(async (peer) => {
      await letIn(peer);
      peer.say(frame(0, REQUEST_BIG));
      await peer.arrived(MIB);
      peer.say(data(`01 00a0 ${NO_HEAD}`), data('ff64'));
    });
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining('-101') });
    expect(opened).toEqual(expect.arrayContaining(['big']));
  });
});

describe('a server that gives up', () => {
  it.each<readonly [string, readonly Buffer[], number, string]>([
    ['with a reason', [text(1, 'disk full\n'), frame(ERROR_EXIT, int32(11))], 11, 'disk full'],
    ['without a reason', [frame(ERROR_EXIT, int32(11))], 11, 'ended the session with exit code 11'],
    ['claiming success', [frame(ERROR_EXIT, int32(0))], 12, 'exit code 0'],
    ['with a code that is none', [frame(ERROR_EXIT, int32(-1))], 12, 'exit code -1'],
    ['with a code beyond all', [text(3, 'oops'), frame(ERROR_EXIT, int32(4096))], 12, 'oops'],
  ])('%s', async (_name, said, exitCode, message) => {
    for (const before of [[], [REQUEST_F]]) {
      const { failure } = await pushTo(saying(...before, ...said));
      expect(failure).toMatchObject({ name: 'RemoteExitError', exitCode });
      expect(failure?.message).toContain(message);
    }
  });

  it('in a word that is none breaks the stream, as with rsync', async () => {
    const said = [frame(ERROR_EXIT, Buffer.of(11)), frame(ERROR_EXIT, Buffer.alloc(0)), DONE_5];
    expect((await pushTo(saying(...said))).failure).toMatchObject({ name: 'StreamError', exitCode: 12 });
  });
});

describe('a server that breaks off', () => {
  const moments: ReadonlyArray<readonly [string, (peer: Peer) => unknown]> = [
    ['at once', () => {}],
    ['before we are let in', (peer) => peer.say('@RSYNCD: 31.0\n')],
    ['before its flags', (peer) => peer.say('@RSYNCD: 31.0\n@RSYNCD: OK\n')],
    ['before the seed', (peer) => peer.say('@RSYNCD: 31.0\n@RSYNCD: OK\n', Buffer.of(0x3e))],
    ['before it wants anything', (peer) => letIn(peer)],
    ['in the middle of a frame', saying(REQUEST_F.subarray(0, 9))],
    ['in the middle of a file', saying(frame(0, REQUEST_BIG))],
    ['before the goodbye', saying(REQUEST_F, data('0000'))],
  ];

  it.each(moments)('%s, by closing', async (_name, act) => {
    const { failure } = await pushTo(async (peer) => {
      await act(peer);
      peer.socket.end();
    });
    expect(failure?.message).toMatch(/closed the connection|broke|sending to|ended the connection before/);
    expect([5, 10, 12]).toContain(failure?.exitCode);
  });

  it.each(moments)('%s, with a reset', async (_name, act) => {
    const { failure } = await pushTo(async (peer) => {
      await act(peer);
      await turn();
      peer.socket.resetAndDestroy();
    });
    expect(failure?.message).toMatch(/closed the connection|broke|sending to|ended the connection before/);
    expect([5, 10, 12]).toContain(failure?.exitCode);
  });

  const sessions = ['3.5.0', '3.1.3', '3.0.0', '2.6.0', 'tree-delete-3.5.0', 'tree-delete-3.5.0-proto29'];
  const names = new Set(sessions.map((name) => `session-push-${name}`));
  it.each(recordedSessions.filter(([name]) => names.has(name)))(
    '%s, at every byte',
    async (_name, session) => {
      const bytes = saidBy('server', session);
      const whole = await endOf(session, bytes);
      expect(whole).toMatchObject({ exitCode: 0 });
      for (let length = 0; length < bytes.length; length++) {
        const end = await endOf(session, bytes.subarray(0, length));
        expect(end).toBeInstanceOf(RsyncError);
        expect([5, 12]).toContain((end as RsyncError).exitCode);
      }
    },
  );

  async function endOf(session: RecordedSession, bytes: Buffer): Promise<unknown> {
    return await replay(session, [bytes]).then(
      ({ outcome }) => outcome,
      (thrown: unknown) => thrown,
    );
  }
});

it('a server that falls silent is left after the timeout, at whatever place', async () => {
  const places: Readonly<Record<string, (peer: Peer) => unknown>> = {
    'at once': () => {},
    'in the middle of its greeting': (peer) => peer.say('@RSYN'),
    'after its greeting': (peer) => peer.say('@RSYNCD: 31.0\n'),
    'before its flags': (peer) => peer.say('@RSYNCD: 31.0\n@RSYNCD: OK\n'),
    'in the middle of the seed': (peer) => peer.say('@RSYNCD: 31.0\n@RSYNCD: OK\n', Buffer.of(0x3e, 1)),
    'before it wants anything': (peer) => letIn(peer),
    'in the middle of a frame': saying(REQUEST_F.subarray(0, 9)),
    'in front of sums of a gigabyte': saying(data('03 00a0 00000003 00000200 10000000 00000000')),
    'in the middle of sums': saying(data('03 00a0 78050000 bc020000 10000000 00000000 0000')),
    'before the goodbye': saying(REQUEST_F, data('000000')),
    'while we write': (peer) => letIn(peer).then(() => peer.socket.pause().write(frame(0, REQUEST_BIG))),
  };
  const before = process.memoryUsage().arrayBuffers;
  const ends = await Promise.all(
    Object.entries(places).map(async ([place, act]) => {
      const { failure } = await pushTo(act, { transfer: { timeout: 1 } });
      return [place, `${failure?.name} ${failure?.exitCode}`];
    }),
  );
  const expected = Object.keys(places).map((place) => [place, 'TimeoutError 30']);
  expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(expected));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
});

describe('a server without measure', () => {
  it.each<readonly [string, (peer: Peer) => unknown, Buffer, number]>([
    ['in a line', () => {}, Buffer.alloc(65_536, 'x'), 12],
    ['in its message of the day', (peer) => peer.say('@RSYNCD: 31.0\n'), Buffer.alloc(65_536, 'hello\n'), 5],
    ['in its names of algorithms', (peer) => letIn(peer, [0x80, 0xfe, 0xff, 0xff]), Buffer.alloc(65_536), 2],
    ['in zeros', (peer) => letIn(peer), Buffer.alloc(65_536), 12],
  ])('%s is left early', async (_name, act, chunk, exitCode) => {
    let taken = 0;
    const { failure } = await pushTo(async (peer) => {
      await act(peer);
      taken = await flood(peer, chunk, 256 * MIB);
    });
    expect(failure?.exitCode).toBe(exitCode);
    expect(taken).toBeLessThan(4 * MIB + IN_SOCKETS);
  });

  it('in requests that it has no answer taken of is not listened to any further', async () => {
    let taken = 0;
    const { failure, opened } = await pushTo(
      async (peer) => {
        await letIn(peer);
        peer.socket.pause();
        peer.say(frame(0, REQUEST_BIG));
        taken = await flood(peer, frame(0, Buffer.concat(Array(2000).fill(F_AGAIN))), 256 * MIB);
      },
      { transfer: { timeout: 1 } },
    );
    expect(failure).toMatchObject({ exitCode: 30 });
    expect(opened).toEqual(['big']);
    expect(taken).toBeLessThan(4 * MIB + IN_SOCKETS);
  });

  it('in block sums for files that are still to be sent is not listened to any further', async () => {
    const sums = Buffer.alloc(50_000 * 20);
    const head = sumHead(50_000, 50_000, 16, 0);
    const request = Buffer.concat([hex('fe0000 00a0'), head, sums]);
    const before = process.memoryUsage().arrayBuffers;
    let [taken, held] = [0, 0];
    const { failure } = await pushTo(
      async (peer) => {
        await letIn(peer);
        peer.socket.pause();
        peer.say(frame(0, REQUEST_BIG));
        const watch = setInterval(() => {
          held = Math.max(held, process.memoryUsage().arrayBuffers - before);
        }, 20);
        taken = await flood(peer, frame(0, request), 512 * MIB);
        clearInterval(watch);
      },
      { transfer: { timeout: 1 } },
    );
    expect(failure).toMatchObject({ exitCode: 30 });
    expect(taken).toBeLessThan(40 * MIB + IN_SOCKETS);
    expect(held).toBeLessThan(160 * MIB);
  });

  it.each([
    ['of a file', REQUEST_F, F_AGAIN, 'the receiver asked for f more than 20 times'],
    ['of a file that has vanished', REQUEST_F, F_AGAIN, 'the receiver asked for f more than 20 times'],
    ['about the mode of a folder', data('05 1000'), hex('fe0000 1000'), 'asked for sub more than 20 times'],
  ])('in requests %s is left soon', async (name, first, again, message) => {
    const gone = name.includes('vanished');
    const { failure, opened } = await pushTo(
      async (peer) => {
        await letIn(peer);
        peer.say(first);
        await flood(peer, frame(0, Buffer.concat(Array(1000).fill(again))), 256 * MIB);
      },
      gone ? { gone: ['f'] } : {},
    );
    expect(failure).toMatchObject({ name: 'ProtocolError', message: expect.stringContaining(message) });
    expect(opened.length).toBeLessThanOrEqual(20);
  });

  it('in files that have vanished is told of each once', async () => {
    const told: string[] = [];
    const again = frame(0, Buffer.concat(Array(19).fill(F_AGAIN)));
    const { result } = await pushTo(saying(REQUEST_F, again, DONE_5), {
      gone: ['f'],
      listeners: { problem: ({ path, kind }) => told.push(`${path} ${kind}`) },
    });
    expect(told).toEqual(['f vanished']);
    expect(result).toMatchObject({ exitCode: 24, repeatedProblems: 19, problems: [{ path: 'f' }] });
  });

  it('in reports of what has arrived is left soon', async () => {
    const arrived = frame(100, int32(2));
    const { failure } = await pushTo(
      async (peer) => {
        await letIn(peer);
        await peer.arrived(1);
        peer.say(REQUEST_F, ...Array(21).fill(arrived), DONE_5);
      },
      { transfer: { removeSourceFiles: true } },
    );
    expect(failure?.message).toBe('the receiver reported the arrival of f more than 20 times');
  });

  it('in block sums has the file sent whole if they are worth more than it', async () => {
    const sums = Buffer.alloc(100_000 * 20, 0xaa);
    const request = Buffer.concat([hex('0300a0'), sumHead(100_000, 131_072, 16, 0), sums]);
    let held = 0;
    const { result, peer } = await pushTo(
      async (visitor) => {
        await letIn(visitor);
        visitor.say(frame(0, request), DONE_5);
      },
      {
        listeners: {
          item: (_entry, _item, sent) => {
            held = sent?.sumBytes ?? -1;
          },
        },
      },
    );
    expect(result).toMatchObject({ exitCode: 0, statistics: { literalBytes: 5, matchedBytes: 0 } });
    expect(held).toBe(16);
    expect(
      peer.heard().includes(Buffer.from(`${NO_HEAD}05000000${Buffer.from('hello').toString('hex')}`, 'hex')),
    ).toBe(true);
  });

  it('in blocks that all look alike does not keep an abort from being heard', async () => {
    const aborting = new AbortController();
    let position = 0;
    const progress = (_entry: unknown, place: number) => {
      if (position === 0) setTimeout(() => aborting.abort(), 0);
      position = place;
    };
    const sums = Buffer.alloc(1400 * 20);
    const request = Buffer.concat([hex('0200a0'), sumHead(1400, 700, 16, 0), sums]);
    const { failure } = await pushTo(saying(frame(0, request)), {
      listeners: { progress },
      signal: aborting.signal,
    });
    expect(failure).toMatchObject({ name: 'AbortedError' });
    expect(position).toBeGreaterThan(0);
    expect(position).toBeLessThan(4 * MIB);
  });

  it('in errors is heard out; the first of them are kept', async () => {
    const loud = frame(1, Buffer.alloc(5000, 'e'));
    const { result } = await pushTo(saying(...Array(4000).fill(loud), DONE_5));
    expect(result?.exitCode).toBe(23);
    expect(result?.serverErrors).toHaveLength(20);
  });

  it('in words before anybody listens is forgotten, but for the first of them', async () => {
    await using server = await startHostileServer(async (peer) => {
      await letIn(peer);
      for (let n = 0; n < 5000; n++) peer.say(text(2, `${n}\n`));
      await peer.until(frame(0, Buffer.alloc(0)));
      peer.say(DONE_5);
    });
    const heard: string[] = [];
    const session = await openPush({ target: server.target, transfer: { recursive: true } });
    while (server.peers[0]?.rest().length === 0) await turn();
    const listeners = { message: (message: { text: string }) => heard.push(message.text) };
    const result = await session.run({ tree: memoryTree({}), filterList: undefined, listeners });
    expect(result.exitCode).toBe(0);
    expect(heard.slice(0, 1000)).toEqual(Array.from({ length: 1000 }, (_, n) => String(n)));
  });
});

describe('a server that is odd', () => {
  it('may dribble its bytes one by one', async () => {
    const said = [REQUEST_F, text(2, 'hello\n'), DONE_5];
    const login = [Buffer.from('@RSYNCD: 31.0\nmotd\n@RSYNCD: OK\n'), Buffer.of(0x3e), SEED];
    const { result, opened } = await pushTo(async (peer) => {
      for (const byte of Buffer.concat([...login, ...said])) {
        peer.say(Buffer.of(byte));
        await turn();
      }
    });
    expect(result).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    expect(opened).toEqual(['f']);
  });

  it('may say done more often than there are phases: we have gone by then', async () => {
    const { result } = await pushTo(saying(REQUEST_F, data('00'.repeat(500))));
    expect(result).toMatchObject({ exitCode: 0, statistics: { transferredFiles: 1 } });
  });

  it('cannot say done so often that a list is dropped which it has not got', async () => {
    const serve = async (peer: Peer) => {
      await letIn(peer, [0x3f]);
      peer.say(data('00'.repeat(7)), data(`01 00a0 ${NO_HEAD}`));
    };
    const { failure, result, opened } = await pushTo(serve);
    expect(failure?.exitCode ?? result?.exitCode).toBe(result === undefined ? 2 : 0);
    expect(opened).toEqual([]);
  });

  it('may tell of deletions that nobody has asked for: it is believed', async () => {
    const deleted: string[] = [];
    const listeners = { deleted: (path: string, isFolder: boolean) => deleted.push(`${path} ${isFolder}`) };
    const told = [text(101, 'old/file'), text(101, '../../etc\0'), text(101, '')];
    const serve = async (peer: Peer) => {
      await letIn(peer);
      // Something of our list.
      await peer.arrived(1);
      peer.say(...told, data('ff02 0100000000'), DONE_5);
    };
    const { result } = await pushTo(serve, { listeners });
    expect(deleted).toEqual(['old/file false', '../../etc true', ' false']);
    expect(result).toMatchObject({ exitCode: 0, statistics: { deleted: { files: 1, folders: 0 } } });
  });

  it('may speak as to a receiver: nobody minds', async () => {
    const toReceivers = [42, 102].map((code) => frame(code, Buffer.alloc(3, 0xff)));
    const { result } = await pushTo(saying(...toReceivers, REQUEST_F, ...toReceivers, DONE_5));
    expect(result).toMatchObject({ exitCode: 0, serverErrors: [] });
  });

  it.each([22, 33, 100])('breaks the stream with a number of three bytes in message %d', async (code) => {
    const { failure } = await pushTo(saying(frame(code, Buffer.alloc(3, 0xff)), REQUEST_F, DONE_5));
    expect(failure).toMatchObject({ name: 'StreamError', exitCode: 12 });
  });

  it.each([
    [1, 23],
    [2, 24],
    [4, 25],
    [8, 0],
  ])('tells of errors of its own with bits: %d ends us with %d', async (bits, exitCode) => {
    const { result } = await pushTo(saying(frame(22, int32(bits)), REQUEST_F, DONE_5));
    expect(result).toMatchObject({ exitCode, serverErrors: [] });
  });
});
