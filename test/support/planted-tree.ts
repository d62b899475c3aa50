import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { generatedBytes } from './generated-bytes.ts';
import { isRoot } from './rights.ts';

const DAY = 86_400;
const NOON = 1_700_000_000;

/** Bytes that are no UTF-8 cannot be names on a Mac. */
const rawNames = process.platform === 'darwin' ? [] : [[0xc4, 0xe3, 0xba, 0xc3], [0xff], [0x61, 0xc3, 0x62]];

const oddNames = [
  'with space',
  'tab\there',
  'new\nline',
  'control\u0001',
  'delete\u007f',
  'back\\slash',
  'looks\\#123',
  `quote'"`,
  '*star*',
  '[a-z]?',
  '$(id)',
  '-dash',
  '~tilde',
  '.hidden',
  'ümläut',
  '日本語',
  '😀',
  'x'.repeat(255),
].map((name) => Buffer.from(name));

type Place = string | Buffer;

/**
 * Plants a tree of everything that a disk can hold: deep, wide and long names, odd bytes, holes, links of both kinds,
 * fifos and devices, times from before 1970 to 2100. What is random follows from the seed.
 */
export function plantTree(folder: string, seed: number): void {
  const random = randomFrom(seed);
  mkdirSync(folder, { recursive: true });
  plantSizes(folder, random);
  plantNames(folder, random);
  plantFolders(folder, random);
  plantLinks(folder);
  plantSpecials(folder);
  plantModes(folder);
  plantOwners(folder);
  plantTimes(folder, random);
}

/** Changes a planted tree in all the ways in which a tree can change. */
export function changeTree(folder: string, seed: number): void {
  const random = randomFrom(seed + 1);
  const at = (path: string) => join(folder, path);
  overwrite(at('sizes/40000'), 20_000, generatedBytes(seed, 20));
  overwrite(at('sizes/300000'), 150_000, generatedBytes(seed, 3000));
  appendFileSync(at('sizes/5000'), generatedBytes(seed + 2, 700));
  appendFileSync(at('sizes/1'), 'more');
  truncate(at('sizes/32768'), 30_000);
  writeFileSync(at('sizes/0'), 'no longer empty');
  writeFileSync(at('sizes/701'), generatedBytes(seed + 3, 701));
  overwrite(at('sizes/hole'), 500_000, generatedBytes(seed, 100));
  rmSync(at('wide/7'));
  rmSync(at('wide/9'));
  renameSync(at('wide/11'), at('wide/renamed'));
  renameSync(at('deep/1'), at('deep/moved'));
  rmSync(at('doomed'), { recursive: true });
  rmSync(at('swap/file'));
  mkdirSync(at('swap/file/inner'), { recursive: true });
  writeFileSync(at('swap/file/inner/new'), 'a file became a folder');
  rmSync(at('swap/folder'), { recursive: true });
  writeFileSync(at('swap/folder'), 'a folder became a file');
  rmSync(at('links/relative'));
  symlinkSync('../sizes/5000', at('links/relative'));
  rmSync(at('links/dangling'));
  writeFileSync(at('links/dangling'), 'a symlink became a file');
  rmSync(at('links/hard-2'));
  linkSync(at('links/hard-1'), at('links/hard-4'));
  writeFileSync(at('new'), 'new at the top');
  mkdirSync(at('new-folder/empty'), { recursive: true });
  writeFileSync(at('new-folder/file'), generatedBytes(seed, 2000));
  chmodSync(at('modes/600'), 0o640);
  chmodSync(at('modes/folder-755'), 0o700);
  if (isRoot) lchownSync(at('wide/3'), 1, 1);
  if (isRoot) lchownSync(at('wide'), 1234, 5678);
  setTime(at('wide/5'), NOON + 0.123456);
  giveTimes(Buffer.from(folder), random, NOON + 3 * DAY);
  // The size is the same, and so is the time: only a checksum shows it.
  overwrite(at('wide/1'), 0, Buffer.from('#'));
  setTime(at('wide/1'), NOON - 10);
}

