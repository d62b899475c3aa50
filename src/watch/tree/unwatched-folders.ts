import { errorOf } from '../listeners/log.ts';
import { joinPath } from '../path-tree.ts';
import type { LocalDisk } from './disk.ts';

export interface UnwatchedFoldersParts {
  readonly disk: Pick<LocalDisk, 'look' | 'allNames'>;
  /** Whether a folder has been found before; all others are told of. */
  readonly isKnown: (folder: string) => boolean;
  /** Watches a folder, if that can be done by now. */
  readonly watch: (folder: string) => boolean;
  /** Something directly in a folder has changed, perhaps by vanishing. */
  readonly onChanged: (folder: string) => void;
  /** Something happened to a path. */
  readonly onHint: (path: string) => void;
  /** No folder is left. */
  readonly onEmpty: () => void;
  /** A folder could not be looked at, for the first time in a row; it is looked at again. Must not throw. */
  readonly onTrouble: (error: Error) => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/** What a folder looked like: a sum over its entries, and when the latest of them was changed. */
interface Sight {
  readonly sum: number;
  readonly newestMs: number;
}

const ROUND_MS = 2000;
const SLICE_MS = 10;
/** So many times as long as it works it rests: it takes at most 5 % of a processor. */
const REST = 19;

/**
 * Folders that should be watched and cannot be, since the system allows no more watches: they are looked at again and
 * again instead, until they can. Times of changes are compared with each other only, not with any clock.
 */
export class UnwatchedFolders {
  readonly #parts: UnwatchedFoldersParts;
  readonly #folders = new Map<string, Sight | undefined>();
  /** Those that could not be looked at when it was tried last. */
  readonly #failed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #round: Iterator<string> = [][Symbol.iterator]();
  /** In this round the system has refused a watch. */
  #isRefused = false;

  constructor(parts: UnwatchedFoldersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#folders.size;
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** Answers whether it was watched until now. */
  add(folder: string): boolean {
    if (this.#folders.has(folder)) return false;
    this.#folders.set(folder, undefined);
    this.#timer ??= setTimeout(() => this.#begin(), 0);
    return true;
  }

  /** A folder is gone, and all below it. */
  forget(top: string): void {
    for (const folder of this.#folders.keys()) {
      if (top !== '.' && folder !== top && !folder.startsWith(`${top}/`)) continue;
      this.#folders.delete(folder);
      this.#failed.delete(folder);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#folders.clear();
  }

  #begin(): void {
    this.#round = [...this.#folders.keys()][Symbol.iterator]();
    this.#isRefused = false;
    this.#slice();
  }

  #slice(): void {
    const startedAt = this.#parts.now();
    let workedMs = 0;
    for (let next = this.#round.next(); ; next = this.#round.next()) {
      workedMs = this.#parts.now() - startedAt;
      if (next.done === true) {
        this.#timer = undefined;
        if (this.#folders.size === 0) this.#tellEmpty();
        else this.#timer = setTimeout(() => this.#begin(), Math.max(ROUND_MS, REST * workedMs));
        return;
      }
      if (this.#folders.has(next.value)) this.#visitSafely(next.value);
      if (workedMs > SLICE_MS) break;
    }
    this.#timer = setTimeout(() => this.#slice(), REST * workedMs);
  }

  #tellEmpty(): void {
    const { onEmpty, onTrouble } = this.#parts;
    try {
      onEmpty();
    } catch (thrown) {
      onTrouble(errorOf(thrown));
    }
  }

  /** What throws ends no round; the folder looks as new in the next one, until all has been told. */
  #visitSafely(folder: string): void {
    try {
      this.#visit(folder);
      this.#failed.delete(folder);
    } catch (thrown) {
      if (!this.#failed.has(folder)) this.#parts.onTrouble(errorOf(thrown));
      this.#failed.add(folder);
    }
  }

  #visit(folder: string): void {
    const { disk, onChanged, onHint, watch } = this.#parts;
    const { kind } = disk.look(folder);
    if (kind === 'missing' || kind === 'file') {
      onHint(folder);
      this.#folders.delete(folder);
    }
    if (kind !== 'folder') return;
    // Watched before it is looked at, so that nothing happens in between.
    const isWatched = !this.#isRefused && watch(folder);
    if (!isWatched) this.#isRefused = true;
    const known = this.#folders.get(folder);
    const [sight, news] = this.#look(folder, known?.newestMs ?? Number.POSITIVE_INFINITY);
    if (sight.sum !== known?.sum) onChanged(folder);
    for (const path of news) onHint(path);
    if (isWatched) this.#folders.delete(folder);
    else this.#folders.set(folder, sight);
  }

  /** What a folder looks like, and what in it was changed after a time or is a folder that nobody knows. */
  #look(folder: string, sinceMs: number): [Sight, string[]] {
    const { disk, isKnown } = this.#parts;
    const own = disk.look(folder);
    // The names of a folder come in any order, so that of adding must not matter.
    let sum = own.kind === 'folder' ? hash(`${own.mtimeMs}`) : 0;
    let newestMs = Number.NEGATIVE_INFINITY;
    const news: string[] = [];
    for (const name of disk.allNames(folder)) {
      const path = joinPath(folder, name);
      const found = disk.look(path);
      if (found.kind !== 'folder' && found.kind !== 'file') continue;
      const { inode, ctimeMs, size, mode } = found;
      sum += hash(`${name}\0${inode}\0${ctimeMs}\0${size}\0${mode}`);
      newestMs = Math.max(newestMs, ctimeMs);
      if (ctimeMs > sinceMs || (found.kind === 'folder' && !isKnown(path))) news.push(path);
    }
    return [{ sum, newestMs }, news];
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
