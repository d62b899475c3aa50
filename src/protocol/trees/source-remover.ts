import { type BigIntStats, lstatSync } from 'node:fs';
import { isSameType } from '../file-list/file-mode.ts';
import { systemPath } from '../wire/file-name.ts';
import { FolderGate } from './folder-gate.ts';
import type { LocalEntry } from './local-entry.ts';
import { MovedError } from './open-folder.ts';
import { LinkError, pathOf } from './origin.ts';
import { entryOf, type ListingOptions } from './stat-entry.ts';

/** A file is no longer what was listed, so it may hold what was not sent: it must not be removed. */
export class ChangedError extends Error {}

/**
 * Removes source files that have arrived, with the same care with which they are opened: nobody can lead the removal
 * elsewhere by swapping a folder for a symlink. Between the last look at a file and its removal lies one system call.
 */
export class SourceRemover {
  readonly #gate = new FolderGate();

  /**
   * Answers whether it was still there. Where a symlink was followed, the link goes, not what it leads to.
   *
   * @throws ChangedError if size, time or type are not those of the entry, LinkError if it is not ours to remove, or
   * Node's error.
   */
  remove(entry: LocalEntry, listing: ListingOptions): boolean {
    const { origin, name } = entry;
    const content = pathOf(origin, name);
    const link = name.length < origin.prefix.length ? origin.link : undefined;
    const path = link?.path ?? content;
    if ((link ?? origin).isAway === true)
      throw new LinkError(`${path} lies behind a symlink that leads away`);
    try {
      this.#gate.at(path, (folder, leaf) => {
        const stats = link === undefined ? folder.lstat(leaf) : lstat(content);
        if (!isListed(entry, stats, listing))
          throw new ChangedError(`${path} has changed since it was listed`);
        folder.confirm();
        folder.unlink(leaf);
      });
      return true;
    } catch (thrown) {
      // A folder that was swapped is no reason to believe that the file is gone.
      if (!(thrown instanceof MovedError) && isGone(thrown)) return false;
      throw thrown;
    }
  }

  close(): void {
    this.#gate.close();
  }
}

function isListed(entry: LocalEntry, stats: BigIntStats, listing: ListingOptions): boolean {
  const now = entryOf(entry.name, stats, listing, entry.origin);
  return (
    isSameType(now.mode, entry.mode) &&
    now.size === entry.size &&
    now.mtime === entry.mtime &&
    now.mtimeNs === entry.mtimeNs
  );
}

function lstat(path: string): BigIntStats {
  return lstatSync(systemPath(path), { bigint: true });
}

function isGone(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'ENOENT';
}
