import { expect, it } from 'vitest';
import { EntryEncoder } from '../../../src/protocol/file-list/entry-encoder.ts';
import type { EntryFormat, FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';

const format: EntryFormat = {
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

it('gives files of one name inodes that no other file has, since protocol 27 wants one of each', () => {
  const encoder = new Encoder();
  const entries = new EntryEncoder(format, { user: () => undefined, group: () => undefined });
  const plain: FileEntry = { name: 'a', mode: 0o100_644, size: 5, mtime: 9, mtimeNs: 0, uid: 0, gid: 0 };
  entries.startList(0);
  entries.encode(encoder, plain);
  entries.encode(encoder, { ...plain, name: 'b' });
  entries.encode(encoder, { ...plain, name: 'c', inode: { device: 3n, inode: 7n } });
  // Flags, length and name, size, [time, mode], device, inode.
  const expected = [
    '18 01 61 05000000 09000000 a4810000 ffffff7f 01000000',
    '9a 01 62 05000000 ffffff7f 02000000',
    '9a 01 63 05000000 03000000 07000000',
  ];
  expect(encoder.view().toString('hex')).toBe(expected.join('').replaceAll(' ', ''));
});
