import { describe, expect, it } from 'vitest';
import { ProtocolError, UsageError } from '../../../src/protocol/errors.ts';
import { resolveOptions } from '../../../src/protocol/options/resolve-options.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';

describe('what follows from options', () => {
  it.each<[string, TransferOptions, TransferOptions]>([
    [
      'a list of names keeps paths and folders',
      { filesFrom: '-' },
      { relative: true, dirs: true, recursive: false },
    ],
    [
      'unless that is unwanted',
      { filesFrom: '-', relative: false, dirs: false },
      { relative: false, dirs: false },
    ],
    ['recursion sends folders', { recursive: true, dirs: false }, { dirs: true }],
    ['a listing shows folders', { listOnly: true }, { dirs: true }],
    ['what is left out is deleted', { deleteExcluded: true, dirs: true }, { delete: 'default' }],
    ['appending writes in place', { append: 'verify' }, { inplace: true }],
    ['so does writing into devices', { writeDevices: true, inplace: false }, { inplace: true }],
    ['delayed files wait in a folder', { delayUpdates: true }, { partialDir: '.~tmp~', partial: true }],
    ['or in another one', { delayUpdates: true, partialDir: 'a/./b/../c//' }, { partialDir: 'a/c' }],
    ['a folder for parts keeps parts', { partialDir: '/x/../../y' }, { partialDir: '/y', partial: true }],
    [
      'but not the destination itself',
      { partialDir: 'x/..', delayUpdates: true },
      { partial: true, delayUpdates: false },
    ],
    ['and never what is above it', { partialDir: '../../x' }, { partialDir: '../../x' }],
    ['backups beside files change folders', { backup: true }, { omitDirTimes: true, suffix: '~' }],
    [
      'backups elsewhere do not',
      { backupDir: '././b/' },
      { backup: true, backupDir: 'b/', suffix: '', omitDirTimes: false },
    ],
    [
      'a backup folder may be none',
      { backupDir: './', suffix: 'x' },
      { backup: true, omitDirTimes: true, suffix: 'x' },
    ],
    ['maps need what they map', { usermap: ['a:b'], groupmap: ['c:d'] }, { owner: true, group: true }],
    ['unless that is unwanted', { usermap: ['a:b'], owner: false }, { owner: false }],
    ['access times read twice stay as they are', { atimes: 2 }, { openNoatime: true }],
    ['an algorithm compresses', { compressChoice: 'zstd' }, { compress: true }],
    ['but not that one', { compressChoice: 'none', compress: true }, { compress: false }],
    ['a level compresses', { compress: false, compressLevel: 3 }, { compress: true }],
    ['no compression is none', { compress: false, compressChoice: 'zlib' }, { compress: false }],
    ['without sums no block matches', { checksumChoice: 'none,md5', wholeFile: false }, { wholeFile: true }],
    ['sums of the list do not matter', { checksumChoice: 'md5,none' }, { wholeFile: false }],
  ])('%s', (_, given, expected) => {
    expect(resolveOptions(given)).toMatchObject(expected);
  });

  it('leaves out what there is not', () => {
    const {
      partialDir,
      backupDir,
      delete: moment,
    } = resolveOptions({ partialDir: '.', backupDir: '.', suffix: 'x' });
    expect({ partialDir, backupDir, moment }).toEqual({});
  });
});

describe('contradictions', () => {
  it.each<[string, TransferOptions]>([
    ['--append cannot be used with --whole-file', { append: 'append', wholeFile: true }],
    ['--append cannot be used with --partial-dir', { append: 'verify', partialDir: 'x' }],
    ['--inplace cannot be used with --delay-updates', { inplace: true, delayUpdates: true }],
    ['--inplace cannot be used with --partial-dir', { writeDevices: true, partialDir: 'x' }],
    ['--compare-dest cannot be used with --link-dest', { compareDest: ['a'], linkDest: ['b'] }],
    ['--compare-dest cannot be used with --copy-dest', { compareDest: ['a'], copyDest: ['b'] }],
    ['--copy-dest cannot be used with --link-dest', { copyDest: ['a'], linkDest: ['b'] }],
    ['--link-dest: 21 folders are more than 20', { linkDest: Array.from({ length: 21 }, () => 'x') }],
    ['--delete needs --recursive (-r) or --dirs (-d)', { delete: 'after' }],
    ['--block-size: 131073 is not in [0, 131072]', { blockSize: 131_073 }],
    ['--block-size: 536870913 is not in [0, 536870912]', { blockSize: 536_870_913, protocol: 29 }],
    ["--suffix: 'a/b' must not contain a slash", { suffix: 'a/b' }],
    ['--suffix must not be empty', { suffix: '' }],
    ['--suffix must not be empty', { backupDir: '' }],
  ])('are refused: %s', (message, options) => {
    expect(() => resolveOptions(options)).toThrow(UsageError);
    expect(() => resolveOptions(options)).toThrow(message);
  });

  it('with the protocol are refused', () => {
    expect(() => resolveOptions({ protocol: 26 })).toThrow(ProtocolError);
    expect(resolveOptions({ protocol: 29, blockSize: 131_073 }).blockSize).toBe(131_073);
  });
});
