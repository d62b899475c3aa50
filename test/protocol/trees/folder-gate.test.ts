import type * as Fs from 'node:fs';
import {
  closeSync,
  constants,
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
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderGate } from '../../../src/protocol/trees/folder-gate.ts';

const calls = vi.hoisted(() => ({ opened: 0, closed: 0, longest: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  return {
    ...fs,
    openSync: (...args: Parameters<typeof fs.openSync>) => {
      calls.opened += 1;
      calls.longest = Math.max(calls.longest, String(args[0]).length);
      return fs.openSync(...args);
    },
    closeSync: (descriptor: number) => {
      calls.closed += 1;
      fs.closeSync(descriptor);
    },
  };
});

let folder: string;
let gate: FolderGate;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-gate-')));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  mkdirSync(join(folder, 'foreign/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/ours'), 'ours');
  writeFileSync(join(folder, 'foreign/b/secret'), 'secret');
  Object.assign(calls, { opened: 0, closed: 0, longest: 0 });
});

afterEach(() => {
  gate.close();
  rmSync(folder, { recursive: true });
});

function swap(path: string, target: string): void {
  renameSync(join(folder, path), join(folder, 'moved'));
  symlinkSync(join(folder, target), join(folder, path));
}

const ways = [
  ['through descriptors', () => new FolderGate()],
  ['by paths, where there is no /proc', () => new FolderGate(join(folder, 'nowhere/fd'))],
  ['by paths, where something else is in the place of /proc', () => new FolderGate(folder)],
] as const;

describe.each(ways)('a folder that is entered %s', (_way, createGate) => {
  beforeEach(() => {
    gate = createGate();
  });

  it('shows what is in it', () => {
    symlinkSync('ours', join(folder, 'a/b/link'));
    const b = gate.enter(join(folder, 'a/b'));
    expect(b.names().sort()).toEqual(['link', 'ours']);
    expect(b.lstat('ours').size).toBe(4n);
    expect(b.lstat('.').isDirectory()).toBe(true);
    expect(b.readlink('link')).toBe('ours');
    expect(b.realPath('link')).toBe(join(folder, 'a/b/ours'));
    expect([b.leadsToFolder('.'), b.leadsToFolder('ours'), b.leadsToFolder('none')]).toEqual([
      true,
      false,
      false,
    ]);
    closeSync(b.open('ours', constants.O_RDONLY));
    b.confirm();
    b.unlink('link');
    expect(b.names()).toEqual(['ours']);
  });

  it('may be the root of the file system', () => {
    const root = gate.enter('');
    expect(root.names()).toContain('usr');
    expect(gate.at('/', (at, name) => [at.path, name])).toEqual(['', '.']);
    expect(gate.at('/usr', (at, name) => [at.path, name])).toEqual(['', 'usr']);
    expect(gate.at('/usr', (at, name) => at.lstat(name).isDirectory())).toBe(true);
  });

  it('tells of errors by the path that people know', () => {
    const b = gate.enter(join(folder, 'a/b'));
    for (const fail of [() => b.lstat('none'), () => b.open('none', constants.O_RDONLY)]) {
      expect(fail).toThrow(expect.objectContaining({ code: 'ENOENT', path: join(folder, 'a/b/none') }));
      expect(fail).toThrow(`'${join(folder, 'a/b/none')}'`);
    }
    expect(() => gate.enter(join(folder, 'none'))).toThrow(`'${join(folder, 'none')}'`);
  });

  it.each([
    ['itself', 'a/b', 'foreign/b', 'ENOTDIR'],
    ['above', 'a', 'foreign', 'ELOOP'],
  ])('is not one behind a symlink: %s', (_where, path, target, code) => {
    gate.enter(join(folder, 'a'));
    swap(path, target);
    const enter = () => gate.enter(join(folder, 'a/b'));
    expect(enter).toThrow(expect.objectContaining({ code }));
    expect(enter).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['itself', 'a/b', 'foreign/b'],
    ['above', 'a', 'foreign'],
  ])('shows nothing of another one that takes its place: %s', (_where, path, target) => {
    const b = gate.enter(join(folder, 'a/b'));
    swap(path, target);
    const looks = [
      () => b.names().join(),
      () => `${b.lstat('secret').size}`,
      () => `${b.open('secret', constants.O_RDONLY)}`,
    ];
    expect(looks.map((look) => shownBy(look)).filter((shown) => /secret|^\d/.test(shown))).toEqual([]);

    /** What counts only if the folder is still the same afterwards. */
    function shownBy(look: () => string): string {
      try {
        const shown = look();
        b.confirm();
        return shown;
      } catch (thrown) {
        return (thrown as Error).name;
      }
    }
  });

  it('is found anew after it was replaced', () => {
    gate.enter(join(folder, 'a/b'));
    rmSync(join(folder, 'a'), { recursive: true });
    mkdirSync(join(folder, 'a/c'), { recursive: true });
    expect(gate.enter(join(folder, 'a/c')).names()).toEqual([]);
  });

  it('is of no use after another one was entered', () => {
    const b = gate.enter(join(folder, 'a/b'));
    gate.enter(join(folder, 'foreign'));
    expect(() => b.names()).toThrow('has been left');
  });
});

describe('a deep tree', () => {
  const LEVELS = 1000;
  const way = '/d'.repeat(LEVELS);

  it('is walked with one step for each level, and few folders are held open', () => {
    gate = new FolderGate();
    mkdirSync(join(folder, way), { recursive: true });
    let held = 0;
    for (let depth = 1; depth <= LEVELS; depth += 1) {
      gate.enter(folder + '/d'.repeat(depth));
      held = Math.max(held, calls.opened - calls.closed);
    }
    expect(calls.opened).toBeLessThan(LEVELS + 20);
    expect(calls.longest).toBeLessThan(100);
    expect(held).toBeLessThan(12);
    gate.close();
    expect(calls.closed).toBe(calls.opened);
  });

  it('may be deeper than a path can be long', () => {
    gate = new FolderGate();
    const half = '/d'.repeat(1900);
    mkdirSync(join(folder, 'x', half), { recursive: true });
    mkdirSync(join(folder, 'y', half, 'end'), { recursive: true });
    renameSync(join(folder, 'y'), join(folder, 'x', half, 'y'));
    for (const name of ['', '/end']) {
      const { path } = gate.enter(join(folder, 'x', half, 'y', half) + name);
      expect(path.length).toBeGreaterThan(7600);
    }
    expect(gate.enter(join(folder, 'x', half, 'y', half)).names()).toEqual(['end']);
    renameSync(join(folder, 'x', half, 'y'), join(folder, 'y'));
  });
});
