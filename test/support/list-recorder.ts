import { spawn } from 'node:child_process';
import { EntryDecoder } from '../../src/protocol/file-list/entry-decoder.ts';
import type { EntryFormat, FileEntry } from '../../src/protocol/file-list/file-entry.ts';
import { Cursor, NEED_MORE } from '../../src/protocol/wire/cursor.ts';
import { demultiplex, frame } from './frames.ts';
import { letIn, type Peer, startHostileServer } from './hostile-server.ts';

/** The file list that the real client makes of its arguments. */
export interface RecordedClientList {
  /** In the order of transmission. */
  readonly entries: readonly FileEntry[];
  readonly ioError: number;
  readonly exitCode: number;
  readonly stderr: string;
}

export interface ClientOptions {
  readonly cwd: string;
  /** Run it as this user. */
  readonly uid?: number;
}

const ERROR_EXIT = 86;
/** The end of each phase of a session in which nothing is asked for. */
const NOTHING_WANTED = frame(0, Buffer.alloc(5));

/** Runs `rsync OPTIONS SOURCES host::inbox/` against a server that takes the list and wants nothing. */
export async function recordClientList(
  args: readonly string[],
  { cwd, uid }: ClientOptions,
): Promise<RecordedClientList> {
  let list: Pick<RecordedClientList, 'entries' | 'ioError'> = { entries: [], ioError: 0 };
  await using server = await startHostileServer(async (peer) => {
    // Errors may end a list (0x08); no names are negotiated, and nothing is sent piecemeal.
    await letIn(peer, 0x08);
    list = await readList(peer);
    peer.say(NOTHING_WANTED);
  });
  const words = ['--no-inc-recursive', ...args, `rsync://${server.host}:${server.port}/inbox/`];
  const { exitCode, stderr } = await run(words, cwd, uid);
  return { ...list, exitCode, stderr };
}

function run(words: readonly string[], cwd: string, uid: number | undefined) {
  const env = { ...process.env, LC_ALL: 'C' };
  const user = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn('rsync', words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], ...user });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ exitCode: number; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, stderr }));
  });
}

/** Decodes the list anew with every chunk, until its end is there. */
async function readList(peer: Peer): Promise<Pick<RecordedClientList, 'entries' | 'ioError'>> {
  const format = formatOf(peer.heard().toString('latin1'));
  for (let length = 1; ; length = peer.rest().length + 1) {
    const { data, messages } = demultiplex(wholeFrames(peer.rest()));
    if (messages.some(({ code }) => code === ERROR_EXIT)) throw new Error('the client has given up');
    const list = decode(data, format);
    if (list !== undefined) return list;
    await peer.arrived(length);
  }
}

function decode(
  data: Buffer,
  format: EntryFormat,
): Pick<RecordedClientList, 'entries' | 'ioError'> | undefined {
  const decoder = new EntryDecoder(format);
  decoder.startList(0);
  const entries: FileEntry[] = [];
  const cursor = new Cursor(data);
  try {
    for (;;) {
      const record = decoder.decode(cursor);
      if (record.kind === 'end') return { entries, ioError: record.ioError };
      entries.push(record.entry);
    }
  } catch (thrown) {
    if (thrown !== NEED_MORE) throw thrown;
    return undefined;
  }
}

/** The frames that are complete. */
function wholeFrames(wire: Buffer): Buffer {
  let end = 0;
  while (end + 4 <= wire.length && end + 4 + wire.readUIntLE(end, 3) <= wire.length) {
    end += 4 + wire.readUIntLE(end, 3);
  }
  return wire.subarray(0, end);
}

function formatOf(heard: string): EntryFormat {
  const cluster = /\0-(\w*?)e\./.exec(heard)?.[1] ?? '';
  const has = (letter: string) => cluster.includes(letter);
  return {
    protocol: 31,
    varintFlags: false,
    safeEnd: true,
    owner: has('o'),
    group: has('g'),
    links: has('l'),
    devices: has('D'),
    specials: has('D'),
    hardLinks: has('H'),
    atimes: has('U'),
    checksumLength: has('c') ? 16 : 0,
    inlineNames: false,
  };
}
