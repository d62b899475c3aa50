import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lutimesSync,
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/protocol/errors.ts';
import type { FileEntry } from '../../src/protocol/file-list/file-entry.ts';
import { LocalTree } from '../../src/protocol/trees/local-tree.ts';
import { comparable, errorOf, exitCodeFor, listAll, merged } from '../support/compared-lists.ts';
import { recordClientList } from '../support/list-recorder.ts';
import { isRoot } from '../support/rights.ts';

const NOBODY = 65_534;
const cwd = process.cwd();
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-list-')));
  chmodSync(folder, 0o755);
  process.chdir(folder);
  for (const path of ['dir/sub', 'dir/empty', 'other/dir/sub', 'other/dir2', 'p/q/r']) {
    mkdirSync(path, { recursive: true });
  }
  const files = [
    'a.txt',
    'b.txt',
    'dir/f',
    'dir/sub/g',
    'other/dir/f',
    'other/dir/sub/h',
    'other/a.txt',
    'p/q/f1',
  ];
  for (const path of [...files, 'p/q/r/x', 'p/side', 'dir/+plus', 'dir/sp ace', 'dir/-dash', 'dir/中']) {
    writeFileSync(path, path);
  }
  writeFileSync(Buffer.from(`${folder}/dir/\xd6\xd0`, 'latin1'), 'gbk');
  symlinkSync('a.txt', 'link');
  symlinkSync('dir', 'dlink');
  symlinkSync('nowhere', 'broken');
  symlinkSync('../a.txt', 'dir/up');
  symlinkSync(Buffer.from('\xff\xfe', 'latin1'), 'dir/odd');
  symlinkSync('p', 'plink');
  symlinkSync('q', 'p/qlink');
  symlinkSync('../other', 'dir/elsewhere');
  linkSync('a.txt', 'other/hard');
  spawnSync('mkfifo', ['dir/fifo']);
  spawnSync('touch', ['-d', '@-1.25', 'dir/f']);
  utimesSync('p/q', 1, 2);
  lutimesSync('link', 5, 2 ** 32 + 0.5);
});

afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

interface Wishes {
  readonly recursive?: boolean;
  readonly dirs?: boolean;
  readonly relative?: boolean;
}

function listOf(sources: readonly string[], { recursive = false, dirs = false, relative = false }: Wishes) {
  const wishes = { hardLinks: false, atimes: false };
  const tree = new LocalTree(sources, { recursive, dirs: dirs || recursive, relative, ...wishes });
  const list = listAll(tree);
  tree.close();
  return list;
}

async function expectSameList(options: string, sources: readonly string[], uid?: number): Promise<void> {
  const has = (letter: string) => options.includes(letter);
  const wishes = { recursive: has('r'), dirs: has('d'), relative: has('R') };
  const theirs = await recordClientList([`-lptgoD${options}`, ...sources], {
    cwd: folder,
    ...(uid && { uid }),
  });
  const ours = uid === undefined ? listOf(sources, wishes) : as(uid, () => listOf(sources, wishes));
  const listed = (entries: readonly FileEntry[]) => comparable(entries.map(withoutClock));
  expect(listed(ours.entries), theirs.stderr).toEqual(listed(merged(theirs.entries)));
  expect(errorOf(ours.problems), theirs.stderr).toBe(theirs.ioError);
  expect(exitCodeFor(ours.problems), theirs.stderr).toBe(theirs.exitCode);
}

/** Folders above ours change whenever somebody else works in them. */
function withoutClock(entry: FileEntry): FileEntry {
  return folder.startsWith(`/${entry.name}/`) ? { ...entry, mtime: 0, mtimeNs: 0, size: 0 } : entry;
}

