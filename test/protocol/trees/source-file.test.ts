import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';
import { SourceOpener } from '../../../src/protocol/trees/source-file.ts';
import { atOnce } from '../../support/at-once.ts';

let folder: string;
let tree: LocalTree;

const WISHES = { recursive: true, dirs: true, relative: false, hardLinks: false, atimes: false };

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-open-')));
  mkdirSync(join(folder, 'tree/a/b'), { recursive: true });
  mkdirSync(join(folder, 'outside/b'), { recursive: true });
  writeFileSync(join(folder, 'tree/a/b/f'), 'ours');
  writeFileSync(join(folder, 'tree/a/g'), 'ours too');
  writeFileSync(join(folder, 'outside/b/f'), 'secret');
  writeFileSync(join(folder, 'outside/f'), 'secret');
  tree = new LocalTree([`${folder}/tree/`], WISHES);
});

afterEach(() => {
  tree.close();
  rmSync(folder, { recursive: true });
});

const at = (path: string) => join(folder, path);

/** The entry of a path, listed folder by folder as a push does. */
function list(path: string): FileEntry {
  let entries = atOnce(tree.roots()).entries;
  const components = path.split('/');
  for (let depth = 1; ; depth++) {
    const name = components.slice(0, depth).join('/');
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined) throw new Error(`${name} is not listed`);
    if (depth === components.length) return entry;
    entries = atOnce(tree.children(entry)).entries;
  }
}

function read(entry: FileEntry): string {
  const file = tree.open(entry);
  const bytes = Buffer.alloc(file.size);
  file.read(bytes, 0);
  file.close();
  return bytes.toString();
}

/** What opening gives: the content, or the code of the error. */
function outcome(entry: FileEntry): string {
  try {
    return read(entry);
  } catch (thrown) {
    return String((thrown as NodeJS.ErrnoException).code);
  }
}

describe('a file of the tree', () => {
  it('is opened with the size and time that it has now', () => {
    const entry = list('a/b/f');
    writeFileSync(at('tree/a/b/f'), 'changed');
    utimesSync(at('tree/a/b/f'), 1, 1_600_000_000.25);
    const file = tree.open(entry);
    expect(file).toMatchObject({ size: 7, mtime: 1_600_000_000, mtimeNs: 250_000_000 });
    file.close();
    expect(read(entry)).toBe('changed');
  });

  it('is read where it is asked for, and to its end', () => {
    const file = tree.open(list('a/b/f'));
    const into = Buffer.alloc(10, '.');
    expect([file.read(into, 2), file.read(into, 4), file.read(into, 100)]).toEqual([2, 0, 0]);
    expect(into.toString()).toBe('rs........');
    truncateSync(at('tree/a/b/f'), 1);
    expect([file.read(into, 0), file.read(into, 1)]).toEqual([1, 0]);
    file.close();
  });

  it('may have a name of any bytes', () => {
    const name = Buffer.from(`${folder}/tree/a/\xd6\xd0\n`, 'latin1');
    writeFileSync(name, 'gbk');
    expect(read(list('a/\udcd6\udcd0\n'))).toBe('gbk');
  });

  it('is opened again after its folder was replaced by another', () => {
    const entry = list('a/b/f');
    expect(read(entry)).toBe('ours');
    tree.close();
    rmSync(at('tree/a/b'), { recursive: true });
    mkdirSync(at('tree/a/b'));
    writeFileSync(at('tree/a/b/f'), 'new');
    expect(read(entry)).toBe('new');
  });

  it('leaves no descriptor behind, however opening ends', () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    const entry = list('a/b/f');
    read(entry);
    unlinkSync(at('tree/a/b/f'));
    mkdirSync(at('tree/a/b/f'));
    expect(outcome(entry)).toBe('EISDIR');
    rmSync(at('tree/a'), { recursive: true });
    symlinkSync(at('outside'), at('tree/a'));
    tree.close();
    expect(outcome(entry)).toBe('ELOOP');
    tree.close();
    expect(count()).toBe(before);
  });
});

