import type { Emit } from '../listeners/events.ts';
import { errorOf } from '../listeners/log.ts';
import { LocalDisk } from './disk.ts';
import { GuardedDisk } from './guarded-disk.ts';
import type { MountPlace } from './mount-places.ts';
import { type MountNews, MountPlaces } from './mount-places.ts';
import { readMounts } from './mounts.ts';
import { UnmountSignals } from './unmount-signals.ts';
import type { WatchedRoot } from './watched-root.ts';
import { RootWatch } from './watched-root.ts';

export interface TreeGuardParts {
  /** The folder to watch. */
  readonly folder: string;
  /** `--one-file-system` */
  readonly isConfined: boolean;
  /** Whether the filter lets a path through. Not asked before {@link TreeGuard.begin}. */
  readonly isWanted: (path: string, isFolder: boolean) => boolean;
  readonly emit: Emit;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
  /** Nothing may be concluded from what is in the watched folder; told again and again while that is so. */
  readonly onLost: () => void;
  /** It is as it was again, but nothing in it is watched. */
  readonly onFound: () => Promise<void>;
  /** It was looked at, and is as it was. */
  readonly onLook: () => void;
  readonly onMounts: (news: MountNews) => void;
}

const LOOK_MS = 500;

/** Sees again and again whether the watched folder, and what is mounted in it, are what they were. */
export class TreeGuard {
  readonly root: WatchedRoot;
  /** On which nothing is missing that is only away. */
  readonly disk: LocalDisk;
  readonly #parts: TreeGuardParts;
  readonly #rootWatch: RootWatch;
  readonly #places: MountPlaces;
  readonly #unmounts: UnmountSignals;
  #trouble: string | undefined;
  #isLost = false;
  #isRunning = false;
  #timer: NodeJS.Timeout | undefined;

  /** @throws UsageError if the folder is not there, or no folder. */
  constructor(parts: TreeGuardParts) {
    this.#parts = parts;
    this.#rootWatch = new RootWatch(parts.folder);
    this.root = this.#rootWatch.root;
    this.#unmounts = new UnmountSignals((absolute) => this.#onUnmount(absolute), parts.now);
    this.#places = new MountPlaces({
      disk: new LocalDisk(this.root.path),
      mountsNow: readMounts,
      isWanted: parts.isWanted,
      onlyDevice: parts.isConfined ? this.root.device : undefined,
      onMounted: (path) => this.#unmounts.watch(this.disk.absolute(path)),
      onNews: (news) => this.#onMounts(news),
      onTrouble: (error) => this.#tell(error),
      now: parts.now,
    });
    this.disk = new GuardedDisk(this.root.path, this.#places);
  }

  /** Why nothing may be concluded from what is in the watched folder; undefined if it is as it was. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Paths of what is not mounted. */
  get away(): string[] {
    return this.#places.away;
  }

  /** What sessions must respect. */
  get places(): MountPlace[] {
    return this.#places.places;
  }

  /** Whether a folder lies in something that was mounted after watching began. */
  isLate(folder: string): boolean {
    return this.#places.isLate(folder);
  }

  /** To be done before watching begins. */
  begin(): void {
    this.#watchRoot();
    this.#places.begin();
  }

  /** From now on, all that happens is told. */
  run(): void {
    this.#isRunning = true;
    this.#schedule();
  }

  end(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#unmounts.close();
  }

  /** Somebody has reason to doubt: answers, before it returns, by what it tells. */
  check(): void {
    if (!this.#isRunning) return;
    const trouble = this.#rootWatch.trouble();
    const isNews = trouble !== this.#trouble;
    this.#trouble = trouble;
    if (trouble === undefined) {
      this.#places.refresh();
      return;
    }
    if (isNews) this.#parts.emit('rootGone', { root: this.root.path, reason: trouble });
    this.#lose();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isRunning) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #look(): Promise<void> {
    const { onFound, onLook } = this.#parts;
    try {
      this.check();
      if (this.#trouble === undefined && this.#isLost) {
        this.#watchRoot();
        this.#isLost = false;
        await onFound();
      } else if (!this.#isLost) {
        onLook();
      }
    } catch (thrown) {
      this.#loseFor(thrown);
    }
    this.#schedule();
  }

  /** Never throws. What could not be found out, or told, is at the next look. */
  #loseFor(thrown: unknown): void {
    this.#tell(errorOf(thrown));
    try {
      this.#lose();
    } catch (another) {
      this.#tell(errorOf(another));
    }
  }

  #tell(error: Error): void {
    this.#parts.emit('rootUnknown', { root: this.root.path, error });
  }

  #lose(): void {
    this.#isLost = true;
    this.#parts.onLost();
  }

  #watchRoot(): void {
    if (this.#rootWatch.isMountPoint) this.#unmounts.watch(this.root.path);
  }

  #onUnmount(absolute: string): void {
    if (!this.#isRunning) return;
    try {
      if (absolute === this.root.path) this.#onRootUnmount();
      else this.#places.doubt(absolute.slice(this.disk.absolute('x').length - 1));
    } catch (thrown) {
      // The doubt stays until the next look.
      this.#tell(errorOf(thrown));
    }
  }

  #onRootUnmount(): void {
    this.#rootWatch.doubt();
    // Even if the same one is there again, nothing in it is watched.
    this.#lose();
    this.check();
  }

  #onMounts(news: MountNews): void {
    if (!this.#isRunning) return;
    const { emit, onMounts } = this.#parts;
    const root = this.root.path;
    for (const kind of ['away', 'replaced', 'appeared', 'back'] as const)
      for (const path of news[kind]) emit('mount', { root, path, news: kind });
    onMounts(news);
  }
}
