import type { BigIntStats } from 'node:fs';
import type { DeviceNumber, FileEntry, InodeNumber } from '../file-list/file-entry.ts';
import { isDevice, isDirectory } from '../file-list/file-mode.ts';
import type { ModeChange } from './mode-changes.ts';
import type { Origin } from './origin.ts';

const NS_PER_SECOND = 1_000_000_000n;

/** Options that change how a file is listed; names are those of rsync's options. */
export interface ListingOptions {
  /** Files with several names get their inode, so that the names can be linked again. */
  readonly hardLinks: boolean;
  readonly atimes: boolean;
  /** What `--chmod` makes of a mode. */
  readonly chmod?: ModeChange | undefined;
  /** Symlinks are listed as what they lead to. */
  readonly copyLinks?: boolean | undefined;
  /** Those that lead to a folder. */
  readonly copyDirlinks?: boolean | undefined;
  /** Those that lead out of the tree. */
  readonly copyUnsafeLinks?: boolean | undefined;
  /** Targets lose the prefix that keeps them from leading anywhere. */
  readonly mungeLinks?: boolean | undefined;
  /** Mount points are listed without what is in them (1), or not at all (2). */
  readonly oneFileSystem?: 0 | 1 | 2 | undefined;
}

/** An entry of this machine's disk, and where it lies. */
export interface StatEntry extends FileEntry {
  readonly origin: Origin;
}

/** Most entries are files of one name: theirs is made in one piece, for there are many. */
export function entryOf(
  name: string,
  stats: BigIntStats,
  listing: ListingOptions,
  origin: Origin,
): StatEntry {
  const mode = changed(Number(stats.mode), listing);
  const mtime = secondsOf(stats.mtimeNs);
  const entry: StatEntry = {
    name,
    mode,
    size: Number(stats.size),
    mtime,
    mtimeNs: Number(stats.mtimeNs - BigInt(mtime) * NS_PER_SECOND),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    origin,
  };
  if (isDirectory(mode)) return entry;
  const device = isDevice(mode) ? deviceOf(stats.rdev) : undefined;
  const inode = listing.hardLinks && stats.nlink > 1n ? inodeOf(stats) : undefined;
  if (device === undefined && inode === undefined && !listing.atimes) return entry;
  return {
    ...entry,
    ...(isDevice(mode) && { size: 0 }),
    ...(device !== undefined && { device }),
    ...(inode !== undefined && { inode }),
    ...(listing.atimes && { atime: secondsOf(stats.atimeNs) }),
  };
}

function changed(mode: number, { chmod }: ListingOptions): number {
  return chmod === undefined ? mode : chmod(mode);
}

function inodeOf(stats: BigIntStats): InodeNumber {
  return { device: stats.dev, inode: stats.ino };
}

/** Seconds, rounded down also before 1970. */
function secondsOf(ns: bigint): number {
  const seconds = ns / NS_PER_SECOND;
  return Number(ns < 0n && ns % NS_PER_SECOND !== 0n ? seconds - 1n : seconds);
}

/** Splits Linux's 64-bit dev_t. */
function deviceOf(rdev: bigint): DeviceNumber {
  const low = Number(rdev & 0xffff_ffffn);
  const high = Number(rdev >> 32n);
  return {
    major: ((low >>> 8) & 0xfff) | (high & ~0xfff),
    minor: ((low & 0xff) | ((low >>> 12) & ~0xff)) >>> 0,
  };
}
