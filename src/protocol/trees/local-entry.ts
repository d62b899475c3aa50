import { type BigIntStats, lstatSync } from 'node:fs';
import { constants } from 'node:os';
import type { Problem } from '../errors.ts';
import type { FolderContents } from '../file-list/file-entry.ts';
import { isDirectory, isSymlink } from '../file-list/file-mode.ts';
import { systemPath } from '../wire/file-name.ts';
import type { FolderGate } from './folder-gate.ts';
import { isUnsafeTarget, unmungedTarget } from './link-target.ts';
import { MovedError, type OpenFolder } from './open-folder.ts';
import { type Origin, originBehind, pathOf } from './origin.ts';
import { entryOf, type ListingOptions, type StatEntry } from './stat-entry.ts';

export interface LocalEntry extends StatEntry {
  /** A folder that lies on another device than its parent, where that matters. */
  readonly isMountPoint?: boolean;
}

/** A symlink that had to be followed leads to nothing. */
export class NoReferentError extends Error {
  readonly code = 'ENOENT';
  readonly errno = -constants.errno.ENOENT;
}

const OPTIONS = { bigint: true, throwIfNoEntry: true } as const;

/** The entry of one path; `contents` counts if it is a folder. */
export function readEntry(
  gate: FolderGate,
  name: string,
  origin: Origin,
  contents: FolderContents,
  listing: ListingOptions,
): LocalEntry {
  return gate.at(pathOf(origin, name), (folder, leaf) => {
    const entry = entryIn(folder, leaf, name, origin, contents, listing);
    folder.confirm();
    return entry;
  });
}

/** The entry of the folder that an origin stands for, under its own name. */
export function readOriginEntry(
  gate: FolderGate,
  origin: Origin,
  contents: FolderContents,
  listing: ListingOptions,
): LocalEntry {
  const stats = gate.at(origin.folder, (folder, leaf) => folder.lstat(leaf));
  return localEntry(origin.prefix.slice(0, -1), origin, stats, contents, listing);
}

/** Runs one step for one path; if it fails, that is noted and the result is undefined. */
export function attempt<T>(path: string, doing: string, problems: Problem[], step: () => T): T | undefined {
  try {
    return step();
  } catch (thrown) {
    problems.push(problemOf(path, doing, thrown as NodeJS.ErrnoException));
    return undefined;
  }
}

export function problemOf(path: string, doing: string, cause: NodeJS.ErrnoException): Problem {
  if (cause instanceof NoReferentError) return { path, doing: 'stat', cause, kind: 'failed' };
  // What is behind a swapped folder is not known to be gone: the other side must not delete its copy.
  if (cause instanceof MovedError) return { path, doing, cause, kind: 'failed' };
  return { path, doing, cause, kind: cause.code === 'ENOENT' ? 'vanished' : 'failed' };
}

/** The entry of what is called `leaf` in a folder, and `name` in the list. */
export function entryIn(
  folder: OpenFolder,
  leaf: string,
  name: string,
  origin: Origin,
  contents: FolderContents,
  listing: ListingOptions,
): LocalEntry {
  const stats = folder.lstat(leaf);
  if (!isSymlink(Number(stats.mode))) return localEntry(name, origin, stats, contents, listing);
  const target = folder.readlink(leaf);
  if (isFollowed(folder, leaf, name, target, listing)) {
    return referentEntry(folder, leaf, name, origin, contents, listing);
  }
  const linkTarget = listing.mungeLinks === true ? unmungedTarget(target) : target;
  return { ...entryOf(name, stats, listing, origin), linkTarget };
}

function isFollowed(
  folder: OpenFolder,
  leaf: string,
  name: string,
  target: string,
  listing: ListingOptions,
): boolean {
  if (listing.copyLinks === true) return true;
  if (listing.copyUnsafeLinks === true && isUnsafeTarget(target, name)) return true;
  return listing.copyDirlinks === true && folder.leadsToFolder(leaf);
}

/**
 * The entry of what a symlink leads to. The link is followed once, here: from now on its referent's own path stands
 * for it, which has no symlinks and is opened as carefully as any other. So what is sent later is what was listed,
 * wherever the link leads by then.
 */
function referentEntry(
  folder: OpenFolder,
  leaf: string,
  name: string,
  origin: Origin,
  contents: FolderContents,
  listing: ListingOptions,
): LocalEntry {
  const link = `${folder.path}/${leaf}`;
  const place = referentOf(folder, leaf);
  const stats = lstat(place);
  if (isSymlink(Number(stats.mode))) throw new MovedError(`${place} has become a symlink`);
  const referent = {
    ...originBehind(origin, name, place),
    link: { path: link, isAway: origin.isAway === true },
    followed: (origin.followed ?? 0) + 1,
  };
  return localEntry(name, referent, stats, contents, listing);
}

function referentOf(folder: OpenFolder, leaf: string): string {
  try {
    return folder.realPath(leaf);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new NoReferentError(`symlink has no referent: ${folder.path}/${leaf}`, { cause });
  }
}

function lstat(path: string): BigIntStats {
  return lstatSync(systemPath(path === '' ? '/' : path), OPTIONS);
}

function localEntry(
  name: string,
  origin: Origin,
  stats: BigIntStats,
  contents: FolderContents,
  listing: ListingOptions,
): LocalEntry {
  const entry = entryOf(name, stats, listing, origin);
  if (!isDirectory(entry.mode)) return entry;
  const isMountPoint = origin.device !== undefined && origin.device !== stats.dev;
  if (isMountPoint) return { ...entry, contents: 'none', isMountPoint };
  return { ...entry, contents };
}
