import { errorOf } from '../listeners/log.ts';
import { ancestorsOf } from '../path-tree.ts';
import { AWAY, type Found, type LocalDisk } from './disk.ts';
import type { Mount } from './mounts.ts';
import { isSameAgain, isSamePlace, type PlaceIdentity, type SeenPlace, seenPlace } from './place-identity.ts';

/** Where another file system is mounted in the watched folder, or was. */
export interface MountPlace extends PlaceIdentity {
  /** Relative to the watched folder. */
  readonly path: string;
  /**
   * `away`: it is not mounted, so nothing is sent of it; `foreign`: it is left alone, but for the folder itself. What is
   * `there` must be what it was, or nothing may be concluded from it.
   */
  readonly state: 'there' | 'away' | 'foreign';
  /** What a remote has there stays, unless it is named as gone. */
  readonly isKept: boolean;
}

/** What has been mounted and unmounted below the watched folder; paths relative to it. */
export interface MountNews {
  /** Something is mounted where nothing was. */
  readonly appeared: readonly string[];
  /** What was mounted is not there any more. */
  readonly away: readonly string[];
  /** Something else is mounted where that was, so it is away. */
  readonly replaced: readonly string[];
  /** It is there again: what was watched before is not watched now. */
  readonly back: readonly string[];
}

export interface MountPlacesParts {
  readonly disk: Pick<LocalDisk, 'look' | 'absolute'>;
  readonly mountsNow: () => readonly Mount[];
  /** Whether the filter lets a path through. */
  readonly isWanted: (path: string, isFolder: boolean) => boolean;
  /** `--one-file-system`: what is on another device than this one is left alone. */
  readonly onlyDevice: number | undefined;
  /** From now on, {@link MountPlaces.doubt} is to be called if this is unmounted. */
  readonly onMounted: (path: string) => void;
  /** Told later, not while somebody asks about a path; again at the next look if it throws. */
  readonly onNews: (news: MountNews) => void;
  /** News could not be told. Must not throw. */
  readonly onTrouble: (error: Error) => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

interface Place {
  readonly path: string;
  seen: SeenPlace;
  /** `foreign`: it is on another device and `--one-file-system` leaves it alone. */
  state: 'there' | 'away' | 'foreign';
  /** What lies below the mount may have been sent before. */
  readonly isCover: boolean;
  /** It was mounted after watching began. */
  isLate: boolean;
  /** It was unmounted, and perhaps mounted again since. */
  isDoubted: boolean;
  /** What is mounted in its place, by its number. */
  otherId?: string | undefined;
}

/** Whoever asks about a path that is missing gets an answer that is at most so old. */
const FRESH_MS = 20;
/** To read all mounts takes at most one part of so many of the time. */
const MAX_SHARE = 50;

/**
 * Knows where other file systems are mounted below the watched folder. One that is unmounted leaves an empty folder,
 * which does not mean that its files were deleted: it is *away*, and so is everything in it, until the same one is
 * back. Another one in its place is not sent either.
 */
export class MountPlaces {
  readonly #parts: MountPlacesParts;
  readonly #places = new Map<string, Place>();
  /** News that nobody has taken: the last of each path counts. */
  #untold = new Map<string, keyof MountNews>();
  #isRunning = false;
  #readAt = Number.NEGATIVE_INFINITY;
  #readMs = 0;

  constructor(parts: MountPlacesParts) {
    this.#parts = parts;
  }

  /** What is mounted now belongs to the tree. To be done before anybody asks. */
  begin(): void {
    this.refresh();
    this.#isRunning = true;
  }

  /** Paths of what is away. */
  get away(): string[] {
    return [...this.#places.values()].filter(({ state }) => state === 'away').map(({ path }) => path);
  }

  /** What sessions must respect. */
  get places(): MountPlace[] {
    return [...this.#places.values()].map(({ path, seen, state, isCover }) => ({
      path,
      ...seen.identity,
      state,
      isKept: state !== 'there' || isCover,
    }));
  }

  /** Whether a folder lies in something that was mounted after watching began. */
  isLate(folder: string): boolean {
    return this.#above(folder).some(({ isLate }) => isLate);
  }

  /** Whether a folder's contents do not count. */
  isClosed(folder: string): boolean {
    return this.#above(folder).some(({ state }) => state !== 'there');
  }

