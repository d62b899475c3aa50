import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import type { SourceFile } from '../file-list/source-tree.ts';
import { systemPath } from '../wire/file-name.ts';
import { FolderGate, IS_LINUX, MovedError, NO_FOLLOW } from './open-folder.ts';

const NS_PER_SECOND = 1_000_000_000n;
/** Neither wait for a fifo nor take over a terminal that somebody has put in a file's place. */
const NO_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const NO_ATIME = constants.O_NOATIME ?? 0;
const OPEN_FILE = constants.O_RDONLY | NO_FOLLOW | NO_WAIT;

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

  /** `folder` has no symlinks in it, `leaf` is the name of a file in it. */
  open(folder: string, leaf: string): SourceFile {
    const path = this.#gate.pathTo(folder, leaf);
    const descriptor = IS_LINUX ? openSync(systemPath(path), this.#flags) : openUnchanged(path, this.#flags);
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
    this.#gate.close();
  }
}

/** Where there is no /proc: looks, opens, and checks that both were the same file. */
function openUnchanged(path: string, flags: number): number {
  const before = lstatSync(systemPath(path), { bigint: true });
  const descriptor = openSync(systemPath(path), flags);
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
