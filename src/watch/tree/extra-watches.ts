import { type FSWatcher, watch } from 'node:fs';
import { decodeName } from '../../protocol/index.ts';
import { systemPath } from '../../protocol/internal.ts';
import type { LocalDisk } from './disk.ts';

export interface FolderEventListeners {
  /** Something happened to a name in a folder; without a name, somewhere in it. */
  event(folder: string, name: string | undefined): void;
  /** A folder cannot be watched, or not any more. */
  error(error: Error, folder: string): void;
}

export interface ExtraWatchesParts {
  readonly disk: LocalDisk;
  readonly listeners: FolderEventListeners;
  /** More folders than this are not watched for longer than needed. */
  readonly most: number;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/** It is gone, or may not be looked into: whoever wants to watch it finds out himself. */
const UNTOLD: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];
/** Minimum lifetime of a temporary watch. */
const MIN_MS = 60_000;

/**
 * Watches single folders, those that chokidar does not watch: it has no path for names that are not UTF-8, it takes a
 * while until it watches a new folder, nobody knows how long, and sometimes it overlooks one, such as a folder in the
 * place of a file.
 */
export class ExtraWatches {
  readonly #parts: ExtraWatchesParts;
  readonly #watchers = new Map<string, FSWatcher>();
  /** Those of them that chokidar will watch as well, with their beginning, the oldest first. */
  readonly #temporary = new Map<string, number>();

  constructor(parts: ExtraWatchesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#watchers.size;
  }

  has(folder: string): boolean {
    return this.#watchers.has(folder);
  }

  /**
   * From here on; a folder that is watched already, or was under this name, is watched anew. Answers whether it can be
   * watched; why not is told, unless it is gone or closed to us.
   */
  watch(folder: string, isTemporary: boolean): boolean {
    const { disk, listeners, now } = this.#parts;
    this.#close(folder);
    try {
      const path = systemPath(disk.absolute(folder));
      const watcher = watch(path, { encoding: 'buffer' }, (_, name) => {
        listeners.event(folder, name === null ? undefined : decodeName(name));
      });
      watcher.on('error', (error) => listeners.error(error, folder));
      this.#watchers.set(folder, watcher);
      if (isTemporary) this.#temporary.set(folder, now());
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException;
      if (!UNTOLD.includes(error.code ?? '')) listeners.error(error, folder);
      return false;
    }
    this.#relieve(now());
    return true;
  }

  /** A folder is gone, and all below it. */
  forget(folder: string): void {
    for (const watched of [...this.#watchers.keys()]) {
      if (folder === '.' || watched === folder || watched.startsWith(`${folder}/`)) this.#close(watched);
    }
  }

  #relieve(now: number): void {
    for (const [folder, since] of this.#temporary) {
      if (this.#temporary.size <= this.#parts.most || now - since < MIN_MS) return;
      this.#close(folder);
    }
  }

  #close(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#temporary.delete(folder);
  }
}
