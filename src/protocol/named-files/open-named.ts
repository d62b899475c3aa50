import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { checkPathText } from '../arguments.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { ForeignLinkError, failure, namedFileError, refusal } from './named-file-error.ts';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const { O_DIRECTORY = 0, O_NOCTTY = 0 } = constants;
/** Linux: a handle on the place alone, which needs no right to read it. Node has no name for it. */
const O_PATH = 0x20_0000;
const DESCRIPTORS = '/proc/self/fd';

/** More than any system follows. */
const MAX_LINKS = 64;

/** Never waits for the other end of a pipe, and never takes over a terminal. */
const NO_WAIT = O_NONBLOCK | O_NOCTTY;

/**
 * Opens a file that the operator has named, for reading. A symlink at its end or on the way is followed only if root or
 * we own it: whoever owns a link decides what is read, now and later. On Linux the way is walked by descriptors, so that
 * nobody can put a link into it meanwhile. A pipe is opened at once, whether somebody writes to it or not.
 * `trustsLinks` is `--insecure-links`: then any link is followed.
 *
 * Source: rsync(1), `--insecure-links`, and the behaviour of rsync 3.5.0.
 *
 * @throws NamedFileError
 */
export function openNamed(path: string, trustsLinks = false): number {
  checkPathText(path, 'path');
  return open(path, O_RDONLY | NO_WAIT, trustsLinks);
}

/** The same, to write at its end. Where there is none it is made. */
export function openNamedForAppending(path: string, trustsLinks = false): number {
  checkPathText(path, 'path');
  return open(path, O_WRONLY | O_APPEND | O_CREAT | NO_WAIT, trustsLinks);
}

function open(path: string, flags: number, trustsLinks: boolean): number {
  try {
    const user = process.geteuid?.();
    if (user === undefined || trustsLinks) return openSync(systemPath(path), flags, 0o644);
    if (path === '') throw failure('ENOENT');
    const isLinux = process.platform === 'linux' && existsSync(DESCRIPTORS);
    return isLinux ? openByDescriptors(path, flags, user) : openByPaths(path, flags, user);
  } catch (thrown) {
    throw namedFileError(thrown);
  }
}

/** What is left of the path, and the links that were followed. */
class Way {
  readonly #user: number;
  readonly #names: string[];
  #links = 0;

  constructor(path: string, user: number) {
    this.#user = user;
    this.#names = namesOf(path);
  }

  next(): { readonly name: string; readonly isLast: boolean } | undefined {
    const name = this.#names.shift();
    return name === undefined ? undefined : { name, isLast: this.#names.length === 0 };
  }

  /** Refuses a link of somebody else. `shown` is its path. */
  check(link: BigIntStats, shown: string, isLast: boolean): void {
    if (link.uid !== 0n && Number(link.uid) !== this.#user)
      throw new ForeignLinkError(shown, isLast && this.#links === 0);
    this.#links += 1;
    if (this.#links > MAX_LINKS) throw failure('ELOOP');
  }

  follow(target: string): void {
    this.#names.unshift(...namesOf(target));
  }
}

/** A slash at the end says that it is a folder. */
function namesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return /(?:^|\/)\.?$/.test(path) ? [...names, '.'] : names;
}

function openByDescriptors(path: string, flags: number, user: number): number {
  const way = new Way(path, user);
  const processes = lstatSync('/proc/self', { bigint: true }).dev;
  let folder = openSync(path.startsWith('/') ? '/' : '.', O_PATH | O_DIRECTORY);
  let shown = path.startsWith('/') ? '/' : '';
  const enter = (place: string, more: number): void => {
    const next = openSync(systemPath(place), O_PATH | O_DIRECTORY | more);
    closeSync(folder);
    folder = next;
  };
  try {
    for (let step = way.next(); step !== undefined; step = way.next()) {
      const { name, isLast } = step;
      const place = `${DESCRIPTORS}/${folder}/${name}`;
      const stats = lstatSync(systemPath(place), { bigint: true, throwIfNoEntry: false });
      if (stats?.isSymbolicLink() === true) {
        way.check(stats, `${shown}${name}`, isLast);
        // The kernel's own links to what a process has open are no paths that could be read.
        const isKernels = stats.dev === processes;
        if (isKernels && isLast) return openSync(systemPath(place), flags);
        if (isKernels) enter(place, 0);
        else {
          const target = readUnchangedLink(place, stats);
          way.follow(target);
          if (target.startsWith('/')) enter('/', 0);
          shown = target.startsWith('/') ? '/' : shown;
          continue;
        }
      } else if (isLast) {
        return openSync(systemPath(place), flags | O_NOFOLLOW, 0o644);
      } else {
        enter(place, O_NOFOLLOW);
      }
      shown = `${shown}${name}/`;
    }
    throw failure('EISDIR');
  } finally {
    closeSync(folder);
  }
}

/** The target of the link that was looked at before, and of no other. */
function readUnchangedLink(place: string, before: BigIntStats): string {
  const target = decodeName(readlinkSync(systemPath(place), { encoding: 'buffer' }));
  const after = lstatSync(systemPath(place), { bigint: true });
  if (after.ino !== before.ino || after.dev !== before.dev || after.ctimeNs !== before.ctimeNs)
    throw refusal('ELOOP', 'a symlink on its way is being replaced');
  return target;
}

/** Where there is no /proc: looks at each part of the path, and checks that the file is the one that was looked at. */
function openByPaths(path: string, flags: number, user: number): number {
  const way = new Way(path, user);
  let folder = path.startsWith('/') ? '' : process.cwd();
  let last: BigIntStats | undefined;
  for (let step = way.next(); step !== undefined; step = way.next()) {
    const { name, isLast } = step;
    if (name === '.') continue;
    const place = `${folder}/${name}`;
    const stats = lstatSync(systemPath(place), { bigint: true, throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) {
      way.check(stats, place, isLast);
      const target = decodeName(readlinkSync(systemPath(place), { encoding: 'buffer' }));
      way.follow(target);
      if (target.startsWith('/')) folder = '';
      continue;
    }
    folder = name === '..' ? dirname(folder) : place;
    last = stats;
  }
  const descriptor = openSync(systemPath(folder === '' ? '/' : folder), flags | O_NOFOLLOW, 0o644);
  const opened = fstatSync(descriptor, { bigint: true });
  if (last === undefined || (opened.ino === last.ino && opened.dev === last.dev)) return descriptor;
  closeSync(descriptor);
  throw refusal('ELOOP', 'it was replaced while it was being opened');
}
