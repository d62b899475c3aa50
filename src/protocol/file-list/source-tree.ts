import type { Problem } from '../errors.ts';
import type { FileEntry, IdNames } from './file-entry.ts';

/**
 * What a push sends. The local disk is one implementation; a program can push from memory, an archive or an object
 * store by writing another. Every answer may be a value or a promise of one: a tree that answers at once is read
 * without waiting.
 */
export interface SourceTree {
  /**
   * The entries at the top: `.` with its direct children, or the names that were asked for. With `--relative` these
   * are the first components of the paths, and what is below comes from {@link children}. No name may come twice.
   */
  roots(): Listing | Promise<Listing>;
  /**
   * The entries directly in a folder that came from this tree, with their full names. Asked once for every folder
   * but `.`, also for those whose contents are `none`; these have no children.
   */
  children(folder: FileEntry): Listing | Promise<Listing>;
  /** Opens a regular file of this tree for reading. May be asked again for the same entry. */
  open(entry: FileEntry): SourceFile | Promise<SourceFile>;
  /**
   * Removes an entry that has arrived (`--remove-source-files`), but only if it is still what was listed; answers
   * whether it was there. Never asked for folders. What is thrown is reported, and the entry stays. A tree without this
   * keeps everything.
   */
  remove?(entry: FileEntry): boolean | Promise<boolean>;
  /**
   * The content of a file with filter rules (`.rsync-filter`), where there is one. The path is relative to the root of
   * the transfer, or absolute if a rule leads out of it. A tree without this has no such files.
   */
  readRules?(path: string): Buffer | undefined;
  /** The names of users and groups; none means that the numbers count. */
  readonly idNames?: IdNames | undefined;
}

/** The entries of one folder, and what could not be found out about others. */
export interface Listing {
  readonly entries: readonly FileEntry[];
  /** Anything but a vanished file stops all deletions on the other side, since the list is not complete. */
  readonly problems: readonly Problem[];
}

/** The content of one regular file, as it is at the moment of opening. */
export interface SourceFile {
  /** Bytes. The file may turn out longer or shorter; no more than this is read. */
  readonly size: number;
  /** Seconds and nanoseconds, to tell later whether the file has changed since. */
  readonly mtime: number;
  readonly mtimeNs: number;
  /** Fills `into` from `position` on; answers how many bytes, 0 at the end. */
  read(into: Buffer, position: number): number | Promise<number>;
  close(): void | Promise<void>;
}
