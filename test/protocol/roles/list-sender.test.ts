import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import type { EntryFormat, FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { FileList } from '../../../src/protocol/file-list/file-list.ts';
import { isDirectory } from '../../../src/protocol/file-list/file-mode.ts';
import { IoErrors } from '../../../src/protocol/file-list/io-errors.ts';
import { orderOf } from '../../../src/protocol/file-list/order.ts';
import type { SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import { ListSender } from '../../../src/protocol/roles/list-sender.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import type { Terms } from '../../../src/protocol/terms.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { IndexEncoder } from '../../../src/protocol/wire/file-index.ts';
import { MemoryTree, memoryTree } from '../../support/memory-tree.ts';
import {
  type DecodedList,
  decodeStream,
  formatOf,
  idNamesOf,
  type ListFormat,
  nameOf,
  type RecordedList,
  recordedLists,
  withInode,
} from '../../support/recorded-lists.ts';
import { termsOf } from '../../support/scripted-session.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';
import { plainFormat } from '../../support/sender-stream.ts';

interface Sending {
  readonly tree: SourceTree;
  readonly terms: Terms;
  readonly format: EntryFormat;
  readonly sendsIdLists?: boolean;
  readonly ignoreErrors?: boolean;
}

/** Sends the first list alone, or all of them. */
async function send(sending: Sending, howMuch: 'all' | 'first' = 'all') {
  const transport = scriptedTransport([]);
  const out = new WireWriter(transport);
  const { terms, sendsIdLists = false, ignoreErrors = false } = sending;
  const list = new FileList(terms);
  const problems: Problem[] = [];
  const sender = new ListSender({
    errors: new IoErrors(),
    ...sending,
    out,
    list,
    sendsIdLists,
    ignoreErrors,
    indexes: new IndexEncoder(terms.protocol),
    summer: undefined,
    onProblem: (problem) => problems.push(problem),
  });
  await sender.sendFirst();
  while (howMuch === 'all' && !sender.isComplete) await sender.sendNext();
  await out.flush();
  return { wire: Buffer.concat(transport.told), list, sender, problems };
}

const termsFor = (list: RecordedList): Terms => ({
  ...termsOf({ protocol: list.protocol, compatFlags: Number(list.compat_flags) }),
  incrementalRecursion: list.inc_recurse,
});

/** A tree that answers with these lists, and reports an error with the first that was sent with one. */
function treeOf(lists: readonly DecodedList[], protocol: number): MemoryTree {
  const entries = lists.flatMap(({ entries: some }) => some.map(withInode));
  const tree = new MemoryTree(entries, new Map(), idNamesOf(lists));
  const folders = lists.flatMap(({ entries: some }) =>
    some.toSorted(orderOf(protocol)).filter(({ mode }) => isDirectory(mode)),
  );
  const first = lists.find(({ ioError }) => ioError !== 0);
  const name = first?.folder === undefined ? '' : (folders[first.folder]?.name ?? '');
  if (first !== undefined) tree.problems.set(name, problemsFor(first.ioError));
  return tree;
}

function problemsFor(ioError: number): Problem[] {
  const problem = { path: 'x', doing: 'lstat', cause: new Error('left out') };
  return [
    ...(ioError & 1 ? [{ ...problem, kind: 'failed' } as const] : []),
    ...(ioError & 2 ? [{ ...problem, kind: 'vanished' } as const] : []),
  ];
}

/** Several sources, or parents that were sent again for each, gave a name twice: a source tree merges them. */
function hasDuplicates({ entries }: RecordedList): boolean {
  const names = entries.flatMap((list) => list.entries.map(nameOf));
  return new Set(names).size < names.length;
}

const withDuplicates = recordedLists.filter(([, list]) => hasDuplicates(list)).map(([name]) => name);
const distinct = recordedLists.filter(([name]) => !withDuplicates.includes(name));

it('leaves out the recordings in which a name comes twice, and no others', () => {
  expect(withDuplicates).toEqual([
    'flist-duplicates-p32-inc',
    'flist-duplicates-p32-noinc',
    'flist-missing-args-p29-noinc',
    'flist-missing-args-p31-noinc',
  ]);
});

const incremental = distinct.filter(([, list]) => list.inc_recurse && list.client.endsWith('3.5.0'));

describe.each(incremental)('%s', (_name, recorded) => {
  it('is sent folder by folder, as rsync 3.5.0 sent it', async () => {
    const { lists } = decodeStream(recorded, new Cursor(Buffer.from(recorded.hex, 'hex')));
    const sending = {
      tree: treeOf(lists, recorded.protocol),
      terms: termsFor(recorded),
      format: formatOf(recorded),
    };
    const { wire, list, sender } = await send(sending);
    expect(wire.toString('hex')).toBe(recorded.hex);
    expect(sender.totalEntries).toBe(lists.flatMap(({ entries }) => entries).length);
    for (const { index_order, ndx_start } of recorded.entries) {
      for (const [at, expected] of index_order.entries()) {
        expect(list.at(ndx_start + at).name).toBe(plainName(expected));
      }
    }
  });
});

/** The recordings end folders with a slash. */
function plainName(entry: { name: string; name_hex?: string }): string {
  return nameOf(entry).replace(/(?<=.)\/$/, '');
}

const whole = distinct.filter(([, list]) => !list.inc_recurse);

describe.each(whole)('%s', (_name, recorded) => {
  it('is sent in one piece that means what rsync sent', async () => {
    const theirs = decodeStream(recorded, new Cursor(Buffer.from(recorded.hex, 'hex')));
    const idNames = new Map<string, string>();
    for (const { id, name } of theirs.uids) idNames.set(`u${id}`, name);
    for (const { id, name } of theirs.gids) idNames.set(`g${id}`, name);
    const tree = new MemoryTree(treeOf(theirs.lists, recorded.protocol).entries, new Map(), {
      user: (uid) => idNames.get(`u${uid}`),
      group: (gid) => idNames.get(`g${gid}`),
    });
    tree.problems.set('', problemsFor((theirs.ioError ?? 0) | (theirs.lists[0]?.ioError ?? 0)));
    const { wire, list } = await send({
      tree,
      terms: termsFor(recorded),
      format: formatOf(recorded),
      sendsIdLists: recorded.id_lists !== undefined,
    });
    const cursor = new Cursor(wire);
    const ours = decodeStream(recorded, cursor);
    expect(cursor.remaining).toBe(0);
    const sorted = (lists: readonly DecodedList[]) =>
      lists.flatMap(({ entries }) => entries.map(plain)).toSorted(orderOf(recorded.protocol));
    expect(sorted(ours.lists)).toEqual(sorted(theirs.lists));
    const byId = (ids: Array<{ id: number }>) => ids.toSorted((a, b) => a.id - b.id);
    expect([byId(ours.uids), byId(ours.gids)]).toEqual([byId(theirs.uids), byId(theirs.gids)]);
    expect([ours.ioError, ours.lists[0]?.ioError]).toEqual([theirs.ioError, theirs.lists[0]?.ioError]);
    const names = recorded.entries[0]?.index_order.map(plainName) ?? [];
    expect(names.map((_, at) => list.at(at).name)).toEqual(names);
  });
});

/** Without what depends on the order in which the entries travelled. */
function plain(entry: FileEntry & { linkLeader?: number }): FileEntry {
  const { linkLeader: _, ...rest } = entry;
  return rest;
}

describe('incremental lists', () => {
  const terms = termsOf({ protocol: 31, compatFlags: 0x1ff });
  const format = { ...plainFormat(terms), links: true };

  it('end at once where there are no folders', async () => {
    const { wire, sender } = await send({ tree: memoryTree({ f: 'x' }), terms, format }, 'first');
    expect(sender.isComplete).toBe(true);
    expect(wire.toString('hex', wire.length - 2)).toBe('ff01');
  });

  it('go on behind a first list of one entry: the receiver waits for more before it starts', async () => {
    const onlyFolder = new MemoryTree(memoryTree({ sub: { f: 'x', g: 'y' } }).entries.slice(1), new Map());
    const { list } = await send({ tree: onlyFolder, terms, format }, 'first');
    expect(list.listCount).toBe(2);
    expect([list.at(1).name, list.at(3).name]).toEqual(['sub', 'sub/f']);
  });

  it('may be empty', async () => {
    const { wire } = await send({ tree: new MemoryTree([], new Map()), terms, format });
    expect(wire.toString('hex')).toBe('0000' + 'ff01');
  });

  it('repeat an error in every list from where it happened on, unless errors are to be ignored', async () => {
    const tree = memoryTree({ a: { f: 'x' }, b: { g: 'y' } });
    tree.problems.set('a', problemsFor(1));
    const list: ListFormat = {
      protocol: 31,
      inc_recurse: true,
      flags_as_varint: true,
      compat_flags: '0x1ff',
      server_args: ['--server', '-l'],
      checksum_name: null,
    };
    const errorsOf = (wire: Buffer) =>
      decodeStream(list, new Cursor(wire)).lists.map(({ ioError }) => ioError);
    const told = await send({ tree, terms, format });
    expect(errorsOf(told.wire)).toEqual([0, 1, 1]);
    expect(told.problems.map(({ path }) => path)).toEqual(['x']);
    const ignored = await send({ tree, terms, format, ignoreErrors: true });
    expect(errorsOf(ignored.wire)).toEqual([0, 0, 0]);
    expect(ignored.problems).toHaveLength(1);
  });
});
