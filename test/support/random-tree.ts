import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { isRoot, isServerRoot } from './rights.ts';

/** Numbers that look random and are the same everywhere. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer of [0, below). */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(Math.ceil(length / 4) * 4);
    for (let at = 0; at < length; at += 4) bytes.writeUInt32LE(this.roll(2 ** 32), at);
    // Few different bytes, so that there is something to pack.
    if (this.roll(2) === 0) for (let at = 0; at < length; at++) bytes[at] = 97 + ((bytes[at] as number) & 3);
    return bytes.subarray(0, length);
  }
}

export interface TreeLimits {
  /** Times that the protocol can carry: 32 bits without fraction, 64 bits without, or nanoseconds. */
  readonly times: 'seconds-32' | 'seconds' | 'nanoseconds';
}

const NAMES = [
  'a',
  'b c',
  '-dash',
  '+plus',
  '.hidden',
  '..odd',
  '...',
  'ü',
  '中文',
  '😀',
  '\n',
  '\'"`$(x)',
  '*?[x]',
  '\\',
  '#',
  ';',
  'e\u0301',
];

/** Paths are latin1 strings here: one character per byte, as they stand on the disk. */
const onDisk = (path: string) => Buffer.from(path, 'latin1');
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

/** A server that is not root leaves a file writable whose owner may no longer write, if nothing but attributes differs. */
const MODES = [0o755, 0o700, 0o644, 0o600, 0o4755, 0o2711, 0o1777, isServerRoot ? 0o444 : 0o640];
/** A server that cannot chroot stores links that lead out of its module as others. */
const LINK_TARGETS = [
  'nowhere',
  ...(isServerRoot ? ['../..', '/etc/passwd'] : ['zz/yy', 'etc/passwd']),
  latin1('zurück'),
  '\xff\xfe',
  'x'.repeat(300),
  '.',
];

/** Fills a folder with files of every kind that a push can carry, some of them in unpleasant shape. */
export function growTree(folder: string, seed: number, limits: TreeLimits): void {
  const dice = new Dice(seed);
  const root = latin1(folder);
  const folders = [root];
  for (let n = 0; n < 14; n++) folders.push(growFolder(dice, dice.pick(folders)));
  let deep = root;
  for (let depth = 0; depth < 25; depth++) {
    deep += `/${String.fromCharCode(97 + dice.roll(3))}deep`;
    mkdirSync(onDisk(deep), { recursive: true });
  }
  folders.push(deep);
  const files: string[] = [];
  for (let n = 0; n < 45; n++) growFile(dice, dice.pick(folders), files);
  for (let n = 0; n < 8; n++) growLink(dice, dice.pick(folders));
  growSpecials(dice, folders);
  for (let n = 0; n < 6; n++) {
    const name = `${dice.pick(folders)}/${nameOf(dice)}`;
    if (!exists(name)) linkSync(onDisk(dice.pick(files)), onDisk(name));
  }
  setAttributes(root, dice, limits);
}

/** Changes a tree here and there, so that there is something to send, to delete and to replace. */
export function disturbTree(folder: string, seed: number, limits: TreeLimits): void {
  const dice = new Dice(seed);
  const root = latin1(folder);
  for (let n = 0; n < 30; n++) {
    const paths = pathsIn(root);
    const path = dice.pick(paths);
    if (path === undefined) break;
    disturb(dice, path, root, paths);
  }
  for (let n = 0; n < 6; n++) growFile(dice, dice.pick([root, ...pathsIn(root).filter(isFolder)]), []);
  setAttributes(root, dice, limits);
}

function disturb(dice: Dice, path: string, root: string, paths: readonly string[]): void {
  const stats = lstatSync(onDisk(path));
  const what = dice.roll(8);
  if (what === 0) rmSync(onDisk(path), { recursive: true });
  else if (what === 1) {
    rmSync(onDisk(path), { recursive: true });
    if (stats.isDirectory()) writeFileSync(onDisk(path), dice.bytes(500));
    else mkdirSync(onDisk(path));
  } else if (what === 2) {
    const target = `${dice.pick([root, ...paths.filter(isFolder)])}/moved${dice.roll(1000)}`;
    if (!target.startsWith(path) && !exists(target)) renameSync(onDisk(path), onDisk(target));
  } else if (stats.isFile()) {
    editFile(dice, path, stats.size);
  }
}