/** A PRNG of its own, so that a tree is the same on every machine: numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function plantSizes(folder: string, random: () => number): void {
  mkdirSync(join(folder, 'sizes'));
  for (const size of [0, 1, 699, 700, 701, 5000, 32_768, 40_000, 300_000]) {
    writeFileSync(join(folder, `sizes/${size}`), generatedBytes(Math.floor(random() * 1e6), size));
  }
  // Repeated content makes for matches that could be many.
  writeFileSync(join(folder, 'sizes/repeated'), Buffer.alloc(60_000, 'abcdefg'));
  const hole = openSync(join(folder, 'sizes/hole'), 'w');
  writeSync(hole, 'begin');
  writeSync(hole, 'end', 1_000_000);
  ftruncateSync(hole, 1_200_000);
  closeSync(hole);
}

function plantNames(folder: string, random: () => number): void {
  mkdirSync(join(folder, 'names'));
  const names = [...oddNames, ...rawNames.map((bytes) => Buffer.from(bytes))];
  for (const name of names) {
    writeFileSync(below(folder, 'names', name), generatedBytes(Math.floor(random() * 1e6), 30));
  }
  const raw = rawNames.map((bytes) => Buffer.from(bytes));
  for (const name of [Buffer.from('fold er\n'), ...raw.slice(0, 1)]) {
    mkdirSync(below(folder, 'names', Buffer.concat([name, Buffer.from('-d')])));
    writeFileSync(below(folder, 'names', Buffer.concat([name, Buffer.from('-d/inner')])), 'inner');
  }
}

function plantFolders(folder: string, random: () => number): void {
  mkdirSync(join(folder, 'wide'));
  for (let i = 0; i < 40; i += 1) {
    writeFileSync(join(folder, `wide/${i}`), generatedBytes(i, Math.floor(random() * 300)));
  }
  writeFileSync(join(folder, 'wide/.rsync-filter'), '- 1?\n');
  for (const name of ['core', 'object.o', '.cvsignore']) writeFileSync(join(folder, 'wide', name), '3*\n');
  mkdirSync(join(folder, 'deep/1/2/3/4/5/6/7/8/9/10'), { recursive: true });
  writeFileSync(join(folder, 'deep/1/2/3/4/5/6/7/8/9/10/bottom'), 'the bottom');
  writeFileSync(join(folder, 'deep/1/2/middle'), 'the middle');
  mkdirSync(join(folder, 'empty'));
  mkdirSync(join(folder, 'doomed/inner'), { recursive: true });
  for (const path of ['doomed/a', 'doomed/b', 'doomed/inner/c']) writeFileSync(join(folder, path), path);
  mkdirSync(join(folder, 'swap/folder/inner'), { recursive: true });
  writeFileSync(join(folder, 'swap/folder/inner/file'), 'inside');
  writeFileSync(join(folder, 'swap/file'), 'a file');
}

function plantLinks(folder: string): void {
  const at = (name: string) => join(folder, 'links', name);
  mkdirSync(join(folder, 'links'));
  symlinkSync('../wide/3', at('relative'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('/etc/hostname', at('absolute'));
  symlinkSync('../../../outside', at('outside'));
  symlinkSync('../wide', at('to-folder'));
  symlinkSync('/rsyncd-munged/nowhere', at('munged'));
  writeFileSync(at('hard-1'), 'one file of three names');
  linkSync(at('hard-1'), at('hard-2'));
  linkSync(at('hard-1'), join(folder, 'wide/hard-3'));
  writeFileSync(at('pair-1'), generatedBytes(5, 3000));
  linkSync(at('pair-1'), at('pair-2'));
}

function plantSpecials(folder: string): void {
  mkdirSync(join(folder, 'specials'));
  execFileSync('mkfifo', ['fifo', 'fifo2'], { cwd: join(folder, 'specials') });
  if (!isRoot) return;
  execFileSync('mknod', ['null', 'c', '1', '3'], { cwd: join(folder, 'specials') });
  execFileSync('mknod', ['block', 'b', '7', '200'], { cwd: join(folder, 'specials') });
}

function plantModes(folder: string): void {
  mkdirSync(join(folder, 'modes'));
  // Without root a file that nobody can read cannot be pushed.
  for (const mode of ['600', '644', '755', '4755', '2755', '444', '777', ...(isRoot ? ['000'] : [])]) {
    writeFileSync(join(folder, 'modes', mode), mode);
    chmodSync(join(folder, 'modes', mode), Number.parseInt(mode, 8));
  }
  for (const mode of ['755', '1777', '2750']) {
    mkdirSync(join(folder, 'modes', `folder-${mode}`));
    chmodSync(join(folder, 'modes', `folder-${mode}`), Number.parseInt(mode, 8));
  }
}

/** Ids with and without a name on this machine, small and large. */
function plantOwners(folder: string): void {
  if (!isRoot) return;
  lchownSync(join(folder, 'wide/0'), 1, 1);
  lchownSync(join(folder, 'wide/2'), 1234, 5678);
  lchownSync(join(folder, 'wide/4'), 4_000_000_000, 4_000_000_001);
  lchownSync(join(folder, 'links/dangling'), 1234, 0);
  lchownSync(join(folder, 'empty'), 0, 1);
}

/** Every entry gets a time that is not of today: runs must not depend on when they are made. */
function plantTimes(folder: string, random: () => number): void {
  giveTimes(Buffer.from(folder), random, NOON);
  const times: Readonly<Record<string, number>> = {
    'wide/20': 4_102_444_800,
    'wide/21': 33,
    'wide/22': -DAY * 365,
    'wide/23': -1.5,
    'wide/24': 2_147_483_648.25,
    'wide/1': NOON - 10,
    'links/absolute': -DAY,
    empty: 4_102_444_800.5,
  };
  for (const [path, time] of Object.entries(times)) setTime(join(folder, path), time);
}

/** Whatever has been changed lately gets a time on the day of `base`, folders behind what they hold. */
function giveTimes(folder: Buffer, random: () => number, base: number): void {
  for (const leaf of readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const path = Buffer.concat([folder, Buffer.from('/'), leaf]);
    if (lstatSync(path).isDirectory()) giveTimes(path, random, base);
    else giveTime(path, base + random() * DAY);
  }
  giveTime(folder, base + random() * DAY);
}

function giveTime(path: Place, seconds: number): void {
  const isLately = Math.abs(Date.now() - lstatSync(path).mtimeMs) < DAY * 1000;
  if (isLately) setTime(path, seconds);
}

/** As a number node:fs takes no time before 1970. */
function setTime(path: Place, seconds: number): void {
  const time = seconds < 0 ? new Date(seconds * 1000) : seconds;
  lutimesSync(path, time, time);
}

function overwrite(path: string, position: number, bytes: Buffer): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, position);
  closeSync(descriptor);
}

function truncate(path: string, size: number): void {
  const descriptor = openSync(path, 'r+');
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
}

function below(folder: string, middle: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/${middle}/`), name]);
}
