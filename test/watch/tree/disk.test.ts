import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemPath } from '../../../src/protocol/internal.ts';
import { fileKey, isUnchanged, LocalDisk } from '../../../src/watch/tree/disk.ts';
import { found, missing } from '../../support/found.ts';

const GBK = '\udcd6\udcd0';
let root: string;
let disk: LocalDisk;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-disk-')));
  disk = new LocalDisk(root);
});

afterEach(() => rmSync(root, { recursive: true }));

describe('a look at a path', () => {
  it('tells files, folders, symlinks and nothing apart', () => {
    writeFileSync(join(root, 'file'), 'text');
    mkdirSync(join(root, 'folder'));
    symlinkSync('folder', join(root, 'link'));
    expect(disk.look('file')).toMatchObject({ kind: 'file', isRegular: true, size: 4, links: 1 });
    expect(disk.look('folder')).toMatchObject({ kind: 'folder', isRegular: false });
    expect(disk.look('link')).toMatchObject({ kind: 'file', isSymlink: true, isRegular: false });
    expect(disk.look('.')).toMatchObject({ kind: 'folder' });
    expect([disk.look('nothing'), disk.look('file/below')]).toEqual([missing, missing]);
  });

  it('says so when it cannot tell', () => {
    expect(disk.look('x'.repeat(300))).toMatchObject({ kind: 'unknown', cause: { code: 'ENAMETOOLONG' } });
  });

  it.runIf(process.platform === 'linux')('takes names of any bytes', () => {
    writeFileSync(systemPath(join(root, GBK)), '');
    mkdirSync(join(root, 'folder'));
    expect(disk.look(GBK)).toMatchObject({ kind: 'file' });
    expect(disk.names('.')).toEqual({ folders: ['folder'], byteNames: [GBK] });
    expect(disk.allNames('.').sort()).toEqual(['folder', GBK].sort());
  });

  it('knows the names in no folder that it cannot read', () => {
    expect([disk.names('nowhere'), disk.allNames('nowhere')]).toEqual([undefined, []]);
  });

  it('knows a file by all its names', () => {
    writeFileSync(join(root, 'a'), '');
    linkSync(join(root, 'a'), join(root, 'b'));
    const [a, b] = [disk.look('a'), disk.look('b')];
    if (a.kind !== 'file' || b.kind !== 'file') expect.unreachable();
    else expect([fileKey(a), a.links]).toEqual([fileKey(b), 2]);
  });
});

describe('two looks', () => {
  it('differ after whatever is done to a file', () => {
    const file = join(root, 'file');
    const deeds = [
      () => writeFileSync(file, 'longer'),
      () => chmodSync(file, 0o600),
      () => utimesSync(file, 1, 1),
      () => rmSync(file),
      () => writeFileSync(file, 'another'),
    ];
    writeFileSync(file, 'x');
    for (const deed of deeds) {
      const before = disk.look('file');
      expect(isUnchanged(before, disk.look('file'))).toBe(true);
      deed();
      expect(isUnchanged(before, disk.look('file'))).toBe(false);
    }
  });

  it('differ if only one of them could tell', () => {
    const unknown = { kind: 'unknown', cause: new Error('EIO') } as const;
    expect(isUnchanged(unknown, unknown)).toBe(false);
    expect(isUnchanged(found('file'), unknown)).toBe(false);
    expect([isUnchanged(missing, missing), isUnchanged(missing, found('file'))]).toEqual([true, false]);
  });
});
