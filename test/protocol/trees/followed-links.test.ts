import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';
import { listAll } from '../../support/compared-lists.ts';

let folder: string;
let tree: LocalTree;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-follow-')));
  for (const path of ['src', 'real/sub', 'other']) mkdirSync(join(folder, path), { recursive: true });
  for (const path of ['real/file', 'real/sub/deep', 'other/file']) writeFileSync(join(folder, path), path);
  symlinkSync('../real', join(folder, 'src/folder'));
  symlinkSync('../real/file', join(folder, 'src/file'));
});

afterEach(() => {
  tree.close();
  rmSync(folder, { recursive: true });
});

function list() {
  tree = new LocalTree([join(folder, 'src/')], {
    hardLinks: false,
    atimes: false,
    copyLinks: true,
    recursive: true,
    dirs: true,
    relative: false,
  });
  const { entries, problems } = listAll(tree);
  const named = new Map(entries.map((entry) => [entry.name, entry]));
  const contentOf = (name: string) => {
    const entry = named.get(name);
    if (entry === undefined) throw new Error(`${name} is not listed`);
    const file = tree.open(entry);
    const bytes = Buffer.alloc(file.size);
    file.read(bytes, 0);
    file.close();
    return bytes.toString();
  };
  return { names: [...named.keys()].sort(), problems, contentOf };
}

describe('a symlink that is followed', () => {
  it('stands for what it leads to, file or folder', () => {
    const { names, contentOf } = list();
    expect(names).toEqual(['.', 'file', 'folder', 'folder/file', 'folder/sub', 'folder/sub/deep']);
    expect(contentOf('file')).toBe('real/file');
    expect(contentOf('folder/sub/deep')).toBe('real/sub/deep');
  });

  it('stands for what it led to when it was listed, wherever it leads by now', () => {
    const { contentOf } = list();
    rmSync(join(folder, 'src/file'));
    symlinkSync('/etc/passwd', join(folder, 'src/file'));
    rmSync(join(folder, 'src/folder'));
    symlinkSync('../other', join(folder, 'src/folder'));
    expect(contentOf('file')).toBe('real/file');
    expect(contentOf('folder/file')).toBe('real/file');
  });

  it('gives no way to what somebody puts in the place of its referent', () => {
    const { contentOf } = list();
    renameSync(join(folder, 'real'), join(folder, 'gone'));
    symlinkSync('other', join(folder, 'real'));
    expect(() => contentOf('file')).toThrow(/ENOTDIR|has become a way to/);
    expect(() => contentOf('folder/file')).toThrow(/ENOTDIR|has become a way to/);
  });

  it('is a problem if it leads nowhere, which no vanished file is', () => {
    symlinkSync('nowhere', join(folder, 'src/dangling'));
    expect(list().problems).toMatchObject([
      { path: 'dangling', doing: 'stat', kind: 'failed', cause: { code: 'ENOENT' } },
    ]);
  });

  it('is a problem if it leads to itself', () => {
    symlinkSync('loop', join(folder, 'src/loop'));
    expect(list().problems).toMatchObject([
      { path: 'loop', doing: 'lstat', kind: 'failed', cause: { code: 'ELOOP' } },
    ]);
  });

  it('is followed forty times in a circle, as far as a kernel goes', () => {
    rmSync(join(folder, 'src/folder'));
    symlinkSync('.', join(folder, 'src/round'));
    const { names, problems } = list();
    const deepest = Array(41).fill('round').join('/');
    expect(names.filter((name) => name.endsWith('round'))).toHaveLength(41);
    expect(names.filter((name) => name.endsWith('file'))).toHaveLength(41);
    expect(names).toContain(deepest);
    expect(problems).toMatchObject([{ path: deepest, doing: 'readdir', cause: { code: 'ELOOP' } }]);
  });

  it('may lead through names that are not UTF-8', () => {
    mkdirSync(Buffer.from(`${folder}/\xd6\xd0`, 'latin1'));
    writeFileSync(Buffer.from(`${folder}/\xd6\xd0/\xce\xc4`, 'latin1'), 'gbk');
    symlinkSync(Buffer.from('../\xd6\xd0', 'latin1'), join(folder, 'src/gbk'));
    expect(list().contentOf('gbk/\udcce\udcc4')).toBe('gbk');
  });
});
