import { accessSync, constants, type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { decodeName } from '../../protocol/index.ts';
import { systemPath } from '../../protocol/internal.ts';

/** What stands at a path, as far as it matters here. A symlink is a file. */
export type Found =
  | FoundEntry
  | { readonly kind: 'missing' }
  /** It could not be found out; it may well exist. */
  | { readonly kind: 'unknown'; readonly cause: Error }
  /** Its file system is not mounted: nothing follows from what is there now. */
  | { readonly kind: 'away' };

export interface FoundEntry {
  readonly kind: 'folder' | 'file';
  /** An ordinary file, with content. */
  readonly isRegular: boolean;
  readonly isSymlink: boolean;
  readonly size: number;
  readonly device: number;
  readonly inode: number;
  /** Names of the file. */
  readonly links: number;
  readonly mode: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** When the inode was made; where the file system does not know it, something that changes at least as often. */
  readonly bornMs: number;
}

export interface FolderNames {
  readonly folders: readonly string[];
  /** Names of any kind that are not UTF-8. */
  readonly byteNames: readonly string[];
}

/** The watched tree as it is right now. Paths are relative to its root. */
export interface Disk {
  look(path: string): Found;
  /** What must be known of the names in a folder; undefined if it cannot be read, or what is in it cannot be reached. */
  names(folder: string): FolderNames | undefined;
  /** All names in a folder; none if it cannot be read. */
  allNames(folder: string): string[];
}

const REPLACEMENT = '\ufffd';
const MISSING = { kind: 'missing' } as const;
export const AWAY = { kind: 'away' } as const;

export class LocalDisk implements Disk {
  readonly root: string;

  /** `root` is absolute. */
  constructor(root: string) {
    this.root = root;
  }

  absolute(path: string): string {
    if (path === '.') return this.root;
    return this.root === '/' ? `/${path}` : `${this.root}/${path}`;
  }

  look(path: string): Found {
    try {
      const stats = lstatSync(systemPath(this.absolute(path)), { throwIfNoEntry: false });
      return stats === undefined ? MISSING : foundEntry(stats);
    } catch (thrown) {
      const cause = thrown as NodeJS.ErrnoException;
      return cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? MISSING : { kind: 'unknown', cause };
    }
  }

  names(folder: string): FolderNames | undefined {
    const entries = this.#entries(folder);
    if (entries === undefined || !this.#canEnter(folder)) return undefined;
    return {
      folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
      byteNames: entries.map(({ name }) => name).filter((name) => !name.isWellFormed()),
    };
  }

  allNames(folder: string): string[] {
    return (this.#entries(folder) ?? []).map(({ name }) => name);
  }

  #canEnter(folder: string): boolean {
    try {
      accessSync(systemPath(this.absolute(folder)), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }

  #entries(folder: string): readonly NamedEntry[] | undefined {
    const path = systemPath(this.absolute(folder));
    try {
      const entries = readdirSync(path, { withFileTypes: true });
      if (!entries.some(({ name }) => name.includes(REPLACEMENT))) return entries;
      return readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).map(decodeEntry);
    } catch {
      // Whoever needs what is in there will find out why it cannot be read.
      return undefined;
    }
  }
}

/** Whether nothing has happened to a file or folder between two looks. */
export function isUnchanged(before: Found, after: Found): boolean {
  if (before.kind === 'missing') return after.kind === 'missing';
  if (before.kind === 'away' || after.kind === 'away') return false;
  if (before.kind === 'unknown' || after.kind === 'unknown' || after.kind === 'missing') return false;
  return (
    before.inode === after.inode &&
    before.device === after.device &&
    before.size === after.size &&
    before.mode === after.mode &&
    before.mtimeMs === after.mtimeMs &&
    before.ctimeMs === after.ctimeMs
  );
}

/** Tells a file from all others, whatever its names. */
export function fileKey({ device, inode }: FoundEntry): string {
  return `${device}:${inode}`;
}

interface NamedEntry {
  readonly name: string;
  isDirectory(): boolean;
}

function decodeEntry(entry: Dirent<Buffer>): NamedEntry {
  return { name: decodeName(entry.name), isDirectory: () => entry.isDirectory() };
}

function foundEntry(stats: Stats): FoundEntry {
  return {
    kind: stats.isDirectory() ? 'folder' : 'file',
    isRegular: stats.isFile(),
    isSymlink: stats.isSymbolicLink(),
    size: stats.size,
    device: stats.dev,
    inode: stats.ino,
    links: stats.nlink,
    mode: stats.mode,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
    bornMs: stats.birthtimeMs,
  };
}
