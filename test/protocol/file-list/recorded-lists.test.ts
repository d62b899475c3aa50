import { describe, expect, it } from 'vitest';
import { EntryDecoder } from '../../../src/protocol/file-list/entry-decoder.ts';
import { EntryEncoder } from '../../../src/protocol/file-list/entry-encoder.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { encodeIdList } from '../../../src/protocol/file-list/id-list.ts';
import { orderOf } from '../../../src/protocol/file-list/order.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { IndexEncoder } from '../../../src/protocol/wire/file-index.ts';
import { decodeName } from '../../../src/protocol/wire/file-name.ts';
import { assertDecodes } from '../../support/decoding.ts';
import {
  type DecodedList,
  decodeStream,
  formatOf,
  idFormatOf,
  idNamesOf,
  nameOf,
  type RecordedEntry,
  type RecordedList,
  recordedLists as recorded,
  withInode,
} from '../../support/recorded-lists.ts';

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
    const entries = new EntryEncoder(format, idNamesOf(lists));
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
