import { type Change, changeOf } from './change.ts';
import { DirtyPaths, type SettledPath, type SettleTimes } from './dirty-paths.ts';
import type { Found, LocalDisk } from './disk.ts';

export interface SettlerParts {
  readonly times: SettleTimes;
  readonly disk: Pick<LocalDisk, 'look' | 'absolute'>;
  /** Answers which of these absolute paths are being written. */
  readonly beingWritten: (paths: readonly string[]) => ReadonlySet<string>;
  /** What has to be sent because something happened at a path. */
  readonly look: (path: string, since: number, sure: Set<string>) => Promise<Change | undefined>;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Other names of a file to which something happened. */
  readonly othersOf: (path: string, found: Found) => readonly string[];
  /** So many paths were dirty that they were forgotten: anything may have changed. */
  readonly onFlood: () => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/** Paths that are looked at together, and how many may wait for that. */
const MOST_AT_ONCE = 1000;
const MOST_DIRTY = 200_000;
/** Changes are handed on at least so often while others are still being looked at. */
const HAND_ON_MS = 5;
/** A file of this size is worth finding out whether somebody still writes to it. */
const LARGE = 256 * 1024;
const OPEN_FILES_EVERY_MS = 50;

/** Turns hints into changes: waits until a path has settled and nobody writes to it any more, then looks at it. */
export class Settler {
  readonly #parts: SettlerParts;
  readonly #dirty: DirtyPaths;
  #openFilesAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Looks happen one after the other: a folder may take a while to be known. */
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: SettlerParts) {
    this.#parts = parts;
    this.#dirty = new DirtyPaths(parts.times);
  }

  /** Paths that have not settled. */
  get size(): number {
    return this.#dirty.size;
  }

  /** @param isEcho Of something that has been told before, most likely. */
  hint(path: string, isEcho = false): void {
    this.#dirty.add(path, this.#parts.now(), isEcho);
    if (this.#dirty.size > MOST_DIRTY) this.#flood();
    this.#schedule();
  }

  /** Lets everything settle now. Resolves when all changes have been handed on. */
  async flush(): Promise<void> {
    do {
      const settled = this.#dirty.takeAll(this.#parts.now());
      this.#enqueue(settled.map((path) => ({ ...path, isOverdue: true })));
      await this.#looking;
      // Those that were on their way before may have been given back.
    } while (this.#dirty.size > 0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dirty.takeAll(this.#parts.now());
  }

  #schedule(): void {
    const dueAt = this.#dirty.dueAt();
    if (dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, dueAt - this.#parts.now()));
  }

  #onTimer(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const taken = this.#dirty.take(this.#parts.now(), MOST_AT_ONCE);
    if (taken.length > 0) this.#enqueue(taken);
    this.#schedule();
  }

  #enqueue(settled: readonly SettledPath[]): void {
    this.#looking = this.#looking.then(() => this.#look(settled));
  }

  async #look(settled: readonly SettledPath[]): Promise<void> {
    const { look, now, onChanges } = this.#parts;
    const sure = new Set<string>();
    let changes: Change[] = [];
    let handedOnAt = now();
    for (const { path, since, heardAt } of this.#finished(settled)) {
      const change = await look(path, since, sure);
      if (change !== undefined) changes.push({ ...change, heardAt });
      changes.push(...this.#others(path, since, heardAt));
      if (now() - handedOnAt < HAND_ON_MS) continue;
      onChanges(changes);
      changes = [];
      handedOnAt = now();
    }
    if (changes.length > 0) onChanges(changes);
  }

  /** What happens to a file under one of its names happens to all of them. */
  #others(path: string, since: number, heardAt: number): Change[] {
    const { disk, othersOf } = this.#parts;
    return othersOf(path, disk.look(path)).map((other) => changeOf(other, 'path', since, heardAt));
  }

  /** Those that nobody writes to any more. The others wait on, but not for ever. */
  #finished(settled: readonly SettledPath[]): readonly SettledPath[] {
    const { beingWritten, disk, now } = this.#parts;
    const doubtful = settled.filter((path) => this.#mayBeOpen(path));
    if (doubtful.length === 0) return settled;
    const isTooSoon = now() - this.#openFilesAt < OPEN_FILES_EVERY_MS;
    const paths = doubtful.map(({ path }) => disk.absolute(path));
    const open = isTooSoon ? new Set(paths) : beingWritten(paths);
    if (!isTooSoon) this.#openFilesAt = now();
    const isOpen = ({ path }: SettledPath) => open.has(disk.absolute(path));
    for (const path of doubtful.filter(isOpen)) this.#dirty.hold(path, now());
    this.#schedule();
    return settled.filter((path) => !isOpen(path));
  }

  /** To ask for every small file would take longer than to send it twice. */
  #mayBeOpen({ path, isRestless, isOverdue }: SettledPath): boolean {
    if (isOverdue) return false;
    const found = this.#parts.disk.look(path);
    return found.kind === 'file' && found.isRegular && (isRestless || found.size >= LARGE);
  }

  #flood(): void {
    this.#dirty.takeAll(this.#parts.now());
    this.#parts.onFlood();
  }
}
