import type { Problem } from '../errors.ts';
import type { FolderContents } from '../file-list/file-entry.ts';
import { EventLoopYield, type Steps } from '../stream/event-loop-yield.ts';
import type { FolderGate } from './folder-gate.ts';
import { attempt, entryIn, type LocalEntry, problemOf } from './local-entry.ts';
import type { OpenFolder } from './open-folder.ts';
import { LinkError, type Origin, pathOf } from './origin.ts';
import type { ListingOptions } from './stat-entry.ts';

/** More symlinks in one path than this are followed by no kernel, which is where rsync ends in a circle of them. */
const MAX_FOLLOWED = 40;

/** A folder of no more entries than this is listed at once, however slow the disk is. */
const AT_ONCE = 200;

/** What is listed, and as what. */
export interface ScanParts {
  readonly gate: FolderGate;
  /** The name of the folder in the list. */
  readonly folder: string;
  readonly origin: Origin;
  /** What the entries of subfolders promise. */
  readonly contents: FolderContents;
  readonly listing: ListingOptions;
}

/** Everything in a folder. What cannot be read is left out and reported. Huge folders take several turns. */
export function* readEntries(parts: ScanParts, problems: Problem[]): Steps<LocalEntry[]> {
  const { folder, contents, listing } = parts;
  const found: Problem[] = [];
  try {
    const entries = yield* look(parts, enter(parts).names(), () => contents, found);
    problems.push(...found);
    if (listing.oneFileSystem !== 2 || contents !== 'listed') return entries;
    return entries.filter(({ isMountPoint }) => isMountPoint !== true);
  } catch (thrown) {
    problems.push(problemOf(folder, 'readdir', thrown as NodeJS.ErrnoException));
    return [];
  }
}

/** Some of what is in a folder, by their names there. If the folder cannot be entered, that is said of each. */
export function* readLeaves(
  parts: ScanParts,
  leaves: readonly string[],
  contentsOf: (leaf: string) => FolderContents,
  problems: Problem[],
): Steps<LocalEntry[]> {
  const found: Problem[] = [];
  try {
    const entries = yield* look(parts, leaves, contentsOf, found);
    problems.push(...found);
    return entries;
  } catch (thrown) {
    const cause = thrown as NodeJS.ErrnoException;
    for (const leaf of leaves) problems.push(problemOf(nameOf(parts, leaf), 'lstat', cause));
    return [];
  }
}

function* look(
  parts: ScanParts,
  leaves: readonly string[],
  contentsOf: (leaf: string) => FolderContents,
  problems: Problem[],
): Steps<LocalEntry[]> {
  const { gate, origin, listing } = parts;
  const { closings } = gate;
  const yielding = new EventLoopYield({ minPieces: AT_ONCE });
  const entries: LocalEntry[] = [];
  let folder = enter(parts);
  for (const leaf of leaves) {
    const name = nameOf(parts, leaf);
    const entry = attempt(name, 'lstat', problems, () =>
      entryIn(folder, leaf, name, origin, contentsOf(leaf), listing),
    );
    if (entry !== undefined) entries.push(entry);
    if (!yielding.isDue()) continue;
    folder.confirm();
    yield;
    yielding.restart();
    if (gate.closings !== closings) throw new Error(`the listing of ${folder.path} was given up`);
    // Meanwhile somebody may have entered another one.
    folder = enter(parts);
  }
  folder.confirm();
  return entries;
}

function nameOf({ folder }: ScanParts, leaf: string): string {
  return folder === '.' ? leaf : `${folder}/${leaf}`;
}

function enter({ gate, folder, origin }: ScanParts): OpenFolder {
  const path = pathOf(origin, folder);
  if ((origin.followed ?? 0) > MAX_FOLLOWED) {
    throw new LinkError(`${path}: symlinks lead around in a circle`);
  }
  return gate.enter(path);
}
