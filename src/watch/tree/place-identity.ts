import { lstatSync, statfsSync } from 'node:fs';
import { systemPath } from '../../protocol/internal.ts';
import type { Found, FoundEntry } from './disk.ts';
import { fileSystemId } from './file-system-id.ts';
import type { Mount } from './mounts.ts';

/** Tells what stands at a path from anything else that may take its place, such as another file system. */
export interface PlaceIdentity {
  readonly device: number;
  readonly inode: number;
  /**
   * When it was made, in ms since 1970: the top folders of all file systems of one type have the same inode. 0 if that
   * is not known.
   */
  readonly bornMs: number;
}

/** What stands at a path, and the mount through which it is seen. */
export interface SeenPlace {
  readonly identity: PlaceIdentity;
  readonly mount: Mount | undefined;
  /** The UUID, where it can be had. */
  readonly fileSystem: string | undefined;
}

/** Types of file systems as statfs(2) gives them. */
const OVERLAY = 0x794c7630;
const LOCAL_TYPES = [
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x01021994, // tmpfs
  OVERLAY,
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
];

/** What is in them is gone when they are unmounted. */
const IN_MEMORY = ['tmpfs', 'ramfs'];

export function seenPlace(absolute: string, found: FoundEntry, mount: Mount | undefined): SeenPlace {
  return { identity: identityOf(absolute, found), mount, fileSystem: mount && fileSystemId(mount) };
}

/** Whether nothing has taken the place of what was there, as long as nothing is mounted or unmounted. */
export function isSamePlace(found: Found, { device, inode, bornMs }: PlaceIdentity): boolean {
  if (found.kind !== 'folder' && found.kind !== 'file') return false;
  return found.device === device && found.inode === inode && (bornMs === 0 || found.bornMs === bornMs);
}

/**
 * Whether the same is seen again through another mount. The same disk may be another device then, and another disk the
 * same device; two that were made in the same second differ in nothing but their UUID.
 */
export function isSameAgain(
  known: SeenPlace,
  found: FoundEntry,
  mount: Mount | undefined,
  idOf = fileSystemId,
): boolean {
  if (mount === undefined || known.mount === undefined) return isSamePlace(found, known.identity);
  const { identity, fileSystem } = known;
  if (mount.type !== known.mount.type) return false;
  const id = idOf(mount);
  if (id !== undefined && fileSystem !== undefined) {
    return id === fileSystem && isSamePlace(found, { ...identity, device: found.device });
  }
  if (identity.bornMs !== 0) return isSamePlace(found, identity);
  if (IN_MEMORY.includes(mount.type) || mount.source !== known.mount.source) return false;
  if (mount.type === 'overlay' && mount.options !== known.mount.options) return false;
  return mount.folder === known.mount.folder && found.inode === identity.inode;
}

/** Whether this machine keeps the file system itself. */
export function isLocal(absolute: string): boolean {
  return LOCAL_TYPES.includes(typeAt(absolute));
}

function identityOf(absolute: string, { device, inode, bornMs }: FoundEntry): PlaceIdentity {
  return { device, inode, bornMs: keepsBirthTimes(absolute) ? bornMs : 0 };
}

/** In an overlay, a folder is made anew when it is first written to. */
function keepsBirthTimes(absolute: string): boolean {
  const type = typeAt(absolute);
  return type !== OVERLAY && LOCAL_TYPES.includes(type) && isStatxAllowed();
}

/** Where statx(2) is not allowed, Node gives the time of the last change instead. /proc has no birth times. */
function isStatxAllowed(): boolean {
  return lstatSync('/proc', { throwIfNoEntry: false })?.birthtimeMs === 0;
}

/** The number of a type, or 0 if it cannot be asked for, such as of what is just being unmounted. */
function typeAt(absolute: string): number {
  try {
    return statfsSync(systemPath(absolute)).type;
  } catch {
    return 0;
  }
}
