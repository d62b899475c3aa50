import { type BigIntStats, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { Problem } from '../errors.ts';
import type { FileEntry, FolderContents } from '../file-list/file-entry.ts';
import { isDirectory, isSymlink } from '../file-list/file-mode.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { readFolder } from './read-folder.ts';
import { type EntryWishes, entryOf } from './stat-entry.ts';

/** Where the names that begin with `prefix` lie: what follows the prefix is below `folder`, which has no symlinks. */
export interface Origin {
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  /** Absolute, without a slash at its end; empty is the root of the file system. */
  readonly folder: string;
  /** Which of several sources it belongs to, in the order in which they were named. */
  readonly source: number;
}

/** An entry of this machine's disk. */
export interface LocalEntry extends FileEntry {
  readonly origin: Origin;
}

const OPTIONS = { bigint: true, throwIfNoEntry: true } as const;

export function pathOf({ prefix, folder }: Origin, name: string): string {
  const isFolderItself = name === '.' || name.length < prefix.length;
  return isFolderItself ? folder : `${folder}/${name.slice(prefix.length)}`;
}

/** The absolute path without symlinks, in the form of {@link Origin.folder}, of a folder that we may enter. */
export function realFolder(path: string): string {
  const real = decodeName(realpathSync(systemPath(path), 'buffer'));
  lstatSync(systemPath(`${real}/.`));
  return real === '/' ? '' : real;
}

export function leadsToFolder(path: string): boolean {
  return statSync(systemPath(path), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The entry of one path; `contents` counts if it is a folder. */
export function readEntry(
  name: string,
  origin: Origin,
  contents: FolderContents,
  wishes: EntryWishes,
): LocalEntry {
  return localEntry(name, origin, lstat(pathOf(origin, name)), contents, wishes);
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
  const names = attempt(folder, 'readdir', problems, () => readFolder(path === '' ? '/' : path)) ?? [];
  const entries: LocalEntry[] = [];
  for (const leaf of names) {
    const name = folder === '.' ? leaf : `${folder}/${leaf}`;
    const stats = attempt(name, 'lstat', problems, () => lstat(`${path}/${leaf}`));
    if (stats === undefined) continue;
    const entry = attempt(name, 'readlink', problems, () =>
      localEntry(name, origin, stats, contents, wishes),
    );
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** Runs one step for one path; if it fails, that is noted and the result is undefined. */
export function attempt<T>(path: string, doing: string, problems: Problem[], step: () => T): T | undefined {
  try {
    return step();
  } catch (thrown) {
    const cause = thrown as NodeJS.ErrnoException;
    problems.push({ path, doing, cause, kind: cause.code === 'ENOENT' ? 'vanished' : 'failed' });
    return undefined;
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
  const entry = entryOf(name, stats, wishes);
  if (isDirectory(entry.mode)) return { ...entry, contents, origin };
  return isSymlink(entry.mode)
    ? { ...entry, linkTarget: readTarget(pathOf(origin, name)), origin }
    : { ...entry, origin };
}

function readTarget(path: string): string {
  return decodeName(readlinkSync(systemPath(path), { encoding: 'buffer' }));
}
