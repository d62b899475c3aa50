import { setImmediate as breathe } from 'node:timers/promises';
import { ByteNames } from './byte-names.ts';
import type { Change } from './change.ts';
import type { LocalDisk } from './disk.ts';
import type { EventFilter } from './event-filter.ts';
import { Survey } from './survey.ts';
import { TreeWatcher } from './tree-watcher.ts';

export interface WatchedTreeParts {
  readonly disk: LocalDisk;
  readonly filter: EventFilter;
  readonly isMountedLate: (folder: string) => boolean;
  /** Something happened at a path, or near it. An echo was told before, most likely. */
  readonly onHint: (path: string, isEcho: boolean) => void;
  /** Something cannot be watched: changes may be missed. */
  readonly onTrouble: (error: Error) => void;
}

/** The watched folder with all that is known about it: says where something happens, and then what it may mean. */
export class WatchedTree {
  readonly #watcher: TreeWatcher;
  readonly #survey: Survey;

  constructor(parts: WatchedTreeParts) {
    const { disk, filter, isMountedLate, onHint, onTrouble } = parts;
    const byteNames = new ByteNames(disk);
    const isWanted = (folder: string) => filter.acceptsEntry(folder, true);
    this.#watcher = new TreeWatcher({
      disk,
      byteNames,
      isWanted: filter.isPrivate ? isWanted : undefined,
      isMountedLate,
      onHint,
      onTrouble,
    });
    this.#survey = new Survey({
      disk,
      isWanted,
      onFolder: (folder) => this.#watcher.watchFolder(folder),
      onGone: (folder) => {
        this.#watcher.forget(folder);
        byteNames.forget(folder);
      },
      onByteNames: (folder, names) => byteNames.learn(folder, names),
      breathe: () => breathe(),
    });
  }

  /** Folders that are known. */
  get folderCount(): number {
    return this.#survey.folderCount;
  }

  /** Resolves when everything is being watched: what happens from then on is told. */
  async begin(): Promise<void> {
    await this.#survey.begin();
    await this.#watcher.start();
  }

  async end(): Promise<void> {
    await this.#watcher.stop();
  }

  /** What was known below a path is not there any more, or must be watched anew. */
  forget(path: string): void {
    this.#survey.forget(path);
  }

  /** What has to be sent because something happened at a path. See {@link Survey.look}. */
  look(path: string, since: number, sure: Set<string>): Promise<Change | undefined> {
    return this.#survey.look(path, since, sure);
  }
}
