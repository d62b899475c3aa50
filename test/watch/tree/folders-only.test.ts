import type { Stats } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Found } from '../../../src/watch/tree/disk.ts';
import { FoldersOnly } from '../../../src/watch/tree/folders-only.ts';

const folder = { isDirectory: () => true } as Stats;
const file = { isDirectory: () => false } as Stats;

let disk: Map<string, Found['kind']>;
let watched: string[];
let folders: FoldersOnly;

beforeEach(() => {
  disk = new Map();
  watched = [];
  folders = new FoldersOnly({
    root: '/tree',
    look: (path) => disk.get(path) ?? 'missing',
    isWanted: (path) => !path.endsWith('/unwanted'),
    watched: () => watched,
  });
});

/** What is asked about something new: by its path alone, and then with what is there. */
function meets(path: string, kind: 'folder' | 'file'): boolean {
  disk.set(path, kind);
  return !folders.ignores(path, undefined) && !folders.ignores(path, kind === 'folder' ? folder : file);
}

describe('chokidar is asked to leave alone', () => {
  it('files, before it looks at them and after', () => {
    disk.set('/tree/a', 'file');
    expect(folders.ignores('/tree/a', undefined)).toBe(true);
    expect(folders.ignores('/tree/a', file)).toBe(true);
  });

  it('what is gone, unless it was a folder that it knows', () => {
    expect(meets('/tree/d', 'folder')).toBe(true);
    disk.clear();
    expect(folders.ignores('/tree/a', undefined)).toBe(true);
    expect(folders.ignores('/tree/d', undefined)).toBe(false);
  });

  it('folders that are not wanted', () => {
    disk.set('/tree/unwanted', 'folder');
    expect(folders.ignores('/tree/unwanted', undefined)).toBe(true);
    expect(folders.ignores('/tree/unwanted', folder)).toBe(true);
  });
});

describe('chokidar gets to know', () => {
  it('folders', () => {
    expect(meets('/tree/d', 'folder')).toBe(true);
  });

  it('the root, whatever has become of it', () => {
    expect(folders.ignores('/tree', undefined)).toBe(false);
    expect(folders.ignores('/tree', file)).toBe(false);
  });

  it('what cannot be looked at', () => {
    disk.set('/tree/d', 'unknown');
    expect(folders.ignores('/tree/d', undefined)).toBe(false);
  });

  it('that something else is in the place of a folder', () => {
    meets('/tree/d', 'folder');
    disk.set('/tree/d', 'file');
    expect(folders.ignores('/tree/d', undefined)).toBe(false);
    folders.forget('/tree/d');
    expect(folders.ignores('/tree/d', undefined)).toBe(true);
  });
});

it('of folders that were gone before chokidar knew them, few are remembered', () => {
  watched = ['/tree/d'];
  meets('/tree/d', 'folder');
  for (let i = 0; i < 10_000; i++) meets(`/tree/${i}`, 'folder');
  disk.clear();
  const remembered = [...Array(10_000).keys()].filter((i) => !folders.ignores(`/tree/${i}`, undefined));
  expect(remembered.length).toBeLessThan(2000);
  expect(folders.ignores('/tree/d', undefined)).toBe(false);
});
