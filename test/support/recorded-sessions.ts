import { PushSession } from '../../src/protocol/client/push-session.ts';
import { parseTarget } from '../../src/protocol/connect/target.ts';
import { encodeArguments } from '../../src/protocol/handshake/argument-list.ts';
import { type Login, logIn } from '../../src/protocol/handshake/login.ts';
import { CAPABILITIES, setUp } from '../../src/protocol/handshake/set-up.ts';
import { parseOptions } from '../../src/protocol/options/parse-options.ts';
import { resolveOptions } from '../../src/protocol/options/resolve-options.ts';
import { serverArguments } from '../../src/protocol/options/server-arguments.ts';
import type { TransferOptions } from '../../src/protocol/options/transfer-options.ts';
import type { ChecksumName, Terms } from '../../src/protocol/terms.ts';
import { Cursor } from '../../src/protocol/wire/cursor.ts';
import { demultiplex } from './frames.ts';
import { MemoryTree } from './memory-tree.ts';
import type { ListFormat } from './recorded-lists.ts';
import { decodeStream } from './recorded-lists.ts';
import { connectionTo } from './scripted-session.ts';
import { scriptedTransport } from './scripted-transport.ts';
import { wireFixtures } from './wire-fixtures.ts';

/** A conversation of a real client and a real server, from the first byte. */
export interface RecordedSession {
  readonly protocol: number;
  readonly client: string;
  readonly server: string;
  readonly args: readonly string[];
  readonly exchange: ReadonlyArray<{ readonly from: 'client' | 'server'; readonly hex: string }>;
  readonly exit_code?: number;
  readonly auth?: {
    readonly user: string;
    readonly password: string;
    readonly challenge: string;
    readonly digest: string;
    readonly response: string;
    readonly response_line: string;
  };
}

export const recordedSessions = wireFixtures<RecordedSession>('session-*');

export function saidBy(who: 'client' | 'server', { exchange }: RecordedSession): Buffer {
  return Buffer.concat(exchange.filter(({ from }) => from === who).map(({ hex }) => Buffer.from(hex, 'hex')));
}

/** The user's options and the module; a hand-made client shows us its server arguments only. */
export function requestOf(session: RecordedSession): {
  transfer: TransferOptions;
  module: string;
  user: string;
} {
  const isHandMade = session.args[0] === '--server';
  const words = isHandMade ? ['-t', `rsync://HOST/${session.args.at(-1)}`] : session.args;
  const { transfer, operands } = parseOptions(words);
  const target = parseTarget((operands.at(-1) ?? '').replace('HOST', 'host'));
  const module = target.kind === 'daemon' ? target.module : '';
  const user = session.auth?.user ?? 'alice';
  // Another client spoke an old protocol, and the server answered in it.
  const spoken = session.client === '3.5.0' ? transfer : { ...transfer, protocol: session.protocol };
  return { transfer: spoken, module, user };
}

/** What our client said to a recorded server, cut where the parts end, and what became of it. */
export interface Replay {
  readonly login: Login;
  /** Greeting, module, response and arguments. */
  readonly text: Buffer;
  readonly names: Buffer;
  readonly rest: Buffer;
  readonly terms?: Terms;
  readonly outcome: unknown;
}

