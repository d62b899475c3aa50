import { lstatSync, realpathSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { decodeName, systemPath } from '../wire/file-name.ts';

/** Where the names that begin with `prefix` lie: what follows the prefix is below `folder`, which has no symlinks. */
export interface Origin {
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  /**
   * Absolute, without a slash at its end; empty is the root of the file system. For a symlink that was followed this
   * is its referent, which may be a file.
   */
  readonly folder: string;
  /** Which of several sources it belongs to, in the order in which they were named. */
  readonly source: number;
  /** The device that must not be left; undefined lets mount points be crossed. */
  readonly device?: bigint | undefined;
  /** The symlink that was followed to get here, and whether it lies behind one that leads away. */
  readonly link?: { readonly path: string; readonly isAway: boolean } | undefined;
  /** Symlinks that were followed to get here, one in the other. */
  readonly followed?: number | undefined;
  /** One of these symlinks leads out of the folder that it is in: what is found here is not ours to remove. */
  readonly isAway?: boolean | undefined;
}

/** Symlinks lead in a circle, or to where something must not be done. */
export class LinkError extends Error {
  readonly code = 'ELOOP';
  readonly errno = -constants.errno.ELOOP;
}

export function pathOf({ prefix, folder }: Origin, name: string): string {
  const isFolderItself = name === '.' || name.length < prefix.length;
  return isFolderItself ? folder : `${folder}/${name.slice(prefix.length)}`;
}

/** Where things lie whose names begin with `name`, in another origin: in the folder (or file) that it leads to. */
export function originBehind(origin: Origin, name: string, folder: string): Origin {
  const isBelow = folder.startsWith(`${dirname(pathOf(origin, name))}/`.replace(/^\/\//, '/'));
  return { ...origin, prefix: `${name}/`, folder, isAway: origin.isAway === true || !isBelow };
}

/** The absolute path without symlinks, in the form of {@link Origin.folder}. */
export function realPath(path: string): string {
  // The other realpath of Node takes paths for UTF-8.
  const real = decodeName(realpathSync.native(systemPath(path), 'buffer'));
  return real === '/' ? '' : real;
}

/** The same, of a folder that we may enter. */
export function realFolder(path: string): string {
  const real = realPath(path);
  lstatSync(systemPath(`${real}/.`));
  return real;
}

export function leadsToFolder(path: string): boolean {
  try {
    return statSync(systemPath(path)).isDirectory();
  } catch {
    // Whatever is wrong with it shows when it is looked at for itself.
    return false;
  }
}

/** The device on which a folder lies. */
export function deviceAt(path: string): bigint {
  return lstatSync(systemPath(path === '' ? '/' : path), { bigint: true }).dev;
}
