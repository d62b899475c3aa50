import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { SourceFile } from '../file-list/source-tree.ts';
import { FolderGate } from './folder-gate.ts';
import { MovedError } from './open-folder.ts';

const NS_PER_SECOND = 1_000_000_000n;
/** Neither wait for a fifo nor take over a terminal that somebody has put in a file's place. */
const NO_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const NO_ATIME = constants.O_NOATIME ?? 0;
const OPEN_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | NO_WAIT;

/** A folder has taken the place of a file: it is there, but cannot be sent as one. */
class IsFolderError extends Error {
  readonly code = 'EISDIR';
  readonly errno = -system.errno.EISDIR;
}

/**
 * Opens regular files below one folder so that no component of the path, swapped for a symlink since the file was
 * listed, can lead elsewhere.
 */
export class SourceOpener {
  readonly #gate = new FolderGate();
  readonly #flags: number;

  /** `openNoatime` leaves access times as they are; only a file's owner and root can ask for that. */
  constructor({ openNoatime }: { readonly openNoatime?: boolean | undefined } = {}) {
    this.#flags = OPEN_FILE | (openNoatime === true ? NO_ATIME : 0);
  }

  /** Opens a file by its absolute path, which had no symlinks in it when it was found. */
  open(path: string): SourceFile {
    const descriptor = this.#gate.at(path, (folder, name) => folder.open(name, this.#flags));
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      if (stats.isDirectory()) throw new IsFolderError(`EISDIR: ${path} has become a folder`);
      if (!stats.isFile()) throw new MovedError(`${path} is no longer a regular file`);
      const seconds = Number(stats.mtimeNs / NS_PER_SECOND);
      const mtimeNs = Number(stats.mtimeNs % NS_PER_SECOND);
      return new OpenFile(descriptor, Number(stats.size), seconds, mtimeNs);
    } catch (thrown) {
      closeSync(descriptor);
      throw thrown;
    }
  }

  close(): void {
    this.#gate.close();
  }
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
