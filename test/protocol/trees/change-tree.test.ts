import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { isDirectory } from '../../../src/protocol/file-list/file-mode.ts';
import { ChangeTree, type ChangeTreeOptions } from '../../../src/protocol/trees/change-tree.ts';
import { atOnce } from '../../support/at-once.ts';
import { writeTree } from '../../support/disk-tree.ts';
import { type PathsOfActions, treeChanges } from '../../support/tree-changes.ts';

/* What becomes of such a list at a real server is in test/server/push-changes.test.ts. */

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-changes-')));
  writeTree(folder, {
    a: { b: { c: 'c', other: '' }, d: '', e: { f: '' } },
    new: { x: { y: { z: '' } } },
    top: '',
    untouched: { u: '' },
  });
});

afterEach(() => rmSync(folder, { recursive: true }));

/** All that is listed, as `name` for files and `name contents` for folders, and the problems by path. */
function list(changes: PathsOfActions, options: Partial<ChangeTreeOptions> = {}) {
  const wishes = { hardLinks: false, atimes: false, ...options };
  const tree = new ChangeTree(folder, treeChanges(changes), wishes);
  const listed: FileEntry[] = [];
  const problems: string[] = [];
  const pending = [atOnce(tree.roots())];
  for (let listing = pending.pop(); listing !== undefined; listing = pending.pop()) {
    listed.push(...listing.entries);
    problems.push(...listing.problems.map(({ path, kind }) => `${path} ${kind}`));
    const folders = listing.entries.filter(({ mode, name }) => isDirectory(mode) && name !== '.');
    pending.push(...folders.map((entry) => atOnce(tree.children(entry))));
  }
  const names = listed.map(({ name, contents }) => (contents === undefined ? name : `${name} ${contents}`));
  return { names: names.sort(), problems, tree, listed };
}

describe('a list of changes', () => {
  it('has the root in any case, and nothing else where nothing has changed', () => {
    expect(list({}).names).toEqual(['. none']);
  });

  it('leads to a changed path through folders whose contents are not meant', () => {
    expect(list({ send: ['a/b/c'] }).names).toEqual(['. none', 'a none', 'a/b none', 'a/b/c']);
  });

  it('has a changed folder without its contents', () => {
    expect(list({ send: ['a'] }).names).toEqual(['. none', 'a none']);
  });

  it('has all of an added folder, and promises nothing about what else is in it', () => {
    expect(list({ 'send-tree': ['new'] }).names).toEqual([
      '. none',
      'new none',
      'new/x none',
      'new/x/y none',
      'new/x/y/z',
    ]);
  });

  it('promises the contents of a mirrored folder, all the way down', () => {
    expect(list({ mirror: ['a'] }).names).toEqual([
      '. none',
      'a listed',
      'a/b listed',
      'a/b/c',
      'a/b/other',
      'a/d',
      'a/e listed',
      'a/e/f',
    ]);
  });

  it('promises the contents of exactly those folders from which something is gone', () => {
    expect(list({ delete: ['a/b/old', 'older'] }).names).toEqual(['. listed', 'a none', 'a/b listed']);
    expect(list({ delete: ['a/old'], send: ['a/b/c'] }).names).toEqual([
      '. none',
      'a listed',
      'a/b none',
      'a/b/c',
    ]);
  });

  it('makes the root the top of a sweep where the receiver needs one', () => {
    expect(list({ delete: ['a/old'] }, { sweepsRoot: true }).names).toEqual(['. root', 'a listed']);
  });

  it('may hold changes inside what is sent whole', () => {
    expect(list({ 'send-tree': ['new'], send: ['new/x', 'top'] }).names).toContain('new/x/y/z');
  });

  it('leaves out and reports what is no longer there', () => {
    const { names, problems } = list({ send: ['a/b/gone', 'nowhere/f', 'top'] });
    expect(names).toEqual(['. none', 'a none', 'a/b none', 'top']);
    expect(problems.sort()).toEqual(['a/b/gone vanished', 'nowhere vanished']);
  });

  it('leaves out what cannot be below a file', () => {
    expect(list({ send: ['top/f'] })).toMatchObject({ names: ['. none'], problems: [] });
  });

  it('opens what it lists', () => {
    const { tree, listed } = list({ send: ['a/b/c'] });
    const entry = listed.find(({ name }) => name === 'a/b/c');
    const file = tree.open(entry as FileEntry);
    expect(file.size).toBe(1);
    file.close();
    tree.close();
  });

  it('is of a folder that is there', () => {
    rmSync(folder, { recursive: true });
    expect(() => list({})).toThrow(/^root: .*: there is no such file$/);
    writeTree(folder, {});
  });
});

describe('a symlink that is followed', () => {
  it('is listed as the folder that it leads to, and read from there', () => {
    symlinkSync('../../a', join(folder, 'new', 'x', 'link'));
    const { names, tree, listed } = list({ mirror: ['new/x/link'] }, { copyLinks: true });
    expect(names).toEqual([
      '. none',
      'new none',
      'new/x none',
      'new/x/link listed',
      'new/x/link/b listed',
      'new/x/link/b/c',
      'new/x/link/b/other',
      'new/x/link/d',
      'new/x/link/e listed',
      'new/x/link/e/f',
    ]);
    const entry = listed.find(({ name }) => name.endsWith('b/c'));
    if (entry === undefined) return expect.unreachable();
    const file = tree.open(entry);
    const content = Buffer.alloc(1);
    file.read(content, 0);
    file.close();
    tree.close();
    expect(content.toString()).toBe('c');
  });
});
