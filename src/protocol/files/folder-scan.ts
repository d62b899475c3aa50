import type { Problem } from '../errors.ts';
import type { FolderContents } from '../file-list/file-entry.ts';
import type { FolderGate } from './folder-gate.ts';
import { attempt, entryIn, type LocalEntry, problemOf } from './local-entry.ts';
import { LinkError, type Origin, pathOf } from './origin.ts';
import type { EntryWishes } from './stat-entry.ts';

/** More symlinks in one path than this are followed by no kernel, which is where rsync ends in a circle of them. */
const MAX_FOLLOWED = 40;

/** What is listed, and as what. */
export interface ScanParts {
  readonly gate: FolderGate;
  /** The name of the folder in the list. */
  readonly folder: string;
  readonly origin: Origin;
  /** What the entries of subfolders promise. */
  readonly contents: FolderContents;
  readonly wishes: EntryWishes;
}

/** Everything in a folder. What cannot be read is left out and reported. */
export function readEntries(parts: ScanParts, problems: Problem[]): LocalEntry[] {
  const { folder: listed, origin, contents, wishes } = parts;
  const leavesMountPointsOut = wishes.oneFileSystem === 2 && contents === 'listed';
  const entries: LocalEntry[] = [];
  const found: Problem[] = [];
  try {
    const folder = enter(parts);
    for (const leaf of folder.names()) {
      const name = listed === '.' ? leaf : `${listed}/${leaf}`;
      const entry = attempt(name, 'lstat', found, () =>
        entryIn(folder, leaf, name, origin, contents, wishes),
      );
      if (entry === undefined || (entry.isMountPoint && leavesMountPointsOut)) continue;
      entries.push(entry);
    }
    folder.confirm();
  } catch (thrown) {
    problems.push(problemOf(listed, 'readdir', thrown as NodeJS.ErrnoException));
    return [];
  }
  problems.push(...found);
  return entries;
}

function enter({ gate, folder, origin }: ScanParts) {
  const path = pathOf(origin, folder);
  if ((origin.followed ?? 0) > MAX_FOLLOWED) {
    throw new LinkError(`${path}: symlinks lead around in a circle`);
  }
  return gate.enter(path);
}
