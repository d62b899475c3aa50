import { type FSWatcher, watch } from 'node:fs';
import { decodeName, systemPath } from '../protocol/index.ts';
import type { LocalDisk } from './disk.ts';

export interface FolderEventListeners {
  /** Something happened to a name in a folder; without a name, somewhere in it. */
  event(folder: string, name: string | undefined): void;
  error(error: Error): void;
}

/**
 * Watches single folders, those that chokidar does not watch: it has no path for names that are not UTF-8, it takes a
 * moment until it watches a new folder, and sometimes it overlooks one, such as a folder in the place of a file.
 */
export class ExtraWatches {
  readonly #disk: LocalDisk;
  readonly #listeners: FolderEventListeners;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(disk: LocalDisk, listeners: FolderEventListeners) {
    this.#disk = disk;
    this.#listeners = listeners;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** From here on; a folder that is watched already, or was under this name, is watched anew. */
  watch(folder: string): void {
    this.#close(folder);
    try {
      const path = systemPath(this.#disk.absolute(folder));
      const watcher = watch(path, { encoding: 'buffer' }, (_, name) => {
        this.#listeners.event(folder, name === null ? undefined : decodeName(name));
      });
      watcher.on('error', (error) => this.#listeners.error(error));
      this.#watchers.set(folder, watcher);
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException;
      const isGone = error.code === 'ENOENT' || error.code === 'ENOTDIR';
      if (!isGone) this.#listeners.error(error);
    }
  }

  /** Somebody else watches the folder. */
  leave(folder: string): void {
    this.#close(folder);
  }

  /** A folder is gone, and all below it. */
  forget(folder: string): void {
    for (const watched of [...this.#watchers.keys()]) {
      if (folder === '.' || watched === folder || watched.startsWith(`${folder}/`)) this.#close(watched);
    }
  }

  #close(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
