import { spawnSync } from 'node:child_process';
import {
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
import { UsageError } from '../../../src/protocol/errors.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { LocalTree, type LocalTreeOptions } from '../../../src/protocol/trees/local-tree.ts';
import { atOnce } from '../../support/at-once.ts';
import { writeTree } from '../../support/disk-tree.ts';
import { symlink } from '../../support/memory-tree.ts';

/* What a tree lists for which arguments is compared with the real client in test/rsync/local-tree.test.ts. */

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-tree-')));
});

afterEach(() => rmSync(folder, { recursive: true }));

const OPTIONS = { recursive: true, dirs: true, relative: false, hardLinks: false, atimes: false };

function treeOf(source = `${folder}/`, options: Partial<LocalTreeOptions> = {}): LocalTree {
  return new LocalTree([source], { ...OPTIONS, ...options });
}

const byName = (entries: readonly FileEntry[]) => new Map(entries.map((entry) => [entry.name, entry]));

describe('a local tree', () => {
  it('tells of each entry what travels', () => {
    writeTree(folder, { f: 'hello', sub: { deep: {} }, link: symlink('f') });
    utimesSync(join(folder, 'f'), 1, 1_600_000_000.5);
    const listed = byName(atOnce(treeOf().roots()).entries);
    expect([...listed.keys()].sort()).toEqual(['.', 'f', 'link', 'sub']);
    expect(listed.get('f')).toMatchObject({ size: 5, mtime: 1_600_000_000, mtimeNs: 500_000_000 });
    expect(listed.get('link')).toMatchObject({ linkTarget: 'f', size: 1 });
    expect(listed.get('.')).toMatchObject({ contents: 'root' });
    expect(listed.get('sub')).toMatchObject({ contents: 'listed' });
    expect(listed.get('f')?.contents).toBeUndefined();
  });

  it('rounds times before 1970 down', () => {
    writeFileSync(join(folder, 'f'), '');
    spawnSync('touch', ['-d', '@-1.25', join(folder, 'f')]);
    expect(byName(atOnce(treeOf().roots()).entries).get('f')).toMatchObject({
      mtime: -2,
      mtimeNs: 750_000_000,
    });
  });

  it('gives the names of one file the same inode, where links are kept', () => {
    writeTree(folder, { a: 'x', c: 'x' });
    linkSync(join(folder, 'a'), join(folder, 'b'));
    const kept = byName(atOnce(treeOf(undefined, { hardLinks: true }).roots()).entries);
    expect(kept.get('a')?.inode).toBeDefined();
    expect(kept.get('a')?.inode).toEqual(kept.get('b')?.inode);
    expect(kept.get('c')?.inode).toBeUndefined();
    expect(byName(atOnce(treeOf().roots()).entries).get('a')?.inode).toBeUndefined();
  });

  it('tells when a file was read, where that is kept', () => {
    writeFileSync(join(folder, 'f'), '');
    utimesSync(join(folder, 'f'), 1_500_000_000, 2);
    const listed = byName(atOnce(treeOf(undefined, { atimes: true }).roots()).entries);
    expect(listed.get('f')?.atime).toBe(1_500_000_000);
    expect(listed.get('.')?.atime).toBeUndefined();
  });

  it('knows the numbers of a device', () => {
    const tree = treeOf('/dev/null');
    expect(atOnce(tree.roots()).entries).toMatchObject([
      { name: 'null', device: { major: 1, minor: 3 }, size: 0 },
    ]);
  });

  it('merges folders of one name that come from several sources', () => {
    writeTree(folder, { one: { d: { a: '1', same: '1' } }, two: { d: { b: '2', same: '22' }, f: '2' } });
    const tree = new LocalTree([`${folder}/one/d`, `${folder}/two/`], OPTIONS);
    const roots = byName(atOnce(tree.roots()).entries);
    const d = roots.get('d');
    if (d === undefined) throw new Error('d is not listed');
    const merged = byName(atOnce(tree.children(d)).entries);
    expect([...merged.keys()].sort()).toEqual(['d/a', 'd/b', 'd/same']);
    const same = merged.get('d/same');
    if (same === undefined) throw new Error('d/same is not listed');
    const file = tree.open(same);
    expect(file.size).toBe(1);
    file.close();
    tree.close();
  });

  it('reports a folder that has vanished since it was listed', () => {
    writeTree(folder, { sub: { f: 'x' } });
    const tree = treeOf();
    const sub = byName(atOnce(tree.roots()).entries).get('sub');
    rmSync(join(folder, 'sub'), { recursive: true });
    const { entries, problems } = atOnce(tree.children(sub as FileEntry));
    expect(entries).toEqual([]);
    expect(problems).toMatchObject([{ path: 'sub', doing: 'readdir', kind: 'vanished' }]);
  });

  it('is what it was named, also from below a symlink', () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/f'), 'x');
    symlinkSync('real', join(folder, 'way'));
    const tree = treeOf(`${folder}/way/f`);
    const [entry] = atOnce(tree.roots()).entries;
    expect(entry?.name).toBe('f');
    tree.open(entry as FileEntry).close();
    tree.close();
  });

  it('refuses an empty source', () => {
    expect(() => treeOf('')).toThrow(UsageError);
  });
});
