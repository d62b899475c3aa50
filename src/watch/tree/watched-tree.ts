import { setImmediate as breathe } from 'node:timers/promises';
import type { Change } from '../change.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import { errorOf } from '../listeners/log.ts';
import { ByteNames } from './byte-names.ts';
import type { LocalDisk } from './disk.ts';
import { Survey } from './survey.ts';
import { TreeWatcher } from './tree-watcher.ts';
import { UnwatchedFolders } from './unwatched-folders.ts';

export interface WatchedTreeParts {
  readonly disk: LocalDisk;
  readonly filter: EventFilter;
  readonly isMountedLate: (folder: string) => boolean;
  /** Something happened at a path, or near it. An echo was told before, most likely. */
  readonly onHint: (path: string, isEcho: boolean) => void;
  /** Something directly in a folder that cannot be watched has changed. */
  readonly onChangedIn: (folder: string) => void;
  /** Folders that could not be watched are watched by now. */
  readonly onAllWatched: () => void;
  /** Something cannot be watched: changes may be missed. */
  readonly onTrouble: (error: Error) => void;
  /** A folder cannot be watched or read: what is in it is told as soon as that is possible. */
  readonly onClosed: (folder: string) => void;
}

/** How often closed folders are looked at; each of them less and less often. */
const CLOSED_EVERY_MS = 1000;

/** The watched folder with all that is known about it: says where something happens, and then what it may mean. */
export class WatchedTree {
  readonly #parts: WatchedTreeParts;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #unwatched: UnwatchedFolders;
  readonly #watcher: TreeWatcher;
  readonly #survey: Survey;

  constructor(parts: WatchedTreeParts) {
    const { disk, filter, isMountedLate, onHint, onTrouble, onClosed } = parts;
    this.#parts = parts;
    const byteNames = new ByteNames(disk);
    const isWanted = (folder: string) => filter.acceptsEntry(folder, true);
    this.#watcher = new TreeWatcher({
      disk,
      byteNames,
      isWanted: filter.isPrivate ? isWanted : undefined,
      isMountedLate,
      onHint,
      onDenied: (path) => this.#survey.close(path),
      onUnwatched: (folder, reason) => {
        if (!this.#isOver && this.#unwatched.add(folder)) onTrouble(reason);
      },
      isLookedAt: (folder) => this.#unwatched.has(folder),
      onTrouble,
    });
    this.#unwatched = new UnwatchedFolders({
      disk,
      isKnown: (folder) => this.#survey.isKnown(folder) || !isWanted(folder),
      watch: (folder) => this.#watcher.watchAgain(folder),
      onChanged: parts.onChangedIn,
      onHint: (path) => onHint(path, false),
      onEmpty: parts.onAllWatched,
      onTrouble,
      now: () => performance.now(),
    });
    this.#survey = new Survey({
      disk,
      isWanted,
      watch: (folder, isLate) => this.#watcher.watchFolder(folder, isLate),
      onClosed,
      onGone: (folder) => {
        this.#unwatched.forget(folder);
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
    if (!this.#isOver) this.#timer = setInterval(() => this.#tellOpened(), CLOSED_EVERY_MS);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#unwatched.stop();
    await this.#watcher.stop();
  }

  /** What was known below a path is not there any more, or must be watched anew. */
  forget(path: string): void {
    this.#survey.forget(path);
  }

  #tellOpened(): void {
    const { onHint, onTrouble } = this.#parts;
    try {
      for (const folder of this.#survey.opened(performance.now())) onHint(folder, false);
    } catch (thrown) {
      onTrouble(errorOf(thrown));
    }
  }

  /** See {@link Survey.newFolderAt}. */
  newFolderAt(path: string): string | undefined {
    return this.#survey.newFolderAt(path);
  }

  /** What has to be sent because something happened at a path. See {@link Survey.look}. */
  look(path: string, since: number, sure: Set<string>): Promise<Change | undefined> {
    return this.#survey.look(path, since, sure);
  }
}
