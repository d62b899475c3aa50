import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { SourceFile } from '../file-list/source-tree.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';

const IS_LINUX = process.platform === 'linux';
const NS_PER_SECOND = 1_000_000_000n;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** Neither wait for a fifo nor take over a terminal that somebody has put in a file's place. */
const NO_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const OPEN_FILE = constants.O_RDONLY | NO_FOLLOW | NO_WAIT;
const OPEN_FOLDER = constants.O_RDONLY | NO_FOLLOW | (constants.O_DIRECTORY ?? 0);

/** Thrown when a path no longer leads to where it led when it was listed. */
export class MovedError extends Error {
  readonly code = 'ENOENT';
}

/**
 * Opens regular files below one folder so that no component of the path, swapped for a symlink since the file was
 * listed, can lead elsewhere. On Linux the folder is opened first, its place is checked through /proc, and the file
 * is opened inside it; the last folder stays open, since files come folder by folder.
 */
export class SourceOpener {
  #folder: { readonly path: string; readonly descriptor: number } | undefined;

  /** `root` has no symlinks in it; `folder` is below it or equal, `leaf` the name of a file in it. */
  open(folder: string, leaf: string): SourceFile {
    const descriptor = IS_LINUX ? this.#openInside(folder, leaf) : openUnchanged(`${folder}/${leaf}`);
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      if (!stats.isFile()) throw new MovedError(`${folder}/${leaf} is no longer a regular file`);
      const seconds = Number(stats.mtimeNs / NS_PER_SECOND);
      const mtimeNs = Number(stats.mtimeNs % NS_PER_SECOND);
      return new OpenFile(descriptor, Number(stats.size), seconds, mtimeNs);
    } catch (thrown) {
      closeSync(descriptor);
      throw thrown;
    }
  }

  close(): void {
    if (this.#folder !== undefined) closeSync(this.#folder.descriptor);
    this.#folder = undefined;
  }

  #openInside(folder: string, leaf: string): number {
    if (this.#folder?.path !== folder) {
      this.close();
      this.#folder = { path: folder, descriptor: openFolder(folder) };
    }
    return openSync(systemPath(`/proc/self/fd/${this.#folder.descriptor}/${leaf}`), OPEN_FILE);
  }
}

/** Opens a folder whose path contains no symlink, or fails. */
export function openFolder(path: string): number {
  const descriptor = openSync(systemPath(path), OPEN_FOLDER);
  if (!IS_LINUX) return descriptor;
  const place = decodeName(readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }));
  if (place === path) return descriptor;
  closeSync(descriptor);
  throw new MovedError(`${path} has become a way to ${place}`);
}

/** Elsewhere: looks, opens, and checks that both were the same file. */
function openUnchanged(path: string): number {
  const before = lstatSync(systemPath(path), { bigint: true });
  const descriptor = openSync(systemPath(path), OPEN_FILE);
  const after = fstatSync(descriptor, { bigint: true });
  if (before.dev === after.dev && before.ino === after.ino) return descriptor;
  closeSync(descriptor);
  throw new MovedError(`${path} was replaced while it was being opened`);
}

class OpenFile implements SourceFile {
  readonly size: number;
  readonly mtime: number;
  readonly mtimeNs: number;
  readonly #descriptor: number;

  constructor(descriptor: number, size: number, mtime: number, mtimeNs: number) {
    this.#descriptor = descriptor;
    this.size = size;
    this.mtime = mtime;
    this.mtimeNs = mtimeNs;
  }

  read(into: Buffer, position: number): number {
    return readSync(this.#descriptor, into, 0, into.length, position);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
