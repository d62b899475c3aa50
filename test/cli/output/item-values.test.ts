import { describe, expect, it } from 'vitest';
import {
  deletionValues,
  itemValues,
  type LineContext,
  shownName,
} from '../../../src/cli/output/item-values.ts';
import { OutFormat } from '../../../src/cli/output/out-format.ts';
import { SourcePaths } from '../../../src/cli/source-paths.ts';
import { type FileEntry, type Item, itemFlags, type Terms } from '../../../src/protocol/index.ts';

const terms: Terms = {
  protocol: 32,
  incrementalRecursion: true,
  safeFileList: true,
  varintFlags: true,
  idZeroNames: true,
  seedFirst: true,
  inplacePartialDir: true,
  avoidsXattrShortcut: true,
  transferChecksum: 'md5',
  fileListChecksum: 'md5',
  compression: 'none',
};

const context: LineContext = {
  terms,
  times: true,
  checksum: false,
  paths: new SourcePaths(['src/'], { relative: false, hasList: false, folder: '/home' }),
  now: () => new Date(2026, 10, 22, 17, 23, 30),
  processId: 764,
};

const seconds = (...parts: [number, number, number, number, number, number]) =>
  new Date(...parts).getTime() / 1000;

const file: FileEntry = {
  name: 'big',
  mode: 0o106_755,
  size: 3_000_000,
  mtime: seconds(2026, 10, 22, 17, 21, 48),
  mtimeNs: 0,
  uid: 1234,
  gid: 5678,
};

const sending: Item = { index: 1, flags: itemFlags.transfer | itemFlags.isNew };
const sent = {
  bytes: 3_000_407,
  sumBytes: 16,
  size: 3_000_000,
  head: { blockCount: 0, blockLength: 0, strongLength: 0, remainder: 0 },
  search: undefined,
  checksum: Buffer.from('900150983cd24fb0d6963f7d28e17f72', 'hex'),
};
const ALL = '[%i][%n][%L][%l][%b][%c][%f][%o][%m][%M][%t][%U][%G][%B][%C][%h][%a][%u][%p][%P][%%]';

/** The lines of rsync 3.5.0, with the sum of another file. */
describe('all that can be said', () => {
  it('of a file', () => {
    const expected =
      '[<f+++++++++][big][][3000000][3000407][16][src/big][send][][2026/11/22-17:21:48][2026/11/22 17:23:30]' +
      '[1234][5678][rwsr-sr-x][900150983cd24fb0d6963f7d28e17f72][%h][%a][%u][764][%P][%]';
    expect(new OutFormat(ALL).line(itemValues(file, sending, sent, context))).toBe(expected);
  });

  it('of a path that was deleted', () => {
    const expected =
      '[*deleting  ][extra/][][0][0][0][extra][del.][][1970/01/01-00:00:00][2026/11/22 17:23:30]' +
      '[0][0][---------][                                ][%h][%a][%u][764][%P][%]';
    const line = new OutFormat(ALL).line(deletionValues('extra', true, context));
    const local = new Date(0);
    const epoch = `${local.getFullYear()}/${String(local.getMonth() + 1).padStart(2, '0')}/`;
    expect(line.replace(/\[(1970|1969)\/[^\]]*\]/, '[1970/01/01-00:00:00]')).toBe(expected);
    expect(line).toContain(`[${epoch}`);
  });
});

describe('where something leads', () => {
  const lead = (entry: FileEntry, item: Item) => itemValues(entry, item, undefined, context).text('L');

  it('is said of symlinks', () => {
    const link = { ...file, mode: 0o120_777, linkTarget: 'a.txt' };
    expect(lead(link, { index: 1, flags: itemFlags.localChange })).toBe(' -> a.txt');
  });

  it('is said of hard links', () => {
    const flags = itemFlags.localChange | itemFlags.nameFollows;
    expect(lead(file, { index: 1, flags, name: Buffer.from('q/new') })).toBe(' => q/new');
    expect(lead(file, { index: 1, flags, name: Buffer.alloc(0) })).toBe('');
  });

  it('is not said of a file whose basis has another name', () => {
    const flags = itemFlags.transfer | itemFlags.nameFollows;
    expect(lead(file, { index: 1, flags, name: Buffer.from('old.bin') })).toBe('');
  });
});

describe('the sum of a file', () => {
  const sum = (entry: FileEntry, item: Item, known: typeof sent | undefined, of: Partial<LineContext> = {}) =>
    itemValues(entry, item, known, { ...context, ...of }).text('C');

  it('is written with the high byte first for xxHash', () => {
    const xxh64 = { ...terms, transferChecksum: 'xxh64' as const };
    const checksum = Buffer.from('990977adf52cbc44', 'hex');
    expect(sum(file, sending, { ...sent, checksum }, { terms: xxh64 })).toBe('44bc2cf5ad770999');
  });

  it('is that of the list with --checksum', () => {
    const listed = { ...file, checksum: Buffer.alloc(16, 0xab) };
    const unchanged = { index: 1, flags: itemFlags.reportPerms };
    expect(sum(listed, unchanged, undefined, { checksum: true })).toBe('ab'.repeat(16));
  });

  it('is zero where a dry run would send', () => {
    expect(sum(file, sending, undefined)).toBe('0'.repeat(32));
  });

  it('is blank where there is none, or a salted one', () => {
    expect(sum({ ...file, mode: 0o040_755 }, { index: 1, flags: 0 }, undefined)).toBe(' '.repeat(32));
    expect(itemValues(file, sending, { ...sent, checksum: undefined }, context).text('C')).toBe(
      ' '.repeat(32),
    );
  });
});

it.each([
  [0o100_644, 'rw-r--r--'],
  [0o106_755, 'rwsr-sr-x'],
  [0o106_644, 'rwSr-Sr--'],
  [0o041_777, 'rwxrwxrwt'],
  [0o041_776, 'rwxrwxrwT'],
  [0, '---------'],
])('shows mode %o as %s', (mode, expected) => {
  expect(itemValues({ ...file, mode }, sending, undefined, context).text('B')).toBe(expected);
});

it('shows a folder with a slash, and absolute names with --relative', () => {
  const paths = new SourcePaths(['/tmp/x'], { relative: true, hasList: false, folder: '/home' });
  expect(shownName({ ...file, name: 'tmp', mode: 0o040_755 }, context)).toBe('tmp/');
  expect(shownName({ ...file, name: 'tmp', mode: 0o040_755 }, { paths })).toBe('/tmp/');
  expect(shownName({ ...file, name: '.', mode: 0o040_755 }, { paths })).toBe('./');
});
