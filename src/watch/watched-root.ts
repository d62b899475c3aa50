import { realpathSync, statfsSync } from 'node:fs';
import { decodeName, systemPath, UsageError } from '../protocol/index.ts';
import { type Disk, LocalDisk } from './disk.ts';
import type { WatchedRoot } from './lanes/messages.ts';

/**
 * The folder to watch. A symlink is refused: it is a file of the tree above it, and may lead elsewhere tomorrow.
 *
 * @throws UsageError if it is not there, or no folder.
 */
export function findRoot(folder: string): WatchedRoot {
  const found = new LocalDisk(folder).look('.');
  if (found.kind === 'missing') throw new UsageError(`the folder to watch is not there: ${folder}`);
  if (found.kind === 'unknown')
    throw new UsageError(`the folder to watch cannot be looked at: ${found.cause.message}`);
  if (found.kind === 'file') {
    const what = found.isSymlink
      ? 'a symlink; write the path of the folder that it leads to'
      : 'not a folder';
    throw new UsageError(`the folder to watch is ${what}: ${folder}`);
  }
  const path = decodeName(realpathSync(systemPath(folder), 'buffer'));
  return { path, device: found.device, inode: found.inode, hasOurClock: isLocal(path) };
}

/** What statfs(2) tells of file systems that this machine keeps itself: its man page names the numbers. */
const LOCAL_TYPES = [
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
];

function isLocal(folder: string): boolean {
  return LOCAL_TYPES.includes(statfsSync(systemPath(folder)).type);
}

/**
 * Whether it is still there, and still the one that it was. If it is not, nothing may be concluded from what is missing
 * in it: the file system may have been unmounted.
 */
export function isRootThere(disk: Disk, { device, inode }: WatchedRoot): boolean {
  const found = disk.look('.');
  return found.kind === 'folder' && found.device === device && found.inode === inode;
}
