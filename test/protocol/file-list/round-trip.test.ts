import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryDecoder } from '../../../src/protocol/file-list/entry-decoder.ts';
import { EntryEncoder } from '../../../src/protocol/file-list/entry-encoder.ts';
import type { EntryFormat, FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import {
  isDevice,
  isDirectory,
  isRegular,
  isSpecial,
  isSymlink,
} from '../../../src/protocol/file-list/file-mode.ts';
import { decodeIdList, encodeIdList } from '../../../src/protocol/file-list/id-list.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { decodeName } from '../../../src/protocol/wire/file-name.ts';
import { runs } from '../../support/runs.ts';

const protocols = [27, 28, 29, 30, 31, 32];

const format: fc.Arbitrary<EntryFormat> = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    varintFlags: fc.boolean(),
    safeEnd: fc.boolean(),
    owner: fc.boolean(),
    group: fc.boolean(),
    links: fc.boolean(),
    devices: fc.boolean(),
    specials: fc.boolean(),
    hardLinks: fc.boolean(),
    atimes: fc.boolean(),
    checksumLength: fc.constantFrom(0, 16, 20),
    inlineNames: fc.boolean(),
  })
  .map((wishes) => ({
    ...wishes,
    varintFlags: wishes.protocol >= 30 && wishes.varintFlags,
    safeEnd: wishes.protocol >= 30 && wishes.safeEnd,
    inlineNames: wishes.protocol >= 30 && wishes.inlineNames,
    // The bit for it does not fit into the one byte of flags that protocol 27 has.
    atimes: wishes.protocol >= 28 && wishes.atimes,
  }));

const name = fc
  .array(fc.oneof(fc.constantFrom('a', 'b', '/', 'é', 'x'.repeat(100)), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((parts) =>
    decodeName(
      Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part)))),
    ),
  );

const type = fc.constantFrom(0o100_000, 0o040_000, 0o120_000, 0o020_000, 0o060_000, 0o010_000, 0o140_000);
const id = fc.oneof(fc.nat(3), fc.nat(0xffff_ffff));
const time = fc.oneof(fc.nat(3), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }));
const inode = fc.record({ device: fc.bigInt(0n, 2n), inode: fc.bigInt(0n, 3n) });

const entry = fc.record({
  name,
  mode: fc.tuple(type, fc.nat(0o7777)).map(([bits, rights]) => bits | rights),
  size: fc.oneof(fc.nat(3), fc.nat(Number.MAX_SAFE_INTEGER)),
  mtime: time,
  mtimeNs: fc.oneof(fc.constant(0), fc.nat(999_999_999)),
  uid: id,
  gid: id,
  contents: fc.constantFrom('root', 'listed', 'none', 'implied'),
  linkTarget: name,
  device: fc.record({ major: fc.nat(0xfff), minor: fc.oneof(fc.nat(300), fc.nat(0xf_ffff)) }),
  inode: fc.option(inode, { nil: undefined }),
  atime: time,
  checksum: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
});

/** Only what an entry of its kind has: what a tree would list. */
function sensible(all: FileEntry, wishes: EntryFormat): FileEntry {
  const { mode, contents, linkTarget, device, inode: number, atime, checksum, ...common } = all;
  return {
    ...common,
    mode,
    ...(isDirectory(mode) && contents !== undefined && { contents }),
    ...(isSymlink(mode) && linkTarget !== undefined && { linkTarget }),
    ...(isDevice(mode) && device !== undefined && { device }),
    ...(!isDirectory(mode) && number !== undefined && { inode: number }),
    ...(!isDirectory(mode) && wishes.atimes && atime !== undefined && { atime }),
    ...(isRegular(mode) &&
      checksum !== undefined && { checksum: checksum.subarray(0, wishes.checksumLength) }),
  };
}

/** What of an entry survives in a format: the rest does not travel. */
function surviving(given: FileEntry, wishes: EntryFormat): Partial<FileEntry> {
  const { protocol, owner, group, links, devices, specials, checksumLength } = wishes;
  const { mode, contents } = given;
  const old = protocol < 30;
  const carriesRdev = (devices && isDevice(mode)) || (specials && protocol < 31 && isSpecial(mode));
  return {
    name: given.name,
    mode,
    size: given.size,
    mtime: old ? given.mtime >>> 0 : given.mtime,
    mtimeNs: protocol >= 31 ? given.mtimeNs : 0,
    ...(owner && { uid: given.uid }),
    ...(group && { gid: given.gid }),
    ...(contents !== undefined && { contents: old ? (contents === 'root' ? 'root' : 'listed') : contents }),
    ...(links && given.linkTarget !== undefined && { linkTarget: given.linkTarget }),
    ...(carriesRdev && isDevice(mode) && { device: given.device }),
    ...(wishes.atimes && !isDirectory(mode) && { atime: given.atime }),
    ...(checksumLength > 0 && given.checksum !== undefined && { checksum: given.checksum }),
    ...(old &&
      wishes.hardLinks &&
      given.inode !== undefined &&
      (protocol >= 28 || isRegular(mode)) && {
        inode: given.inode,
      }),
  };
}

