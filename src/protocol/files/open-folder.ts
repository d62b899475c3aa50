import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { decodeName, systemPath } from '../wire/file-name.ts';

export const IS_LINUX = process.platform === 'linux';
export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const OPEN_FOLDER = constants.O_RDONLY | NO_FOLLOW | (constants.O_DIRECTORY ?? 0);

/** Thrown when a path no longer leads to where it led when it was listed. */
export class MovedError extends Error {
  readonly code = 'ENOENT';
}

/** Opens a folder whose path contains no symlink, or fails. */
function openFolder(path: string): number {
  const descriptor = openSync(systemPath(path), OPEN_FOLDER);
  if (!IS_LINUX) return descriptor;
  const place = decodeName(readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }));
  if (place === path) return descriptor;
  closeSync(descriptor);
  throw new MovedError(`${path} has become a way to ${place}`);
}

/**
 * Paths inside a folder that cannot be led elsewhere: on Linux the folder is opened, its place is checked through
 * /proc, and the path goes through its descriptor. The last folder stays open, since files come folder by folder.
 */
export class FolderGate {
  #folder: { readonly path: string; readonly descriptor: number } | undefined;

  /** `folder` has no symlinks in it, `leaf` is a name in it. The path is good until the next call. */
  pathTo(folder: string, leaf: string): string {
    if (!IS_LINUX) return `${folder}/${leaf}`;
    if (this.#folder?.path !== folder) {
      this.close();
      this.#folder = { path: folder, descriptor: openFolder(folder) };
    }
    return `/proc/self/fd/${this.#folder.descriptor}/${leaf}`;
  }

  close(): void {
    if (this.#folder !== undefined) closeSync(this.#folder.descriptor);
    this.#folder = undefined;
  }
}
