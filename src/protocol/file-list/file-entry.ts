/** One entry of a file list: what rsync calls a file, of any kind. */
export interface FileEntry {
  /** Path relative to the transfer root, without a slash at either end; `.` is the root itself. */
  readonly name: string;
  /** Type and permission bits, as in `stat`. 0 with `--delete-missing-args`: this path is to be deleted. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Whole seconds since 1970, rounded down; negative before. */
  readonly mtime: number;
  /** The rest of the time, 0 to 999,999,999. */
  readonly mtimeNs: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a folder: what of its contents is in the list. */
  readonly contents?: FolderContents;
  /** Of a symlink: where it points. */
  readonly linkTarget?: string;
  /** Of a device. */
  readonly device?: DeviceNumber;
  /** Of a file with several names, when hard links are kept: the same for all of its names. */
  readonly inode?: InodeNumber;
  /** Seconds, with `--atimes`. */
  readonly atime?: number;
  /** Of a regular file, with `--checksum`: the sum of its whole content. */
  readonly checksum?: Uint8Array;
}

/**
 * What a folder's entry promises about its contents, and so what a deleting receiver may sweep.
 * - `root`: all of it is in the list, and the user named the folder;
 * - `listed`: all of it is in the list;
 * - `none`: the folder itself only, nothing in it is touched;
 * - `implied`: it is there as the parent of something else (`--relative`).
 */
export type FolderContents = 'root' | 'listed' | 'none' | 'implied';

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

export interface InodeNumber {
  readonly device: bigint;
  readonly inode: bigint;
}

/** Which fields the entries of a session carry: both sides derive it from the options and the terms. */
export interface EntryFormat {
  readonly protocol: number;
  readonly varintFlags: boolean;
  /** Without varint flags: the end of a list may carry I/O errors (protocol 31, or the compat flag for it). */
  readonly safeEnd: boolean;
  readonly owner: boolean;
  readonly group: boolean;
  readonly links: boolean;
  readonly devices: boolean;
  readonly specials: boolean;
  readonly hardLinks: boolean;
  readonly atimes: boolean;
  /** Bytes of the checksum of each regular file; 0 without `--checksum`. */
  readonly checksumLength: number;
  /** Names of users and groups stand in the entries themselves: incremental recursion without `--numeric-ids`. */
  readonly inlineNames: boolean;
}

/** The names of ids, on the side that lists the files; undefined where an id has none. At most 255 bytes of UTF-8. */
export interface IdNames {
  user(uid: number): string | undefined;
  group(gid: number): string | undefined;
}