/** Lets our client speak to a recorded server, whose bytes come in these chunks. */
export async function replay(session: RecordedSession, chunks: readonly Buffer[]): Promise<Replay> {
  const { transfer, module, user } = requestOf(session);
  const transport = scriptedTransport(chunks);
  const connection = connectionTo(transport, session.protocol);
  const { reader, writer, heartbeat } = connection;
  const password = () => session.auth?.password ?? 'wrong';
  let at = 0;
  const said = () => {
    const told = Buffer.concat(transport.told);
    const part = told.subarray(at);
    at = told.length;
    return part;
  };
  try {
    const protocol = transfer.protocol ?? 32;
    const login = await logIn({ reader, writer, peer: 'script' }, { module, protocol, user, password });
    if (module === '') return { login, text: said(), names: said(), rest: said(), outcome: undefined };
    const words = serverArguments(transfer, {
      protocol: login.protocol,
      paths: [`${module}/`],
      capabilities: CAPABILITIES,
      incrementalRecursion: true,
    });
    encodeArguments(writer.encoder, words, login.protocol);
    await writer.flush();
    const text = said();
    const options = resolveOptions(transfer);
    const checksum = options.checksumChoice as ChecksumName | undefined;
    const terms = await setUp(reader, writer, {
      protocol: login.protocol,
      offersIncrementalRecursion: options.recursive,
      transferChecksum: checksum,
      fileListChecksum: checksum,
      compress: options.compress,
      compression: undefined,
      mayNameFirst: false,
    });
    const names = said();
    const push = new PushSession({ connection: { ...connection, login }, terms, options });
    const { tree, filterList } = cargoOf(session, terms);
    const outcome = await push.run({ tree, filterList, listeners: {} }).catch((thrown: unknown) => thrown);
    return { login, text, names, rest: said(), terms, outcome };
  } finally {
    heartbeat.stop();
  }
}

/** What the real client said, cut at the same places. */
export function partsOf(session: RecordedSession, nameLists: number) {
  const said = saidBy('client', session);
  const end = session.protocol >= 30 ? Buffer.of(0, 0) : Buffer.from('\n\n');
  let at = said.indexOf(end, said.indexOf('--server')) + 2;
  if (session.args.includes('-ts')) at = said.indexOf(end, at) + 2;
  const text = said.subarray(0, at);
  const names: string[] = [];
  for (let list = 0; list < nameLists; list++) {
    const length = said.readUInt8(at);
    names.push(said.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { text, names, rest: said.subarray(at) };
}

/** The data of one side, without frames. */
export function dataOf(rest: Buffer, protocol: number): Buffer {
  return protocol >= 30 ? demultiplex(rest).data : rest;
}

/** Cuts data into the filter list, the file lists, and the answers behind them. */
export function cutData(data: Buffer, session: RecordedSession, terms: Terms) {
  const { transfer } = requestOf(session);
  const filters = transfer.delete === undefined ? 0 : filterLength(data);
  const cursor = new Cursor(data);
  cursor.bytes(filters);
  const words = partsOf(session, 0)
    .text.toString('latin1')
    .split(/[\0\n]/);
  const format: ListFormat = {
    protocol: terms.protocol,
    compat_flags: '0',
    inc_recurse: terms.incrementalRecursion,
    flags_as_varint: terms.varintFlags,
    server_args: words.slice(words.indexOf('--server')),
    checksum_name: null,
  };
  const { lists } = decodeStream(format, cursor);
  const listEnd = cursor.offset;
  return {
    filterList: data.subarray(0, filters),
    lists,
    head: data.subarray(0, listEnd),
    answers: cursor.takeRest(),
  };
}

function filterLength(data: Buffer): number {
  let at = 0;
  for (;;) {
    const length = data.readInt32LE(at);
    at += 4 + length;
    if (length === 0) return at;
  }
}

const contents = new Map(
  Object.entries({
    'hello.txt': 'Hello rsync\n',
    'a.txt': 'alpha\n',
    'sub/b.txt': 'beta\n',
    'x.o': 'object\n',
  }).map(([name, text]) => [name, Buffer.from(text)]),
);

/** What the real client sent: its rules, and a tree of its entries. */
function cargoOf(session: RecordedSession, terms: Terms) {
  const lists = nameListCount(session, terms);
  const { transfer } = requestOf(session);
  const data = dataOf(partsOf(session, lists).rest, session.protocol);
  const cut = cutData(data, session, terms);
  const tree = new MemoryTree(
    cut.lists.flatMap(({ entries }) => entries),
    contents,
  );
  return { tree, filterList: transfer.delete === undefined ? undefined : cut.filterList };
}

/** How many lists of names the real client sent. */
export function nameListCount(session: RecordedSession, terms: Terms): number {
  if (!terms.varintFlags) return 0;
  const { checksumChoice, compress } = requestOf(session).transfer;
  return (checksumChoice === undefined ? 1 : 0) + (compress === true ? 1 : 0);
}
