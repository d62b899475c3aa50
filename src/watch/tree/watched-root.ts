import { realpathSync } from 'node:fs';
import { decodeName, UsageError } from '../../protocol/index.ts';
import { systemPath, systemReason } from '../../protocol/internal.ts';
import { type Disk, type FoundEntry, LocalDisk } from './disk.ts';
import { type Mount, mountOf, readMounts } from './mounts.ts';
import {
  isLocal,
  isSameAgain,
  isSamePlace,
  type PlaceIdentity,
  type SeenPlace,
  seenPlace,
} from './place-identity.ts';

/** The folder that is watched, and what it was when watching began: another one in its place must not be sent. */
export interface WatchedRoot extends PlaceIdentity {
  readonly path: string;
  /** The times of its files come from the clock of this machine, not from that of a file server. */
  readonly isLocalFileSystem: boolean;
}

/**
 * Whether it is still there, and still the one that it was. If it is not, nothing may be concluded from what is missing
 * in it: the file system may have been unmounted.
 */
export function isRootThere(disk: Disk, root: WatchedRoot): boolean {
  const found = disk.look('.');
  return found.kind === 'folder' && isSamePlace(found, root);
}

const UNTIL = 'nothing is sent or deleted until';
const RESTART =
  'or restart tsersync to watch the new one (-r then deletes at the remotes what it does not have)';

/**
 * The folder to watch, and whether its path still leads to it, also in ways that take longer to find out than
 * {@link isRootThere}: a file system that was made on the same device in the same second, a symlink on the way.
 */
export class RootWatch {
  readonly root: WatchedRoot;
  readonly #folder: string;
  readonly #disk: LocalDisk;
  readonly #mountsNow: () => readonly Mount[];
  #seen: SeenPlace;
  /** The number of a mount may come again, but not while it is there. */
  #wasThere = true;

  /**
   * A symlink is refused: it is a file of the tree above it, and may lead elsewhere tomorrow.
   *
   * @param folder As the user calls it.
   * @throws UsageError if it is not there, or no folder.
   */
  constructor(folder: string, mountsNow: () => readonly Mount[] = readMounts) {
    const found = foundRoot(folder);
    const path = realPath(folder);
    this.#folder = folder;
    this.#disk = new LocalDisk(path);
    this.#mountsNow = mountsNow;
    this.#seen = seenPlace(path, found, mountOf(path, mountsNow()));
    this.root = { path, ...this.#seen.identity, isLocalFileSystem: isLocal(path) };
  }

  /** Whether something is mounted right there. */
  get isMountPoint(): boolean {
    return this.#seen.mount?.path === this.root.path;
  }

  /** It was unmounted, and perhaps mounted again since. */
  doubt(): void {
    this.#wasThere = false;
  }

  /** Why nothing may be concluded from what is in the folder, and what to do; undefined if it is as it was. */
  trouble(): string | undefined {
    const trouble = this.#look();
    this.#wasThere = trouble === undefined;
    return trouble;
  }

  #look(): string | undefined {
    const found = this.#disk.look('.');
    switch (found.kind) {
      case 'folder':
        return this.#troubleWith(found);
      case 'file':
        return `the watched folder is not a folder any more: ${UNTIL} it is back`;
      case 'unknown':
        return `the watched folder cannot be looked at (${systemReason(found.cause)}): ${UNTIL} it can`;
      default:
        return `the watched folder is gone: ${UNTIL} it is back; to watch one that is made anew, restart tsersync`;
    }
  }

  #troubleWith(found: FoundEntry): string | undefined {
    const { path } = this.root;
    const mount = mountOf(path, this.#mountsNow());
    const isRemounted = mount?.id !== this.#seen.mount?.id || !this.#wasThere;
    if (this.#seen.mount?.path === path && mount?.path !== path)
      return `the file system of the watched folder is not mounted: ${UNTIL} it is`;
    const isSame = isRemounted ? isSameAgain(this.#seen, found, mount) : isSamePlace(found, this.root);
    if (!isSame) {
      const isOther = found.device !== this.root.device || mount?.path === path;
      const what = isOther ? 'another file system is mounted' : 'another folder is';
      return `${what} in the place of the watched one: ${UNTIL} the old one is back; bring it back, ${RESTART}`;
    }
    const place = this.#placeNow();
    if (place !== path) {
      const where = place ?? 'nothing';
      return `a symlink in the path of the watched folder now leads to ${where}: ${UNTIL} it leads to ${path}; switch it back, ${RESTART}`;
    }
    if (isRemounted) this.#seen = seenPlace(path, found, mount);
    // The same disk may have come back as another device.
    Object.assign(this.root, this.#seen.identity);
    return undefined;
  }

  #placeNow(): string | undefined {
    try {
      return realPath(this.#folder);
    } catch {
      return undefined;
    }
  }
}

function foundRoot(folder: string): FoundEntry {
  const found = new LocalDisk(folder).look('.');
  if (found.kind === 'folder') return found;
  if (found.kind === 'unknown')
    throw new UsageError(`the folder to watch cannot be looked at: ${systemReason(found.cause)}`);
  if (found.kind !== 'file') throw new UsageError(`the folder to watch is not there: ${folder}`);
  const what = found.isSymlink ? 'a symlink; write the path of the folder that it leads to' : 'not a folder';
  throw new UsageError(`the folder to watch is ${what}: ${folder}`);
}

function realPath(folder: string): string {
  return decodeName(realpathSync(systemPath(folder), 'buffer'));
}
