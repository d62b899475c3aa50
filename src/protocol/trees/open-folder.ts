import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { decodeName, systemPath } from '../wire/file-name.ts';

const REPLACEMENT = '\ufffd';
const OPTIONS = { bigint: true, throwIfNoEntry: true } as const;
/** Linux's `O_PATH`, which Node does not name: the folder is held, and needs not be readable. */
const PATH_ONLY = 0x20_0000;
const HOLD_FOLDER = PATH_ONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Thrown when a path no longer leads to where it led when it was listed. */
export class MovedError extends Error {
  readonly code = 'ENOENT';
}

class NotFolderError extends Error {
  readonly code = 'ENOTDIR';
  readonly errno = -system.errno.ENOTDIR;
}

/**
 * A folder in which things are looked at, read and removed. With `descriptors` (Linux's `/proc/self/fd`) it is held
 * open, and whatever is done goes through its descriptor: swapping a folder for a symlink leads nobody elsewhere, no
 * path is too long, and in what spelling the system knows a folder does not matter. Without, paths are the only way,
 * and {@link confirm} tells afterwards whether they led elsewhere.
 */
export class OpenFolder {
  /** Absolute, without a slash at its end; empty is the root of the file system. */
  readonly path: string;
  readonly #stats: BigIntStats;
  readonly #descriptor: number | undefined;
  /** What leads into the folder. */
  readonly #way: string;
  readonly #descriptors: string | undefined;
  #isClosed = false;

  private constructor(path: string, way: string, descriptors: string | undefined) {
    this.path = path;
    this.#descriptors = descriptors;
    if (descriptors === undefined) {
      this.#way = path;
      this.#stats = lstatSync(systemPath(way || '/'), OPTIONS);
      if (!this.#stats.isDirectory()) throw new NotFolderError(`ENOTDIR: ${path} is not a directory`);
      return;
    }
    this.#descriptor = openSync(systemPath(way || '/'), HOLD_FOLDER);
    this.#way = `${descriptors}/${this.#descriptor}`;
    this.#stats = fstatSync(this.#descriptor, OPTIONS);
  }

  static root(descriptors: string | undefined): OpenFolder {
    return new OpenFolder('', '', descriptors);
  }

  /** A folder in this one. A symlink is none, wherever it leads. */
  folder(name: string): OpenFolder {
    return this.#in(name, (way) => new OpenFolder(`${this.path}/${name}`, way, this.#descriptors));
  }

  /** Whether this is a view of `/proc` that leads to the folders behind descriptors. */
  get isGenuine(): boolean {
    try {
      return this.#isSame(statSync(this.#way, OPTIONS));
    } catch {
      return false;
    }
  }

  /** Whether the folder's path leads to it still. */
  get isInPlace(): boolean {
    try {
      return this.#isSame(lstatSync(systemPath(this.path || '/'), OPTIONS));
    } catch {
      // Gone, out of reach, or a path that is too long: whoever asks finds the folder anew.
      return false;
    }
  }

  /** The names in the folder, in no order. */
  names(): string[] {
    return this.#in('', (way) => {
      const names = readdirSync(way || '/', { encoding: 'utf8' });
      if (!names.some((name) => name.includes(REPLACEMENT))) return names;
      return readdirSync(way || '/', { encoding: 'buffer' }).map(decodeName);
    });
  }

  /** `.` is the folder itself. */
  lstat(name: string): BigIntStats {
    return this.#in(name, (way) => lstatSync(systemPath(way), OPTIONS));
  }

  readlink(name: string): string {
    return this.#in(name, (way) => decodeName(readlinkSync(systemPath(way), { encoding: 'buffer' })));
  }

  /** Whether there is a folder of this name, or a symlink that leads to one. */
  leadsToFolder(name: string): boolean {
    try {
      return this.#in(name, (way) => statSync(systemPath(way)).isDirectory());
    } catch {
      // Whatever is wrong with it shows when it is looked at for itself.
      return false;
    }
  }

  /** The path of what a name leads to, in the form of {@link path} and without symlinks. */
  realPath(name: string): string {
    const real = this.#in(name, (way) => decodeName(realpathSync.native(systemPath(way), 'buffer')));
    return real === '/' ? '' : real;
  }

  /** Opens a file; where paths are the only way, it must be the same before and after. */
  open(name: string, flags: number): number {
    return this.#in(name, (way) => {
      if (this.#descriptor !== undefined) return openSync(systemPath(way), flags);
      return this.#openUnchanged(way, flags);
    });
  }

  unlink(name: string): void {
    this.#in(name, (way) => unlinkSync(systemPath(way)));
  }

  /** @throws MovedError if what was seen here may have been in another folder. */
  confirm(): void {
    if (this.#descriptor !== undefined || this.isInPlace) return;
    throw new MovedError(`${this.path} was replaced while it was being read`);
  }

  close(): void {
    if (this.#descriptor !== undefined && !this.#isClosed) closeSync(this.#descriptor);
    this.#isClosed = true;
  }

  #openUnchanged(way: string, flags: number): number {
    const before = lstatSync(systemPath(way), OPTIONS);
    const descriptor = openSync(systemPath(way), flags);
    try {
      const after = fstatSync(descriptor, OPTIONS);
      this.confirm();
      if (before.dev === after.dev && before.ino === after.ino) return descriptor;
      throw new MovedError(`${way} was replaced while it was being opened`);
    } catch (thrown) {
      closeSync(descriptor);
      throw thrown;
    }
  }

  #isSame(stats: BigIntStats | undefined): boolean {
    return stats !== undefined && stats.dev === this.#stats.dev && stats.ino === this.#stats.ino;
  }

  /** Errors name the path that people know, not the one through the descriptor. */
  #in<T>(name: string, step: (way: string) => T): T {
    if (this.#isClosed) throw new Error(`${this.path} has been left`);
    const way = name === '' ? this.#way : `${this.#way}/${name}`;
    try {
      return step(way);
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException;
      const path = name === '' ? this.path : `${this.path}/${name}`;
      if (error.path === undefined || this.#descriptor === undefined) throw error;
      error.message = error.message.replace(`'${error.path}'`, () => `'${path}'`);
      error.path = path;
      throw error;
    }
  }
}
