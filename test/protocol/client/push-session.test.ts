import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { pushChanges } from '../../../src/protocol/client/push-changes.ts';
import type { PushListeners } from '../../../src/protocol/client/push-listeners.ts';
import type { PushSession } from '../../../src/protocol/client/push-session.ts';
import {
  AbortedError,
  ConnectionClosedError,
  ConnectionError,
  ProtocolError,
  RemoteExitError,
  SetUpError,
  TimeoutError,
  UsageError,
} from '../../../src/protocol/errors.ts';
import type { SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { memoryTransports } from '../../../src/protocol/stream/memory-transport.ts';
import type { Transport } from '../../../src/protocol/stream/transport.ts';
import { demultiplex, frame, int32 } from '../../support/frames.ts';
import { MemoryTree, memoryTree } from '../../support/memory-tree.ts';
import { sessionOn, termsOf } from '../../support/scripted-session.ts';

const SEED = int32(7);
const NO_HEAD = '00'.repeat(16);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const REQUEST = frame(0, hex(`01 00a0 ${NO_HEAD}`));

/** A session and the server's end of its connection, with what has arrived there. */
function open(protocol = 31, transfer: TransferOptions = {}) {
  const [client, server] = memoryTransports();
  const terms = termsOf({ protocol, compatFlags: protocol < 30 ? 0 : 0x1fe });
  const session = sessionOn(client, terms, transfer);
  const told: Buffer[] = [];
  const listening = (async () => {
    for (let chunk = await server.receive(); chunk !== undefined; chunk = await server.receive())
      told.push(chunk);
  })();
  const say = (...chunks: Buffer[]) => server.send(chunks);
  const run = (tree: SourceTree) => session.run({ tree });
  return { session, client, server, say, run, told: () => Buffer.concat(told), listening };
}

const oneFile = () => new MemoryTree(memoryTree({ f: 'hello' }).entries.slice(1), new Map());

/** A file that never ends, as far as anybody will live to see. */
function endlessTree(): SourceTree {
  const tree = new MemoryTree(memoryTree({ f: '' }).entries.slice(1), new Map());
  tree.open = () => ({
    size: Number.MAX_SAFE_INTEGER,
    mtime: 0,
    mtimeNs: 0,
    read: async (into) => {
      await turn();
      return into.length;
    },
    close: () => {},
  });
  return tree;
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

describe('a waiting session', () => {
  it('is ready when the seed is there', async () => {
    const { session, say } = open();
    let isReady = false;
    const ready = session.isReady().then(() => {
      isReady = true;
    });
    await say(SEED.subarray(0, 3));
    await turns(3);
    expect(isReady).toBe(false);
    await say(SEED.subarray(3));
    await ready;
    session.close();
  });

  it('acknowledges with an empty frame whatever it hears, for it has nothing to say', async () => {
    const { session, say, told } = open();
    await say(SEED);
    await session.isReady();
    await turns(3);
    const before = demultiplex(told()).emptyFrames;
    for (let n = 1; n <= 5; n++) {
      await say(frame(33, int32(20)));
      await turns(3);
      expect(demultiplex(told()).emptyFrames).toBe(before + n);
    }
    await turns(5);
    expect(demultiplex(told()).emptyFrames).toBe(before + 5);
    session.close();
  });

  it('does not acknowledge below protocol 30: there are no frames', async () => {
    const { session, say, told } = open(29);
    await say(SEED, frame(2, Buffer.from('hello\n')));
    await turns(5);
    expect(told()).toHaveLength(0);
    session.close();
  });

  it('fails when the server goes away before it is ready', async () => {
    const { session, server } = open();
    server.end();
    await expect(session.isReady()).rejects.toThrow(SetUpError);
    session.close();
  });

  it('tells who runs it later that the server has gone, and why', async () => {
    const { session, say, server, run } = open();
    await say(SEED, frame(3, Buffer.from('too late\n')));
    await session.isReady();
    server.end();
    await turns(3);
    await expect(run(oneFile())).rejects.toMatchObject({ message: 'too late', exitCode: 12 });
  });

  it('may be closed at any time, and twice; nobody is left waiting', async () => {
    const { session, listening } = open();
    session.close();
    session.close();
    await listening;
    await expect(session.isReady()).rejects.toThrow(ConnectionClosedError);
    await expect(session.run({ tree: oneFile() })).rejects.toThrow('runs once');
  });
});

describe('a session that runs', () => {
  it('does not acknowledge what it answers', async () => {
    const { say, told, run } = open();
    const tree = memoryTree({ f: 'hello' });
    const running = run(new MemoryTree(tree.entries.slice(1), tree.contents));
    await say(SEED, REQUEST, frame(0, Buffer.alloc(5)));
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(demultiplex(told()).emptyFrames).toBe(0);
  });

  it('refuses listeners that are none, and goes on waiting', async () => {
    const { session } = open();
    const wrong = { itme: () => {} } as unknown as PushListeners;
    await expect(session.run({ tree: oneFile(), listeners: wrong })).rejects.toThrow(UsageError);
    await expect(pushChanges(session, '', [])).rejects.toThrow('root: "" is not the path of a folder');
    const none = {} as PushSession;
    await expect(pushChanges(none, '/', [])).rejects.toThrow('session: not one that openPush has opened');
    session.close();
  });

  it('runs once', async () => {
    const { say, run } = open();
    const running = run(oneFile());
    await expect(run(oneFile())).rejects.toThrow('runs once: open another one');
    await say(SEED, frame(0, Buffer.alloc(5)));
    await running;
    await expect(run(oneFile())).rejects.toThrow('runs once');
  });

  it('stops in the middle of a file when the server gives up, and takes its leave', async () => {
    const { say, run, told, listening } = open();
    const running = run(endlessTree());
    await say(SEED, REQUEST);
    await turns(20);
    await say(frame(1, Buffer.from('write failed: No space left on device\n')), frame(86, int32(11)));
    await expect(running).rejects.toBeInstanceOf(RemoteExitError);
    await expect(running).rejects.toMatchObject({
      exitCode: 11,
      message: expect.stringContaining('No space'),
    });
    await listening;
    expect(demultiplex(told()).messages).toEqual([{ code: 86, payload: Buffer.alloc(0) }]);
  });

  it('stops in the middle of a file when the server makes no sense', async () => {
    const { say, run } = open();
    const running = run(endlessTree());
    await say(SEED, REQUEST);
    await turns(20);
    await say(frame(0, hex('ff64')));
    await expect(running).rejects.toBeInstanceOf(ProtocolError);
  });

  it('stops in the middle of a file when the server goes away', async () => {
    const { say, run, server } = open();
    const running = run(endlessTree());
    await say(SEED, REQUEST);
    await turns(20);
    server.destroy();
    await expect(running).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  it.each([
    ['the timeout', new TimeoutError('silent')],
    ['an abort', new AbortedError('aborted')],
  ])('names %s that strikes while it writes, not the broken connection', async (_name, reason) => {
    const [client, server] = memoryTransports();
    const sending = Promise.withResolvers<void>();
    const stuck: Transport = {
      peer: 'script',
      receive: () => client.receive(),
      // As a socket whose peer does not read, and which is destroyed then.
      send: () => sending.promise,
      end: () => client.end(),
      destroy: (why) => {
        client.destroy(why);
        sending.reject(new ConnectionError('sending failed: the stream was destroyed'));
      },
    };
    const terms = termsOf({ protocol: 31, compatFlags: 0x1fe });
    const session = sessionOn(stuck, terms, {});
    await server.send([SEED]);
    const running = session.run({ tree: oneFile() });
    const outcome = running.catch((thrown: unknown) => thrown);
    await turns(3);
    stuck.destroy(reason);
    expect(await outcome).toBe(reason);
  });

  it("tells the server's words when the connection breaks behind them", async () => {
    const { say, run, server } = open();
    const running = run(oneFile());
    await say(SEED, frame(3, Buffer.from('ERROR: module is read only\n')));
    server.end();
    await expect(running).rejects.toMatchObject({
      name: 'RemoteExitError',
      exitCode: 12,
      message: 'ERROR: module is read only',
    });
  });

  it('sends an empty list of rules if the server waits for one and there are none', async () => {
    const { say, run, told } = open(31, { recursive: true, delete: 'before' });
    const running = run(new MemoryTree([], new Map()));
    await say(SEED, frame(0, Buffer.alloc(5)));
    await running;
    const plain = open();
    const other = plain.run(new MemoryTree([], new Map()));
    await plain.say(SEED, frame(0, Buffer.alloc(5)));
    await other;
    const data = demultiplex(told()).data;
    expect(data.subarray(0, 4)).toEqual(Buffer.alloc(4));
    expect(data.subarray(4)).toEqual(demultiplex(plain.told()).data);
  });

  it('refuses rules that the server would take for something else', async () => {
    const { session } = open();
    await expect(session.run({ tree: oneFile(), filterList: Buffer.alloc(4) })).rejects.toThrow(UsageError);
  });

  it('reports what the tree throws', async () => {
    const { run, listening } = open();
    const tree = oneFile();
    tree.roots = () => {
      throw new Error('the archive is damaged');
    };
    await expect(run(tree)).rejects.toThrow('the archive is damaged');
    await listening;
  });

  it('waits for a tree that takes its time', async () => {
    const { say, run, told } = open();
    const { entries, contents } = memoryTree({ f: 'hello' });
    const tree: SourceTree = {
      roots: async () => {
        await turns(2);
        return { entries: entries.slice(1), problems: [] };
      },
      children: async () => ({ entries: [], problems: [] }),
      open: async (entry) => {
        const file = new MemoryTree(entries, contents).open(entry);
        return { ...file, read: async (into, position) => file.read(into, position), close: async () => {} };
      },
    };
    const running = run(tree);
    await say(SEED, REQUEST, frame(0, Buffer.alloc(5)));
    expect(await running).toMatchObject({
      exitCode: 0,
      statistics: { literalBytes: 5, transferredFiles: 1 },
    });
    expect(told().toString('latin1')).toContain('hello');
  });
});
