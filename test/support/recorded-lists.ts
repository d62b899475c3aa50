import { EntryDecoder } from '../../src/protocol/file-list/entry-decoder.ts';
import type { EntryFormat, FileEntry, IdNames } from '../../src/protocol/file-list/file-entry.ts';
import { decodeIdList } from '../../src/protocol/file-list/id-list.ts';
import type { Cursor } from '../../src/protocol/wire/cursor.ts';
import { IndexDecoder } from '../../src/protocol/wire/file-index.ts';
import { decodeName } from '../../src/protocol/wire/file-name.ts';
import { wireFixtures } from './wire-fixtures.ts';

export interface RecordedEntry {
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

export interface RecordedList {
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

/** What tells how a list is to be decoded. */
export type ListFormat = Pick<
  RecordedList,
  | 'protocol'
  | 'compat_flags'
  | 'inc_recurse'
  | 'flags_as_varint'
  | 'server_args'
  | 'checksum_name'
  | 'id_lists'
>;

/** ACLs and extended attributes are not supported, so their records are not decoded either. */
export const recordedLists = wireFixtures<RecordedList>('flist-*').filter(([name]) => !name.includes('acl'));

const digestLengths: Readonly<Record<string, number>> = { md4: 16, md5: 16, xxh128: 16 };

export function formatOf(list: ListFormat): EntryFormat {
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

export const idFormatOf = (list: ListFormat) => ({
  protocol: list.protocol,
  idZeroNames: (Number(list.compat_flags) & 0x100) !== 0,
});

export const nameOf = (entry: { name: string; name_hex?: string }) =>
  entry.name_hex === undefined ? entry.name : decodeName(Buffer.from(entry.name_hex, 'hex'));

export interface DecodedList {
  readonly folder: number | undefined;
  readonly firstIndex: number;
  readonly entries: FileEntry[];
  readonly ioError: number;
}

/** Decodes a whole recorded stream in one go: the order of lists, indexes, id lists and errors is the stock one. */
export function decodeStream(list: ListFormat, cursor: Cursor) {
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

/** From protocol 30 on inodes do not travel: give each group of hard links one. */
export function withInode(entry: FileEntry & { linkLeader?: number }): FileEntry {
  if (entry.linkLeader === undefined) return entry;
  return { ...entry, inode: { device: 1n, inode: BigInt(entry.linkLeader) } };
}

/** The names of ids that came with the entries themselves. */
export function idNamesOf(lists: readonly DecodedList[]): IdNames {
  const names = new Map<string, string>();
  for (const { entries } of lists) {
    for (const entry of entries as Array<FileEntry & { userName?: string; groupName?: string }>) {
      if (entry.userName !== undefined) names.set(`u${entry.uid}`, entry.userName);
      if (entry.groupName !== undefined) names.set(`g${entry.gid}`, entry.groupName);
    }
  }
  return { user: (uid) => names.get(`u${uid}`), group: (gid) => names.get(`g${gid}`) };
}
