import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry, Listing, SourceTree } from '../../../src/protocol/index.ts';
import { GuardedTree, TREE_MOVED } from '../../../src/watch/lanes/guarded-tree.ts';
import type { MountPlace } from '../../../src/watch/tree/mount-places.ts';
import type { WatchedRoot } from '../../../src/watch/tree/watched-root.ts';

let base: string;
let root: WatchedRoot;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-guarded-')));
  mkdirSync(join(base, 'vol', 'sub'), { recursive: true });
  root = { path: base, ...identityAt('.'), isLocalFileSystem: true };
});
afterEach(() => rmSync(base, { recursive: true }));

function identityAt(path: string) {
  const { dev, ino, birthtimeMs } = statSync(join(base, path));
  return { device: dev, inode: ino, bornMs: birthtimeMs };
}

function entry(name: string): FileEntry {
  return { name, mode: 0o40755, size: 0, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };
}

function place(state: MountPlace['state'], bornMs?: number): MountPlace {
  const identity = identityAt('vol');
  return { path: 'vol', ...identity, bornMs: bornMs ?? identity.bornMs, state, isKept: false };
}

/** A tree that lists these names, whatever folder it is asked for. */
function guarded(names: readonly string[], places: readonly MountPlace[]): GuardedTree {
  const listing: Listing = { entries: names.map(entry), problems: [] };
  const tree: SourceTree = {
    roots: () => listing,
    children: () => Promise.resolve(listing),
    open: () => ({ size: 0, mtime: 0, mtimeNs: 0, read: () => 0, close() {} }),
  };
  return new GuardedTree(tree, root, places);
}

function namesOf({ entries }: Listing): string[] {
  return entries.map(({ name }) => name);
}

const moved = expect.objectContaining({ code: TREE_MOVED });

describe('a guarded tree', () => {
  it('lists what there is while all is as it was', async () => {
    const tree = guarded(['.', 'vol'], [place('there')]);
    expect(namesOf(await tree.roots())).toEqual(['.', 'vol']);
    expect(namesOf(await tree.children(entry('vol')))).toEqual(['.', 'vol']);
  });

  it('stops when its root is another folder', async () => {
    root = { ...root, bornMs: 1 };
    expect(() => guarded([], []).roots()).toThrow(moved);
  });

  it('stops in what is no longer the file system that it was, and only there', async () => {
    const tree = guarded(['x'], [place('there', 1)]);
    await expect(tree.children(entry('vol/sub'))).rejects.toEqual(moved);
    await expect(tree.children(entry('volume'))).resolves.toBeDefined();
    renameSync(join(base, 'vol'), join(base, 'other'));
    await expect(tree.children(entry('vol'))).rejects.toEqual(moved);
  });

  it('leaves out what is away, and the contents of what is left alone', async () => {
    const names = ['.', 'a', 'vol', 'vol/sub', 'volume'];
    expect(namesOf(await guarded(names, [place('away')]).roots())).toEqual(['.', 'a', 'volume']);
    expect(namesOf(await guarded(names, [place('foreign')]).roots())).toEqual(['.', 'a', 'vol', 'volume']);
  });
});
