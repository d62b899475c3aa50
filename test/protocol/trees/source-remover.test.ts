import {
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';
import { LinkError } from '../../../src/protocol/trees/origin.ts';
import { ChangedError } from '../../../src/protocol/trees/source-remover.ts';
import { listAll } from '../../support/compared-lists.ts';

let folder: string;
let tree: LocalTree;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-remove-')));
  mkdirSync(join(folder, 'src/sub'), { recursive: true });
  mkdirSync(join(folder, 'other/sub'), { recursive: true });
  for (const path of ['src/file', 'src/sub/deep', 'other/sub/deep'])
    writeFileSync(join(folder, path), 'text');
  for (const path of ['src/sub/deep', 'other/sub/deep']) utimesSync(join(folder, path), 1e9, 1e9);
  symlinkSync('file', join(folder, 'src/link'));
});

afterEach(() => {
  tree.close();
  rmSync(folder, { recursive: true });
});

function replace(path: string, make: () => void): void {
  rmSync(path);
  make();
}

/** Lists the source anew and picks one entry. */
function entry(name: string, wishes: { copyLinks?: boolean } = {}): FileEntry {
  const kept = { hardLinks: false, atimes: false, recursive: true, dirs: true, relative: false };
  tree = new LocalTree([join(folder, 'src/')], { ...kept, ...wishes });
  const found = listAll(tree).entries.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not listed`);
  return found;
}

describe('a source file that has arrived', () => {
  it('is removed, and so is a symlink, but not what it leads to', () => {
    const entries = [entry('sub/deep'), entry('link')];
    expect(entries.map((one) => tree.remove(one))).toEqual([true, true]);
    expect(readdirSync(join(folder, 'src'), { recursive: true }).sort()).toEqual(['file', 'sub']);
  });

  it('may be gone already, with or without its folder', () => {
    const deep = entry('sub/deep');
    rmSync(join(folder, 'src/sub/deep'));
    expect(tree.remove(deep)).toBe(false);
    rmSync(join(folder, 'src/sub'), { recursive: true });
    expect(tree.remove(entry('file'))).toBe(true);
    expect(tree.remove(deep)).toBe(false);
  });

  it.each<readonly [string, (path: string) => void]>([
    ['longer', (path) => writeFileSync(path, 'longer text')],
    ['newer by a nanosecond fraction', (path) => utimesSync(path, 1e9, 1e9 + 0.000_001)],
    ['a folder', (path) => replace(path, () => mkdirSync(path))],
    ['a symlink', (path) => replace(path, () => symlinkSync('text', path))],
    [
      'a symlink of the same size and time',
      (path) =>
        replace(path, () => {
          symlinkSync('text', path);
          lutimesSync(path, 1e9, 1e9);
        }),
    ],
  ])('stays if it is %s by now', (_what, change) => {
    const deep = entry('sub/deep');
    change(join(folder, 'src/sub/deep'));
    expect(() => tree.remove(deep)).toThrow(ChangedError);
    expect(readdirSync(join(folder, 'src/sub'))).toEqual(['deep']);
  });

  it.each(['src', 'src/sub'])('is not looked for behind a symlink that has taken the place of %s', (path) => {
    const deep = entry('sub/deep');
    renameSync(join(folder, path), join(folder, 'away'));
    symlinkSync(join(folder, path.replace('src', 'other')), join(folder, path));
    expect(() => tree.remove(deep)).toThrow(/has become a way to|ENOTDIR/);
    expect(readdirSync(join(folder, 'other/sub'))).toEqual(['deep']);
  });

  it('keeps its other names', () => {
    linkSync(join(folder, 'src/file'), join(folder, 'other/name'));
    expect(tree.remove(entry('file'))).toBe(true);
    expect(existsSync(join(folder, 'other/name'))).toBe(true);
  });

  it('is a link where links are followed: the link goes, the referent stays', () => {
    expect(tree.remove(entry('link', { copyLinks: true }))).toBe(true);
    expect(readdirSync(join(folder, 'src')).sort()).toEqual(['file', 'sub']);
  });

  it('stays as a link if its referent has changed, and counts as gone if that is gone', () => {
    const link = entry('link', { copyLinks: true });
    writeFileSync(join(folder, 'src/file'), 'other text');
    expect(() => tree.remove(link)).toThrow(ChangedError);
    rmSync(join(folder, 'src/file'));
    expect(tree.remove(link)).toBe(false);
    expect(readdirSync(join(folder, 'src')).sort()).toEqual(['link', 'sub']);
  });

  it('stays where it lies behind a link that leads away, as with rsync', () => {
    mkdirSync(join(folder, 'src/home'));
    for (const [name, target] of [
      ['in', 'sub'],
      ['away', '../other/sub'],
      ['home/over', '../sub'],
      ['home/file', '../file'],
    ] as const)
      symlinkSync(target, join(folder, 'src', name));
    for (const name of ['away/deep', 'home/over/deep']) {
      const behind = entry(name, { copyLinks: true });
      expect(() => tree.remove(behind), name).toThrow(LinkError);
    }
    expect(tree.remove(entry('home/file', { copyLinks: true }))).toBe(true);
    expect(tree.remove(entry('in/deep', { copyLinks: true }))).toBe(true);
    expect(readdirSync(join(folder, 'src/home'))).toEqual(['over']);
    expect(readdirSync(join(folder, 'src/sub'))).toEqual([]);
    expect(readdirSync(join(folder, 'other/sub'))).toEqual(['deep']);
  });
});
