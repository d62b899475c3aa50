import { describe, expect, it } from 'vitest';
import { EntryDecoder } from '../../../src/protocol/file-list/entry-decoder.ts';
import { EntryEncoder } from '../../../src/protocol/file-list/entry-encoder.ts';
import type { EntryFormat, FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { decodeIdList, encodeIdList } from '../../../src/protocol/file-list/id-list.ts';
import { orderOf } from '../../../src/protocol/file-list/order.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { IndexDecoder, IndexEncoder } from '../../../src/protocol/wire/file-index.ts';
import { decodeName } from '../../../src/protocol/wire/file-name.ts';
import { assertDecodes } from '../../support/decoding.ts';
import { wireFixtures } from '../../support/wire-fixtures.ts';

interface RecordedEntry {
  readonly name: string;
  readonly name_hex?: string;
  readonly flags: readonly string[];
  readonly size: number;
  readonly mtime: number;
  readonly nsec?: number;
  readonly mode: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly user?: string;
  readonly group?: string;
  readonly target?: string;
  readonly target_hex?: string;
  readonly rdev?: readonly [number, number] | number;
  readonly dev?: number;
  readonly ino?: number;
  readonly hlink_to?: number;
  readonly atime?: number;
  readonly at: number;
  readonly bytes: number;
}

interface RecordedList {
  readonly protocol: number;
  readonly client: string;
  readonly compat_flags: string;
  readonly inc_recurse: boolean;
  readonly flags_as_varint: boolean;
  readonly server_args: readonly string[];
  readonly checksum_name: string | null;
  readonly entries: ReadonlyArray<{
    readonly ndx_start: number;
    readonly dir_ndx?: number;
    readonly io_error: number;
    readonly at: number;
    readonly entries: readonly RecordedEntry[];
    readonly index_order: ReadonlyArray<{
      readonly ndx: number;
      readonly name: string;
      readonly name_hex?: string;
    }>;
  }>;
  readonly id_lists?: {
    readonly uids?: ReadonlyArray<[number, string]>;
    readonly gids?: ReadonlyArray<[number, string]>;
  };
  readonly io_error?: number;
  readonly hex: string;
}

/** ACLs and extended attributes are not supported, so their records are not decoded either. */
const recorded = wireFixtures<RecordedList>('flist-*').filter(([name]) => !name.includes('acl'));

const digestLengths: Readonly<Record<string, number>> = { md4: 16, md5: 16, xxh128: 16 };

function formatOf(list: RecordedList): EntryFormat {
  const cluster = list.server_args[1]?.replace(/e\..*/, '') ?? '';
  const has = (letter: string) => cluster.includes(letter);
  return {
    protocol: list.protocol,
    varintFlags: list.flags_as_varint,
    safeEnd: list.protocol >= 31 || (Number(list.compat_flags) & 8) !== 0,
    owner: has('o'),
    group: has('g'),
    links: has('l'),
    devices: has('D'),
    specials: has('D'),
    hardLinks: has('H'),
    atimes: has('U'),
    checksumLength: list.checksum_name === null ? 0 : (digestLengths[list.checksum_name] as number),
    inlineNames: list.inc_recurse && !list.server_args.includes('--numeric-ids'),
  };
}

const idFormatOf = (list: RecordedList) => ({
  protocol: list.protocol,
  idZeroNames: (Number(list.compat_flags) & 0x100) !== 0,
});

const nameOf = (entry: { name: string; name_hex?: string }) =>
  entry.name_hex === undefined ? entry.name : decodeName(Buffer.from(entry.name_hex, 'hex'));

interface DecodedList {
  readonly folder: number | undefined;
  readonly firstIndex: number;
  readonly entries: FileEntry[];
  readonly ioError: number;
}

/** Decodes a whole recorded stream in one go: the order of lists, indexes, id lists and errors is the stock one. */
function decodeStream(list: RecordedList, cursor: Cursor) {
  const decoder = new EntryDecoder(formatOf(list));
  const indexes = new IndexDecoder(list.protocol);
  const lists: DecodedList[] = [];
  let firstIndex = list.inc_recurse ? 1 : 0;
  let folder: number | undefined;
  for (;;) {
    decoder.startList(firstIndex);
    const entries: FileEntry[] = [];
    let record = decoder.decode(cursor);
    for (; record.kind === 'entry'; record = decoder.decode(cursor)) entries.push(record.entry);
    lists.push({ folder, firstIndex, entries, ioError: record.ioError });
    if (!list.inc_recurse) break;
    const index = indexes.decode(cursor);
    indexes.remember(index);
    if (index === -2) break;
    folder = -101 - index;
    firstIndex += entries.length + 1;
  }
  const hasIds = list.id_lists !== undefined;
  const { owner, group } = formatOf(list);
  const uids = hasIds && owner ? decodeIdList(cursor, idFormatOf(list)) : [];
  const gids = hasIds && group ? decodeIdList(cursor, idFormatOf(list)) : [];
  const ioError = list.protocol < 30 ? cursor.int32() : undefined;
  return { lists, uids, gids, ioError };
}

describe.each(recorded)('%s', (_name, list) => {
  const wire = Buffer.from(list.hex, 'hex');

  it('is decoded to what was recorded, to the last byte', () => {
    const cursor = new Cursor(wire);
    const decoded = decodeStream(list, cursor);
    expect(cursor.remaining).toBe(0);
    expect(decoded.ioError).toBe(list.io_error);
    expect(decoded.lists.map(({ ioError }) => ioError)).toEqual(list.entries.map(({ io_error }) => io_error));
    expect(decoded.lists.map(({ firstIndex }) => firstIndex)).toEqual(
      list.entries.map(({ ndx_start }) => ndx_start),
    );
    for (const [at, expected] of list.entries.entries()) {
      expect(decoded.lists[at]?.entries).toHaveLength(expected.entries.length);
      for (const [place, entry] of expected.entries.entries()) {
        expectSame(decoded.lists[at]?.entries[place] as FileEntry, entry, list);
      }
    }
    const pairs = (ids: Array<{ id: number; name: string }>) => ids.map(({ id, name }) => [id, name]);
    expect(pairs(decoded.uids)).toEqual(list.id_lists?.uids ?? []);
    expect(pairs(decoded.gids)).toEqual(list.id_lists?.gids ?? []);
  });

  it('is ordered as rsync numbers it', () => {
    const decoded = decodeStream(list, new Cursor(wire));
    for (const [at, expected] of list.entries.entries()) {
      const sorted = (decoded.lists[at] as DecodedList).entries.toSorted(orderOf(list.protocol));
      const names = sorted.map(({ name }) => name.replace(/(?<=.)\/$/, ''));
      expect(names).toEqual(expected.index_order.map(nameOf));
    }
  });

  it('is decoded the same, however the bytes arrive', async () => {
    const [first] = list.entries;
    const [entry] = first?.entries ?? [];
    if (entry === undefined) throw new Error('a recorded list without entries');
    const one = wire.subarray(entry.at, entry.at + entry.bytes);
    const makeDecoder = () => {
      const decoder = new EntryDecoder(formatOf(list));
      decoder.startList(first?.ndx_start ?? 0);
      return (cursor: Cursor) => decoder.decode(cursor);
    };
    await assertDecodes(one, makeDecoder, makeDecoder()(new Cursor(one)));
  });
});

describe.each(recorded.filter(([, list]) => list.client.endsWith('3.5.0')))('%s', (_name, list) => {
  it('is encoded to the bytes that rsync 3.5.0 sent', () => {
    const { lists, uids, gids, ioError } = decodeStream(list, new Cursor(Buffer.from(list.hex, 'hex')));
    const format = formatOf(list);
    const names = new Map<string, string>();
    for (const { entries } of lists) {
      for (const entry of entries as Array<FileEntry & { userName?: string; groupName?: string }>) {
        if (entry.userName !== undefined) names.set(`u${entry.uid}`, entry.userName);
        if (entry.groupName !== undefined) names.set(`g${entry.gid}`, entry.groupName);
      }
    }
    const idNames = {
      user: (uid: number) => names.get(`u${uid}`),
      group: (gid: number) => names.get(`g${gid}`),
    };
    const entries = new EntryEncoder(format, idNames);
    const indexes = new IndexEncoder(list.protocol);
    const encoder = new Encoder();
    for (const { folder, firstIndex, entries: all, ioError: listError } of lists) {
      if (folder !== undefined) indexes.encode(encoder, -101 - folder);
      entries.startList(firstIndex);
      for (const entry of all) entries.encode(encoder, withInode(entry));
      entries.encodeEnd(encoder, listError);
    }
    if (list.inc_recurse) indexes.encode(encoder, -2);
    if (list.id_lists !== undefined && format.owner) encodeIdList(encoder, uids, idFormatOf(list));
    if (list.id_lists !== undefined && format.group) encodeIdList(encoder, gids, idFormatOf(list));
    if (ioError !== undefined) encoder.int32(ioError);
    expect(encoder.view().toString('hex')).toBe(list.hex);
  });
});

/** From protocol 30 on inodes do not travel: give each group of hard links one. */
function withInode(entry: FileEntry & { linkLeader?: number }): FileEntry {
  if (entry.linkLeader === undefined) return entry;
  return { ...entry, inode: { device: 1n, inode: BigInt(entry.linkLeader) } };
}

function expectSame(entry: FileEntry, expected: RecordedEntry, list: RecordedList): void {
  const format = formatOf(list);
  expect(entry.name).toBe(nameOf(expected));
  expect(entry.mode.toString(8)).toBe(expected.mode.replace(/^0/, ''));
  expect(entry.size).toBe(expected.size);
  expect(entry.mtime).toBe(list.protocol < 30 ? expected.mtime >>> 0 : expected.mtime);
  expect(entry.mtimeNs).toBe(expected.nsec ?? 0);
  if (format.owner) expect(entry.uid).toBe(expected.uid);
  if (format.group) expect(entry.gid).toBe(expected.gid);
  if (expected.target !== undefined) {
    const { target, target_hex } = expected;
    expect(entry.linkTarget).toBe(
      target_hex === undefined ? target : decodeName(Buffer.from(target_hex, 'hex')),
    );
  }
  if (expected.rdev !== undefined && entry.device !== undefined) {
    const { major, minor } = entry.device;
    const native = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    expect(typeof expected.rdev === 'number' ? native : [major, minor]).toEqual(expected.rdev);
  }
  if (expected.ino !== undefined) {
    expect(entry.inode).toEqual({ device: BigInt(expected.dev ?? 0), inode: BigInt(expected.ino) });
  }
  if (expected.atime !== undefined) expect(entry.atime).toBe(expected.atime);
}