describe('entries', () => {
  it('come back as they went, in every format, over several lists', () => {
    const lists = fc.array(fc.array(entry, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(format, lists, fc.nat(7), (wishes, given, ioError) => {
        const sent = given.map((list) => consistent(list.map((one) => sensible(one as FileEntry, wishes))));
        const userNames = new Map<number, string>();
        const encoder = new Encoder();
        const writer = new EntryEncoder(wishes, {
          user: (uid) => (uid % 2 === 0 ? `user${uid}` : undefined),
          group: (gid) => (gid % 3 === 0 ? `group${gid}` : undefined),
        });
        let first = 1;
        for (const list of sent) {
          writer.startList(first);
          for (const one of list) writer.encode(encoder, one);
          writer.encodeEnd(encoder, ioError);
          first += list.length + 1;
        }
        const cursor = new Cursor(encoder.view());
        const reader = new EntryDecoder(wishes);
        first = 1;
        for (const list of sent) {
          reader.startList(first);
          const leaders = new Map<string, number>();
          for (const [at, one] of list.entries()) {
            const record = reader.decode(cursor);
            if (record.kind !== 'entry') throw new Error(`the list ends before ${one.name}`);
            expect(record.entry).toMatchObject(surviving(one, wishes));
            if (record.entry.userName !== undefined) userNames.set(one.uid, record.entry.userName);
            if (wishes.hardLinks && wishes.protocol >= 30 && one.inode !== undefined) {
              const key = `${one.inode.device}:${one.inode.inode}`;
              const leader = leaders.get(key) ?? record.entry.linkLeader;
              if (leader !== undefined) leaders.set(key, leader);
              expect(record.entry.linkLeader).toBe(leaders.get(key));
              expect(record.entry.linkLeader).toBeLessThanOrEqual(first + at);
            }
          }
          const end = reader.decode(cursor);
          const saysError = wishes.varintFlags || wishes.safeEnd;
          expect(end).toEqual({ kind: 'end', ioError: saysError ? ioError : 0 });
          first += list.length + 1;
        }
        expect(cursor.remaining).toBe(0);
        for (const [uid, user] of userNames) expect(user).toBe(`user${uid}`);
      }),
      { numRuns: runs(600) },
    );
  });
});

describe('inodes at protocol 27', () => {
  it('are different and never zero also for files that have one name: a receiver takes equal ones for links', () => {
    const wishes: EntryFormat = {
      protocol: 27,
      varintFlags: false,
      safeEnd: false,
      owner: false,
      group: false,
      links: false,
      devices: false,
      specials: false,
      hardLinks: true,
      atimes: false,
      checksumLength: 0,
      inlineNames: false,
    };
    const encoder = new Encoder();
    const writer = new EntryEncoder(wishes, { user: () => undefined, group: () => undefined });
    const file = { mode: 0o100_644, size: 0, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };
    const linked = { device: 1n, inode: 1n };
    writer.startList(0);
    for (const leaf of ['a', 'b', 'c']) writer.encode(encoder, { ...file, name: leaf });
    for (const leaf of ['d', 'e']) writer.encode(encoder, { ...file, name: leaf, inode: linked });
    const cursor = new Cursor(encoder.view());
    const reader = new EntryDecoder(wishes);
    const numbers = Array.from({ length: 5 }, () => {
      const record = reader.decode(cursor);
      const { device = 0n, inode: number = 0n } = (record.kind === 'entry' && record.entry.inode) || {};
      expect(device).not.toBe(0n);
      return `${device}:${number}`;
    });
    expect(new Set(numbers).size).toBe(4);
    expect(numbers.slice(3)).toEqual(['1:1', '1:1']);
  });
});

/** Names of one file agree in everything but the name. */
function consistent(list: readonly FileEntry[]): FileEntry[] {
  const first = new Map<string, FileEntry>();
  return list.map((one) => {
    if (one.inode === undefined) return one;
    const key = `${one.inode.device}:${one.inode.inode}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, one);
    return known === undefined ? one : { ...known, name: one.name };
  });
}

describe('lists of ids', () => {
  it('come back as they went', () => {
    const named = fc.record({
      id: fc.oneof(fc.nat(3), fc.nat(0xffff_ffff)),
      name: fc.string({ minLength: 1, maxLength: 60 }),
    });
    const ids = fc.uniqueArray(named, { selector: ({ id: one }) => one });
    fc.assert(
      fc.property(ids, fc.constantFrom(...protocols), fc.boolean(), (list, protocol, idZeroNames) => {
        const encoder = new Encoder();
        encodeIdList(encoder, list, { protocol, idZeroNames });
        const cursor = new Cursor(encoder.view());
        const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;
        const expected = list.filter(({ id: one }) => one !== 0 || idZeroNames);
        expect(decodeIdList(cursor, { protocol, idZeroNames }).sort(byId)).toEqual(expected.sort(byId));
        expect(cursor.remaining).toBe(0);
      }),
    );
  });
});
