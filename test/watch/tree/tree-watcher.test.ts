import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ByteNames } from '../../../src/watch/tree/byte-names.ts';
import { LocalDisk } from '../../../src/watch/tree/disk.ts';
import { TreeWatcher } from '../../../src/watch/tree/tree-watcher.ts';

let root: string;
/** Each with a mark in front if it is an echo. */
let hints: string[];
let troubles: Error[];
let watcher: TreeWatcher;
let disk: LocalDisk;
/** What throws an error, and how often. */
let faults: Record<string, number>;

function passing<T>(what: string, call: () => T): T {
  const times = faults[what] ?? 0;
  faults[what] = times - 1;
  if (times > 0) throw new Error(what);
  return call();
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-tree-')));
  [hints, troubles, faults] = [[], [], {}];
  disk = new LocalDisk(root);
  watcher = new TreeWatcher({
    disk,
    byteNames: new ByteNames(disk),
    isWanted: (folder) => passing(`wanted ${folder}`, () => true),
    isMountedLate: () => false,
    onHint: (path, isEcho) => passing(path, () => hints.push(isEcho ? `~${path}` : path)),
    onDenied: () => {},
    onUnwatched: () => {},
    isLookedAt: () => false,
    onTrouble: (error) => troubles.push(error),
  });
});

afterEach(async () => {
  await watcher.stop();
  rmSync(root, { recursive: true });
  expect(troubles).toEqual([]);
});

const at = (path: string) => join(root, path);
const tells = (path: string) => expect.poll(() => hints, { interval: 2 }).toContain(path);

/** All that was told of before is forgotten. */
async function tellsAnew(path: string, change: () => void): Promise<void> {
  hints.length = 0;
  change();
  await tells(path);
}

/** Resolves when chokidar watches a folder itself. */
async function isWatched(folder: string): Promise<void> {
  let round = 0;
  await expect
    .poll(
      () => {
        round += 1;
        writeFileSync(at(`${folder}/probe`), `${round}`);
        return hints;
      },
      { interval: 5 },
    )
    .toContain(`${folder}/probe`);
}

describe('a watcher of a tree tells', () => {
  it('when a file comes, changes and goes', async () => {
    mkdirSync(at('d'));
    await watcher.start();
    for (const path of ['a', 'd/a']) {
      await tellsAnew(path, () => writeFileSync(at(path), 'x'));
      await tellsAnew(path, () => chmodSync(at(path), 0o600));
      await tellsAnew(path, () => rmSync(at(path)));
      await tellsAnew(path, () => symlinkSync('target', at(path)));
      await tellsAnew(path, () => rmSync(at(path)));
    }
  });

  it('when a file goes that was there before watching began', async () => {
    writeFileSync(at('a'), 'x');
    await watcher.start();
    await tellsAnew('a', () => rmSync(at('a')));
  });

  it('when a file goes that is named like its folder', async () => {
    mkdirSync(at('d'));
    writeFileSync(at('d/d'), 'x');
    await watcher.start();
    await tellsAnew('d/d', () => rmSync(at('d/d')));
    await tellsAnew('d/d', () => writeFileSync(at('d/d'), 'x'));
    await tellsAnew('d/d', () => renameSync(at('d/d'), at('moved')));
  });

  it.each(['file', 'folder'])(
    'what happens in a folder right after a %s went that was named like it',
    async (kind) => {
      const own = basename(root);
      const make = (path: string) => (kind === 'file' ? writeFileSync(at(path), 'x') : mkdirSync(at(path)));
      mkdirSync(at('d/e'), { recursive: true });
      for (const path of ['d/d', own]) make(path);
      await watcher.start();
      for (let i = 0; i < 40; i++) {
        for (const [namesake, other] of [
          ['d/d', `d/${i}`],
          [own, `${i}`],
        ] as const) {
          rmSync(at(namesake), { recursive: true });
          // chokidar takes that for the end of the folder, and begins to watch it anew some moments later.
          await delay(i % 8);
          await tellsAnew(other, () => writeFileSync(at(other), 'x'));
          await tellsAnew(namesake, () => make(namesake));
        }
      }
    },
  );

  it('of a folder, what happens in it, and when it goes', async () => {
    await watcher.start();
    await tellsAnew('~d', () => mkdirSync(at('d')));
    await isWatched('d');
    await tellsAnew('~d', () => rmSync(at('d'), { recursive: true }));
    await tellsAnew('~d', () => mkdirSync(at('d')));
    await isWatched('d');
  });

  it('of a folder in the place of a file in the place of a folder', async () => {
    mkdirSync(at('d'));
    await watcher.start();
    await tellsAnew('~d', () => rmSync(at('d'), { recursive: true }));
    await tellsAnew('d', () => writeFileSync(at('d'), 'x'));
    await tellsAnew('~d', () => {
      rmSync(at('d'));
      mkdirSync(at('d'));
    });
    await isWatched('d');
  });

  it('nothing of files twice', async () => {
    await watcher.start();
    await tellsAnew('~last', () => {
      for (let i = 0; i < 20; i++) writeFileSync(at(`${i}`), 'x');
      mkdirSync(at('last'));
    });
    expect(hints.filter((hint) => hint.startsWith('~'))).toEqual(['~last']);
    expect(hints).toContain('19');
  });
});

describe('an error that is thrown', () => {
  const told = () => troubles.splice(0).map(({ message }) => message);

  it('while a hint is told is told itself, and the next hint comes', async () => {
    await watcher.start();
    faults.a = 1;
    writeFileSync(at('a'), 'x');
    await expect.poll(() => troubles, { interval: 2 }).not.toEqual([]);
    expect(told()).toEqual(['a']);
    await tellsAnew('a', () => writeFileSync(at('a'), 'y'));
  });

  it('by the filter hides no folder', async () => {
    mkdirSync(at('d'));
    faults['wanted d'] = 1000;
    await watcher.start();
    await isWatched('d');
    faults = {};
    expect(new Set(told())).toEqual(new Set(['wanted d']));
  });
});