/** Does something that waits for nothing as somebody else, if we are root. */
function as<T>(uid: number, work: () => T): T {
  process.setegid?.(uid);
  process.seteuid?.(uid);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe('the list of local files is the one that rsync makes of', () => {
  it.each([
    ['r', 'dir'],
    ['r', 'dir/'],
    ['r', 'dir//'],
    ['r', 'dir/.'],
    ['r', 'dir/./'],
    ['r', './dir'],
    ['r', '.'],
    ['r', './'],
    ['r', 'dir/..'],
    ['r', 'dir/sub/../'],
    ['r', 'dir/sub'],
    ['r', 'dir/./sub'],
    ['r', 'dir//sub//g'],
    ['r', 'dlink'],
    ['r', 'dlink/'],
    ['r', 'dlink/sub'],
    ['r', 'link'],
    ['r', 'broken'],
    ['r', 'broken/'],
    ['r', 'dir/fifo'],
    ['r', 'a.txt'],
    ['r', './a.txt'],
    ['r', 'a.txt/'],
    ['r', 'a.txt b.txt'],
    ['r', 'a.txt a.txt'],
    ['r', 'a.txt other/a.txt'],
    ['r', 'other/a.txt a.txt'],
    ['r', 'dir other'],
    ['r', 'dir other/'],
    ['r', 'other/ dir'],
    ['r', 'other/ dir/sub'],
    ['r', 'a.txt other/'],
    ['r', 'other/ a.txt'],
    ['r', 'dir/ other/'],
    ['r', 'other/ dir/'],
    ['r', 'dir dir'],
    ['r', 'dir dir/'],
    ['r', 'dir/f a.txt'],
    ['r', 'dir/ a.txt'],
    ['r', 'a.txt dir/'],
    ['r', 'dir other/dir'],
    ['r', 'other/dir dir'],
    ['r', 'dir/sub other/dir/sub'],
    ['r', 'dir/ other/dir/'],
    ['r', '/etc/hostname'],
    ['', 'a.txt'],
    ['', 'a.txt dir b.txt'],
    ['', 'dir/'],
    ['', 'dlink'],
    ['', 'dlink/'],
    ['d', 'dir'],
    ['d', 'dir/'],
    ['d', 'dir/.'],
    ['d', '.'],
    ['d', 'dlink'],
    ['d', 'dlink/'],
    ['d', 'dir/sub a.txt'],
    ['d', 'dir dir/'],
    ['rR', 'p/q/f1'],
    ['rR', 'p/q'],
    ['rR', 'p/q/'],
    ['rR', 'p/q/.'],
    ['rR', 'p//q'],
    ['rR', './p/q'],
    ['rR', 'p/./q'],
    ['rR', 'p/./q/f1'],
    ['rR', 'p/q/./r'],
    ['rR', 'p/./q/./r'],
    ['rR', 'p/./'],
    ['rR', 'p/.'],
    ['rR', '.'],
    ['rR', './'],
    ['rR', './.'],
    ['rR', 'dir'],
    ['rR', 'dlink'],
    ['rR', 'dlink/'],
    ['rR', 'dlink/.'],
    ['rR', 'p/qlink/'],
    ['rR', 'plink/qlink/r/'],
    ['rR', 'dlink/ dir'],
    ['rR', 'dlink dlink/'],
    ['rR', 'p/q/f1/'],
    ['rR', 'link/'],
    ['rR', 'broken/'],
    ['dR', 'dlink/'],
    ['R', 'dlink/'],
    ['rR', 'plink/q'],
    ['rR', 'plink/q/f1'],
    ['rR', 'plink/qlink/f1'],
    ['rR', 'plink/qlink'],
    ['rR', 'plink/./q/r'],
    ['rR', 'dir/elsewhere/dir2'],
    ['rR', 'p/q/f1 p/q/r'],
    ['rR', 'p/q/r/x p/side'],
    ['rR', 'p/q other/dir2'],
    ['rR', 'p p/q'],
    ['rR', 'p/q p'],
    ['rR', 'p/./q p/q'],
    ['rR', 'other/./dir dir'],
    ['rR', 'dir other/./dir'],
    ['rR', 'dir/f other/./dir'],
    ['rR', 'other/./dir/f dir'],
    ['rR', 'other/./dir dir/f'],
    ['rR', 'dir/sub other/./dir'],
    ['rR', './p/q a.txt'],
    ['rR', 'p/q/r ./other/dir2'],
    ['R', 'p/q/f1'],
    ['R', 'p/q/f1 p/side'],
    ['R', 'p/q'],
    ['R', 'p/q/'],
    ['R', 'p/q p/q/f1'],
    ['dR', 'p/q'],
    ['dR', 'p/q/'],
    ['dR', 'p/q p/q/'],
    ['r', 'nope'],
    ['r', 'nope/'],
    ['r', 'nope a.txt'],
    ['r', 'nope/x a.txt'],
    ['r', 'a.txt/x b.txt'],
    ['rR', 'nope/x a.txt'],
    ['rR', 'p/nope a.txt'],
    ['rR', 'p/nope/x'],
    ['rR', 'p/q/f1/x'],
    ['rR', 'nope/./x a.txt'],
  ])('-%s %s', async (options, sources) => {
    await expectSameList(options, sources.split(' '));
  });

  it('absolute sources with --relative', async () => {
    await expectSameList('rR', [join(folder, 'p/q')]);
    await expectSameList('rR', [`${folder}/./p/q`]);
    await expectSameList('rR', [`${folder}/plink/q/f1`]);
  });

  it('names that are not UTF-8', async () => {
    const { entries } = listOf(['dir/'], { recursive: true });
    expect(entries.find(({ name }) => name === '\udcd6\udcd0')).toMatchObject({ size: 3 });
    expect(entries.find(({ name }) => name === 'odd')).toMatchObject({ linkTarget: '\udcff\udcfe' });
    await expectSameList('r', ['dir/']);
  });

  it('folders that may not be read, and files that may not be looked at', async () => {
    mkdirSync('locked/dark/deep', { recursive: true });
    mkdirSync('locked/blind');
    mkdirSync('locked/open');
    for (const path of ['locked/dark/f', 'locked/blind/g', 'locked/open/h']) writeFileSync(path, path);
    chmodSync('locked/open/h', 0o000);
    // May be listed but not entered.
    chmodSync('locked/blind', 0o444);
    chmodSync('locked/dark', 0o000);
    const uid = isRoot ? NOBODY : undefined;
    try {
      for (const sources of [
        ['locked/'],
        ['locked'],
        ['locked/dark/f', 'a.txt'],
        ['locked/dark/'],
        ['locked/blind/g'],
      ]) {
        await expectSameList('r', sources, uid);
      }
      await expectSameList('rR', ['locked/dark/deep', 'a.txt'], uid);
      await expectSameList('rR', ['locked/./blind/g', 'a.txt'], uid);
    } finally {
      chmodSync('locked/dark', 0o755);
      chmodSync('locked/blind', 0o755);
    }
  });
});

describe('what rsync refuses as a source', () => {
  it.each([
    ['an empty one', ''],
    ['a way back behind the start, with --relative', 'q/../side'],
    ['the folder above, with --relative', '..'],
  ])('%s', async (_name, source) => {
    const { exitCode } = await recordClientList(['-rR', source], { cwd: join(folder, 'p') });
    expect(exitCode).toBe(1);
    expect(() => listOf([source], { recursive: true, relative: true })).toThrow(UsageError);
  });
});