describe('a path that was swapped between listing and opening', () => {
  it.each([
    ['the folder', 'a/b', 'outside/b', 'ENOTDIR'],
    ['a folder above', 'a', 'outside', 'ELOOP'],
    ['the top folder', '.', 'outside/deep', 'ELOOP'],
  ])('does not lead elsewhere: %s has become a symlink', (_name, swapped, target, code) => {
    mkdirSync(at('outside/deep/a/b'), { recursive: true });
    writeFileSync(at('outside/deep/a/b/f'), 'secret');
    const entry = list('a/b/f');
    const path = join(folder, 'tree', swapped);
    renameSync(path, at('moved'));
    symlinkSync(at(target), path);
    expect(outcome(entry)).toBe(code);
  });

  it('does not lead elsewhere: a symlink within the tree counts as elsewhere too', () => {
    const entry = list('a/b/f');
    renameSync(at('tree/a/b'), at('tree/a/c'));
    symlinkSync('c', at('tree/a/b'));
    expect(outcome(entry)).toBe('ENOTDIR');
  });

  it('does not lead elsewhere: the file has become a symlink', () => {
    const entry = list('a/b/f');
    unlinkSync(at('tree/a/b/f'));
    symlinkSync(at('outside/f'), at('tree/a/b/f'));
    expect(outcome(entry)).toBe('ELOOP');
  });

  it.each([
    ['the folder', 'tree/a/b', 'outside/b'],
    ['a folder above', 'tree/a', 'outside'],
  ])('is not listed either, neither what is below: %s', (_name, swapped, target) => {
    const entry = list('a/b');
    renameSync(at(swapped), at('moved'));
    symlinkSync(at(target), at(swapped));
    const { entries, problems } = atOnce(tree.children(entry));
    expect(entries).toEqual([]);
    expect(problems.map(({ path, kind }) => [path, kind])).toEqual([['a/b', 'failed']]);
  });

  it('is vanished if nothing is there any more', () => {
    const entry = list('a/b/f');
    rmSync(at('tree/a'), { recursive: true });
    expect(outcome(entry)).toBe('ENOENT');
    expect(atOnce(tree.children(list('.'))).entries).toEqual([]);
  });
});

describe("what somebody has put in a file's place", () => {
  it('is no file: a fifo, which nobody waits for', () => {
    const entry = list('a/b/f');
    unlinkSync(at('tree/a/b/f'));
    spawnSync('mkfifo', [at('tree/a/b/f')]);
    expect(outcome(entry)).toBe('ENOENT');
  });

  it('is no file, but not gone: a folder', () => {
    const entry = list('a/b/f');
    unlinkSync(at('tree/a/b/f'));
    mkdirSync(at('tree/a/b/f'));
    expect(outcome(entry)).toBe('EISDIR');
  });

  it('is no file: a socket', async () => {
    const entry = list('a/b/f');
    unlinkSync(at('tree/a/b/f'));
    const server = createServer().listen(at('tree/a/b/f'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(outcome(entry)).toBe('ENXIO');
    await new Promise((resolve) => server.close(resolve));
  });

  it('is no file: a device', () => {
    expect(() => new SourceOpener().open('/dev/null')).toThrow('no longer a regular file');
    expect(() => new SourceOpener().open('/dev/tty')).toThrow();
  });
});

describe('a file that may not be read', () => {
  it('is there, and an error', () => {
    const entry = list('a/b/f');
    chmodSync(at('tree/a/b/f'), 0o000);
    const seteuid = process.seteuid?.bind(process);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) chmodSync(folder, 0o755);
    if (isRoot) seteuid?.(65_534);
    try {
      expect(outcome(entry)).toBe('EACCES');
    } finally {
      if (isRoot) seteuid?.(0);
    }
  });
});