function editFile(dice: Dice, path: string, size: number): void {
  chmodSync(onDisk(path), 0o600);
  const content = readFileSync(onDisk(path));
  const at = dice.roll(size + 1);
  const edits = [
    () => truncateSync(onDisk(path), at),
    () => writeFileSync(onDisk(path), Buffer.concat([content, dice.bytes(300)])),
    () =>
      writeFileSync(
        onDisk(path),
        Buffer.concat([content.subarray(at), dice.bytes(9), content.subarray(0, at)]),
      ),
    () => writeFileSync(onDisk(path), content.fill(dice.bytes(7), at, Math.min(at + 7, size))),
  ];
  dice.pick(edits)();
}

function growFolder(dice: Dice, parent: string): string {
  const path = `${parent}/${nameOf(dice)}`;
  if (!exists(path)) mkdirSync(onDisk(path));
  return isFolder(path) ? path : parent;
}

function growFile(dice: Dice, parent: string, files: string[]): void {
  const path = `${parent}/${nameOf(dice)}`;
  if (exists(path)) return;
  const size = dice.pick([0, 1, 10, 700, 701, 5000, 40_000, 200_000]);
  writeFileSync(onDisk(path), dice.bytes(size));
  files.push(path);
}

function growLink(dice: Dice, parent: string): void {
  const path = `${parent}/${nameOf(dice)}`;
  const target = dice.pick(LINK_TARGETS);
  if (!exists(path)) symlinkSync(onDisk(target), onDisk(path));
}

function growSpecials(dice: Dice, folders: readonly string[]): void {
  const folder = (folders.find((path) => !/[^ -~]/.test(path.slice(1))) ?? folders[0]) as string;
  execFileSync('mkfifo', [`${folder}/fifo${dice.roll(100)}`, `${folder}/fifo${100 + dice.roll(100)}`]);
  if (!isRoot) return;
  execFileSync('mknod', [`${folder}/null`, 'c', '1', '3']);
  execFileSync('mknod', [`${folder}/zero`, 'c', '1', '5']);
  execFileSync('mknod', [`${folder}/disk`, 'b', '8', String(dice.roll(300))]);
}

function nameOf(dice: Dice): string {
  const kind = dice.roll(10);
  if (kind === 0) return `${'n'.repeat(250)}${dice.roll(90_000) + 10_000}`;
  if (kind === 1) return String.fromCharCode(...Array.from({ length: 6 }, () => 0x80 + dice.roll(0x80)));
  return latin1(dice.pick(NAMES)) + (dice.roll(3) === 0 ? '' : String(dice.roll(100)));
}

function setAttributes(root: string, dice: Dice, { times }: TreeLimits): void {
  for (const path of [...pathsIn(root).reverse(), root]) {
    const stats = lstatSync(onDisk(path));
    if (isRoot)
      lchownSync(onDisk(path), dice.pick([0, 0, 1, 12_345, 4_000_000_000]), dice.pick([0, 0, 2, 54_321]));
    if (!stats.isSymbolicLink()) {
      const mode = dice.pick(MODES);
      chmodSync(onDisk(path), stats.isDirectory() ? mode | 0o700 : mode | 0o400);
    }
    lutimesSync(onDisk(path), 1, timeOf(dice, times));
  }
}

/** As a number of seconds a time may have a fraction; before 1970 node:fs takes dates only. */
function timeOf(dice: Dice, times: TreeLimits['times']): number | Date {
  if (times === 'seconds-32') return dice.roll(2 ** 31);
  const seconds = dice.pick([0, -1_000_000, -86_400, 2 ** 31, 2 ** 33, 1_700_000_000]) + dice.roll(100_000);
  const fraction = times === 'nanoseconds' ? dice.roll(1e6) / 1e6 : 0;
  return seconds < 0 ? new Date(1000 * seconds + Math.floor(1000 * fraction)) : seconds + fraction;
}

/** Everything below a folder, parents first. */
export function pathsIn(folder: string): string[] {
  return readdirSync(onDisk(folder), { encoding: 'latin1' })
    .map((name) => `${folder}/${name}`)
    .sort()
    .flatMap((path) => (isFolder(path) ? [path, ...pathsIn(path)] : [path]));
}

function exists(path: string): boolean {
  return lstatSync(onDisk(path), { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return lstatSync(onDisk(path)).isDirectory();
}