  /** What was found at a path, unless that must not be believed. */
  judge(path: string, found: Found): Found {
    if (found.kind === 'missing' && this.#refreshIfOld().has(this.#above(path).at(-1)?.path ?? ''))
      return AWAY;
    if (this.#places.size === 0) return found;
    const above = this.#above(path);
    const closed = above.find(({ state }) => state !== 'there');
    if (closed !== undefined) return closed.state === 'foreign' && closed.path === path ? found : AWAY;
    const nearest = above.at(-1);
    if (nearest === undefined) return found;
    const top = nearest.path === path ? found : this.#parts.disk.look(nearest.path);
    return isSamePlace(top, nearest.seen.identity) ? found : AWAY;
  }

  /** Sees what is mounted by now, and tells. Answers the places that are not what they were. */
  refresh(): ReadonlySet<string> {
    const before = this.#parts.now();
    const changed = new Set<string>();
    const tell = (path: string, change: keyof MountNews) => {
      changed.add(path);
      if (this.#isRunning) this.#untold.set(path, change);
    };
    try {
      const mounted = this.#mounted();
      for (const place of this.#places.values()) {
        const change = this.#check(place, mounted.get(place.path));
        if (change !== undefined) tell(place.path, change);
      }
      for (const [path, mount] of mounted) {
        if (!this.#places.has(path) && this.#add(path, mount)) tell(path, 'appeared');
      }
    } finally {
      this.#readAt = this.#parts.now();
      this.#readMs = this.#readAt - before;
      if (this.#untold.size > 0) queueMicrotask(() => this.#tellNews());
    }
    return changed;
  }

  #tellNews(): void {
    const untold = this.#untold;
    if (untold.size === 0) return;
    this.#untold = new Map();
    const those = (kind: keyof MountNews) =>
      [...untold].filter(([, told]) => told === kind).map(([path]) => path);
    try {
      this.#parts.onNews({
        appeared: those('appeared'),
        away: those('away'),
        replaced: those('replaced'),
        back: those('back'),
      });
    } catch (thrown) {
      this.#untold = new Map([...untold, ...this.#untold]);
      this.#parts.onTrouble(errorOf(thrown));
    }
  }

  /** Something was unmounted at this path: what is there now may be the same, but its watches have ended. */
  doubt(path: string): void {
    const place = this.#places.get(path);
    if (place === undefined) return;
    place.isDoubted = true;
    this.refresh();
  }

  #refreshIfOld(): ReadonlySet<string> {
    const ageMs = this.#parts.now() - this.#readAt;
    return ageMs > Math.max(FRESH_MS, MAX_SHARE * this.#readMs) ? this.refresh() : new Set();
  }

  #check(place: Place, mount: Mount | undefined): keyof MountNews | undefined {
    if (place.state === 'foreign') return undefined;
    const { disk } = this.#parts;
    const found = disk.look(place.path);
    const isFound = found.kind === 'folder' || found.kind === 'file';
    const isUntouched =
      place.state === 'there' &&
      !place.isDoubted &&
      mount?.id === place.seen.mount?.id &&
      isSamePlace(found, place.seen.identity);
    if (isUntouched) return undefined;
    if (mount !== undefined && isFound && isSameAgain(place.seen, found, mount)) {
      const seen = seenPlace(disk.absolute(place.path), found, mount);
      this.#parts.onMounted(place.path);
      Object.assign(place, { seen, state: 'there', isLate: true, isDoubted: false, otherId: undefined });
      return 'back';
    }
    const isOther = mount !== undefined && isFound && mount.id !== place.otherId;
    const isNews = isOther || place.state !== 'away';
    Object.assign(place, { state: 'away', isDoubted: false, otherId: mount?.id });
    if (!isNews) return undefined;
    return isOther ? 'replaced' : 'away';
  }

  #add(path: string, mount: Mount): boolean {
    const { disk, onlyDevice } = this.#parts;
    const found = disk.look(path);
    if (found.kind !== 'folder' && found.kind !== 'file') return false;
    const isForeign = onlyDevice !== undefined && found.device !== onlyDevice;
    if (!isForeign) this.#parts.onMounted(path);
    this.#places.set(path, {
      path,
      seen: seenPlace(disk.absolute(path), found, mount),
      state: isForeign ? 'foreign' : 'there',
      isCover: this.#isRunning,
      isLate: this.#isRunning,
      isDoubted: false,
    });
    return !isForeign;
  }

  /** The mounts below the watched folder by their paths in it; of several at one path the last, which covers the others. */
  #mounted(): Map<string, Mount> {
    const { disk, isWanted, mountsNow } = this.#parts;
    const root = disk.absolute('.');
    const prefix = root === '/' ? root : `${root}/`;
    const mounted = new Map<string, Mount>();
    for (const mount of mountsNow()) {
      // What autofs mounts on demand is listed by itself.
      if (!mount.path.startsWith(prefix) || mount.path === root || mount.type === 'autofs') continue;
      const path = mount.path.slice(prefix.length);
      if (isWanted(path, true) || isWanted(path, false)) mounted.set(path, mount);
    }
    return mounted;
  }

  /** Places at a path or above it, the topmost first. */
  #above(path: string): Place[] {
    if (this.#places.size === 0) return [];
    return [...ancestorsOf(path), path].flatMap((at) => this.#places.get(at) ?? []);
  }
}
