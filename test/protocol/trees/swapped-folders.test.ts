import type * as Fs from 'node:fs';
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
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { isDirectory } from '../../../src/protocol/file-list/file-mode.ts';
import type { SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import { ChangeTree } from '../../../src/protocol/trees/change-tree.ts';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';
import { treeChanges } from '../../support/tree-changes.ts';

/* What happens between two system calls: somebody else gets their turn in front of one of ours. */

type Call = 'realpathSync' | 'readdirSync' | 'lstatSync' | 'readlinkSync' | 'openSync';

const between = vi.hoisted(() => ({
  before: undefined as ((call: string) => void) | undefined,
  /** The disk does not tell upper from lower case, and the system knows this name by its upper case. */
  upperCase: undefined as string | undefined,
}));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  type Path = string | Buffer;
  const found = (path: Path) => {
    const { upperCase: name } = between;
    return name === undefined ? path : String(path).replaceAll(name.toUpperCase(), name);
  };
  const shown = (path: unknown) => {
    const { upperCase: name } = between;
    return name === undefined ? path : Buffer.from(String(path).replaceAll(name, name.toUpperCase()));
  };
  const watched = (name: string, call: (path: Path, ...others: unknown[]) => unknown) => {
    return (path: Path, ...others: unknown[]) => {
      between.before?.(name);
      return call(found(path), ...others);
    };
  };
  const native = watched('realpathSync', fs.realpathSync.native as never);
  const readlink = watched('readlinkSync', fs.readlinkSync as never);
  return {
    ...fs,
    readdirSync: watched('readdirSync', fs.readdirSync as never),
    lstatSync: watched('lstatSync', fs.lstatSync as never),
    openSync: watched('openSync', fs.openSync as never),
    statSync: watched('statSync', fs.statSync as never),
    readlinkSync: (path: Path, ...others: unknown[]) => {
      const target = readlink(path, ...others);
      return String(path).startsWith('/proc/') && String(target).startsWith('/') ? shown(target) : target;
    },
    realpathSync: Object.assign(watched('realpathSync', fs.realpathSync as never), {
      native: (path: Path, ...others: unknown[]) => shown(native(path, ...others)),
    }),
  };
});

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-swap-')));
  mkdirSync(join(folder, 'tree/a/b'), { recursive: true });
  mkdirSync(join(folder, 'foreign/b'), { recursive: true });
  for (const [path, name] of [
    ['tree/a', 'ours'],
    ['tree/a/b', 'deep'],
    ['foreign', 'secret'],
    ['foreign/b', 'deep secret'],
  ] as const) {
    writeFileSync(join(folder, path, name), '');
    writeFileSync(join(folder, path, 'both'), 'x'.repeat(path.startsWith('foreign') ? 99 : 1));
    symlinkSync(`to ${path}`, join(folder, path, 'link'));
  }
});

afterEach(() => {
  between.before = undefined;
  between.upperCase = undefined;
  rmSync(folder, { recursive: true });
});

const WISHES = { recursive: true, dirs: true, relative: false, hardLinks: false, atimes: false };

const trees: Readonly<Record<string, () => SourceTree & { close(): void }>> = {
  'a whole tree': () => new LocalTree([`${folder}/tree/`], WISHES),
  'a changed folder': () => new ChangeTree(`${folder}/tree`, treeChanges({ 'send-tree': ['a'] }), WISHES),
  'changed files': () =>
    new ChangeTree(
      `${folder}/tree`,
      treeChanges({ send: ['a/both', 'a/link', 'a/b/both', 'a/b/link'] }),
      WISHES,
    ),
};

/** All that is listed: names with sizes, targets of symlinks. */
async function list(tree: SourceTree & { close(): void }) {
  const entries: FileEntry[] = [];
  const problems: Problem[] = [];
  const pending = [await tree.roots()];
  for (let listing = pending.pop(); listing !== undefined; listing = pending.pop()) {
    entries.push(...listing.entries);
    problems.push(...listing.problems);
    for (const entry of listing.entries)
      if (isDirectory(entry.mode) && entry.name !== '.') pending.push(await tree.children(entry));
  }
  tree.close();
  return { entries, problems };
}

/** Swaps a folder for a symlink to a foreign one in front of the n-th call of a kind from now on. */
function swapBefore(call: Call, path: string, target: string, nth: number): void {
  let seen = 0;
  between.before = (name) => {
    if (name !== call) return;
    seen += 1;
    if (seen !== nth) return;
    between.before = undefined;
    renameSync(join(folder, path), join(folder, 'moved'));
    symlinkSync(join(folder, target), join(folder, path));
  };
}

const calls: readonly Call[] = ['realpathSync', 'readdirSync', 'lstatSync', 'readlinkSync', 'openSync'];

describe.each(Object.keys(trees))('%s', (kind) => {
  describe.each(calls)('with a folder swapped in front of a %s', (call) => {
    it.each([
      ['tree/a', 'foreign'],
      ['tree/a/b', 'foreign/b'],
    ])('shows nothing of a foreign folder: %s', async (path, target) => {
      for (let nth = 1; nth <= 25; nth += 1) {
        swapBefore(call, path, target, nth);
        const { entries, problems } = await list(newTree(kind));
        const isSwapped = between.before === undefined;
        between.before = undefined;
        const shown = entries.map(({ name, size, linkTarget = '' }) => `${name} ${size} ${linkTarget}`);
        expect(shown.filter((text) => /secret|to foreign| 99 /.test(text))).toEqual([]);
        // What is left out, but for a link in its place, is never called gone.
        expect(problems.filter((problem) => problem.kind === 'vanished')).toEqual([]);
        if (!isSwapped) break;
        rmSync(join(folder, path));
        renameSync(join(folder, 'moved'), join(folder, path));
      }
    });
  });

  it.each(['tree', 'b'])('is listed where the system knows a folder in upper case: %s', async (name) => {
    const plain = await list(newTree(kind));
    between.upperCase = `/${name}`;
    const { entries, problems } = await list(newTree(kind));
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.name)).toEqual(plain.entries.map((entry) => entry.name));
  });
});

function newTree(kind: string): SourceTree & { close(): void } {
  const create = trees[kind];
  if (create === undefined) throw new Error(`no tree is called ${kind}`);
  return create();
}
