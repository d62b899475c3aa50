import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import type { Problem } from '../errors.ts';
import type { FolderContents } from '../file-list/file-entry.ts';
import { isDirectory, isSymlink } from '../file-list/file-mode.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { isUnsafeTarget, unmungedTarget } from './link-target.ts';
import { MovedError } from './open-folder.ts';
import { LinkError, leadsToFolder, type Origin, originBehind, pathOf, realPath } from './origin.ts';
import { readFolder } from './read-folder.ts';
import { type EntryWishes, entryOf, type StatEntry } from './stat-entry.ts';

export interface LocalEntry extends StatEntry {
  /** A folder that lies on another device than its parent, where that matters. */
  readonly isMountPoint?: boolean;
}

/** A symlink that had to be followed leads to nothing. */
export class NoReferentError extends Error {
  readonly code = 'ENOENT';
  readonly errno = -constants.errno.ENOENT;
}

/** More symlinks in one path than this are followed by no kernel, which is where rsync ends in a circle of them. */
const MAX_FOLLOWED = 40;

const OPTIONS = { bigint: true, throwIfNoEntry: true } as const;

/** The entry of one path; `contents` counts if it is a folder. */
export function readEntry(
  name: string,
  origin: Origin,
  contents: FolderContents,
  wishes: EntryWishes,
): LocalEntry {
  return entryAt(pathOf(origin, name), name, origin, contents, wishes);
}

/** The entry of the folder that an origin stands for, under its own name. */
export function readOriginEntry(origin: Origin, contents: FolderContents, wishes: EntryWishes): LocalEntry {
  return localEntry(origin.prefix.slice(0, -1), origin, lstat(origin.folder), contents, wishes);
}

/** Everything in a folder; subfolders get `contents`. What cannot be read is left out and reported. */
export function readEntries(
  folder: string,
  origin: Origin,
  contents: FolderContents,
  wishes: EntryWishes,
  problems: Problem[],
): LocalEntry[] {
  const path = pathOf(origin, folder);
  const names = attempt(folder, 'readdir', problems, () => namesIn(path, origin)) ?? [];
  const leavesMountPointsOut = wishes.oneFileSystem === 2 && contents === 'listed';
  const entries: LocalEntry[] = [];
  for (const leaf of names) {
    const name = folder === '.' ? leaf : `${folder}/${leaf}`;
    const entry = attempt(name, 'lstat', problems, () =>
      entryAt(`${path}/${leaf}`, name, origin, contents, wishes),
    );
    if (entry === undefined || (entry.isMountPoint && leavesMountPointsOut)) continue;
    entries.push(entry);
  }
  return entries;
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
  return { path, doing, cause, kind: cause.code === 'ENOENT' ? 'vanished' : 'failed' };
}

function namesIn(path: string, { followed = 0 }: Origin): string[] {
  if (followed > MAX_FOLLOWED) throw new LinkError(`${path}: symlinks lead around in a circle`);
  return readFolder(path === '' ? '/' : path);
}

function entryAt(
  path: string,
  name: string,
  origin: Origin,
  contents: FolderContents,
  wishes: EntryWishes,
): LocalEntry {
  const stats = lstat(path);
  if (!isSymlink(Number(stats.mode))) return localEntry(name, origin, stats, contents, wishes);
  const target = decodeName(readlinkSync(systemPath(path), { encoding: 'buffer' }));
  if (isFollowed(path, name, target, wishes)) return referentEntry(path, name, origin, contents, wishes);
  const linkTarget = wishes.mungeLinks === true ? unmungedTarget(target) : target;
  return { ...entryOf(name, stats, wishes, origin), linkTarget };
}

function isFollowed(path: string, name: string, target: string, wishes: EntryWishes): boolean {
  if (wishes.copyLinks === true) return true;
  if (wishes.copyUnsafeLinks === true && isUnsafeTarget(target, name)) return true;
  return wishes.copyDirlinks === true && leadsToFolder(path);
}

/**
 * The entry of what a symlink leads to. The link is followed once, here: from now on its referent's own path stands
 * for it, which has no symlinks and is opened as carefully as any other. So what is sent later is what was listed,
 * wherever the link leads by then.
 */
function referentEntry(
  path: string,
  name: string,
  origin: Origin,
  contents: FolderContents,
  wishes: EntryWishes,
): LocalEntry {
  const folder = referentOf(path);
  const stats = lstat(folder);
  if (isSymlink(Number(stats.mode))) throw new MovedError(`${folder} has become a symlink`);
  const referent = {
    ...originBehind(origin, name, folder),
    link: { path, isAway: origin.isAway === true },
    followed: (origin.followed ?? 0) + 1,
  };
  return localEntry(name, referent, stats, contents, wishes);
}

function referentOf(path: string): string {
  try {
    return realPath(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new NoReferentError(`symlink has no referent: ${path}`, { cause });
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
  wishes: EntryWishes,
): LocalEntry {
  const entry = entryOf(name, stats, wishes, origin);
  if (!isDirectory(entry.mode)) return entry;
  const isMountPoint = origin.device !== undefined && origin.device !== stats.dev;
  if (isMountPoint) return { ...entry, contents: 'none', isMountPoint };
  return { ...entry, contents };
}
