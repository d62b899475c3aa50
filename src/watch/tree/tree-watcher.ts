import { basename } from 'node:path';
import { FSWatcher } from 'chokidar';
import { errorOf } from '../listeners/log.ts';
import { joinPath } from '../path-tree.ts';
import { ByteNames } from './byte-names.ts';
import type { LocalDisk } from './disk.ts';
import { ExtraWatches } from './extra-watches.ts';
import { FoldersOnly } from './folders-only.ts';

export interface TreeWatcherParts {
  readonly disk: LocalDisk;
  readonly byteNames: ByteNames;
  /** Folders for which this is false are not watched; undefined: all are. */
  readonly isWanted: ((folder: string) => boolean) | undefined;
  /** Folders for which this is true are in something that was mounted after watching began, which makes no event. */
  readonly isMountedLate: (folder: string) => boolean;
  /** Something happened at a path, or near it. An echo is what chokidar has made of events that were told before. */
  readonly onHint: (path: string, isEcho: boolean) => void;
  /** Something may not be looked into: a folder, or something that is not watched itself. */
  readonly onDenied: (path: string) => void;
  /** The system allows no more watches: this folder must be looked at instead. The reason is for the user. */
  readonly onUnwatched: (folder: string, reason: Error) => void;
  readonly isLookedAt: (folder: string) => boolean;
  /** Something cannot be watched: changes may be missed. */
  readonly onTrouble: (error: Error) => void;
}

/** New folders that are watched twice for as long as they live: 2 KB each. */
const MAX_EXTRA = 10_000;

/**
 * Tells where in the tree something happens, as early as possible and in case of doubt too often: it never says what,
 * for the disk knows better. Events arrive raw before chokidar has looked at anything; what chokidar finds out itself,
 * such as the contents of new folders, is told as well.
 */
export class TreeWatcher {
  readonly #parts: TreeWatcherParts;
  readonly #extra: ExtraWatches;
  #watcher: FSWatcher | undefined;
  #onStop: (() => void) | undefined;

  constructor(parts: TreeWatcherParts) {
    this.#parts = parts;
    this.#extra = new ExtraWatches({
      disk: parts.disk,
      listeners: {
        event: (folder, name) => this.#safely(() => this.#onExtraEvent(folder, name)),
        error: (error, folder) => this.#safely(() => this.#onRefusal(error, folder)),
      },
      most: MAX_EXTRA,
      now: () => performance.now(),
    });
  }

  /** Resolves when every folder is watched; {@link watchFolder} does the same for those that chokidar cannot watch. */
  async start(): Promise<void> {
    if (this.#isBeyondChokidar('.')) return;
    const watcher = this.#newWatcher();
    this.#watcher = watcher;
    watcher.on('raw', (kind, name, details) => {
      this.#safely(() => this.#onRaw(kind, name, details as { readonly watchedPath: string }));
    });
    watcher.on('all', (_, absolute) => {
      const path = this.#relative(absolute);
      if (path !== undefined && !ByteNames.isSpoiled(path))
        this.#safely(() => this.#parts.onHint(path, true));
    });
    watcher.on('error', (error) => this.#safely(() => this.#onError(error as NodeJS.ErrnoException)));
    // One that is closed while it is starting is never ready.
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
      this.#onStop = resolve;
      watcher.add(this.#parts.disk.root);
    });
  }

  #newWatcher(): FSWatcher {
    const { disk, isWanted } = this.#parts;
    // What nobody can tell is watched: too much does no harm.
    const isWantedAt = (absolute: string) =>
      this.#safely(() => isWanted?.(this.#relative(absolute) ?? '.')) !== false;
    const folders = new FoldersOnly({
      root: disk.root,
      look: (absolute) => this.#safely(() => disk.look(this.#relative(absolute) ?? '.').kind) ?? 'folder',
      isWanted: isWantedAt,
      watched: () => Object.keys(watcher.getWatched()),
    });
    const watcher: FSWatcher = new FSWatcher({
      atomic: false,
      followSymlinks: false,
      ignoreInitial: true,
      alwaysStat: false,
      ignored: (path, stats) => {
        // Where it does not watch each folder by itself, it needs the files to find out what happened.
        const isByFolder = watcher.options.backendStrategy === 'native-per-directory';
        return isByFolder ? folders.ignores(path, stats) : stats?.isDirectory() === true && !isWantedAt(path);
      },
    });
    watcher.on('unlinkDir', (path) => folders.forget(path));
    return watcher;
  }

  /**
   * A folder has been found that may not be watched: it is, from now on. Answers whether nothing in it is missed.
   *
   * @param isLate chokidar will not watch it.
   */
  watchFolder(folder: string, isLate: boolean): boolean {
    const isLasting = isLate || this.#isBeyondChokidar(folder);
    if (this.#watcher === undefined && !isLasting) return true;
    return this.#extra.watch(folder, !isLasting) || this.#parts.isLookedAt(folder);
  }

  /** Watches a folder that could not be watched before, if it can be by now. */
  watchAgain(folder: string): boolean {
    return this.#extra.watch(folder, false);
  }

  /** A folder is gone, and all below it. */
  forget(folder: string): void {
    this.#extra.forget(folder);
  }

  async stop(): Promise<void> {
    this.#extra.forget('.');
    await this.#watcher?.close();
    this.#onStop?.();
    this.#watcher = undefined;
  }

  /** An error of ours must not end in the watcher: it is one more reason why a change may be missed. */
  #safely<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (thrown) {
      this.#parts.onTrouble(errorOf(thrown));
      return undefined;
    }
  }

  /** chokidar knows no bytes, takes backslashes for slashes, and hears nothing of mounts. */
  #isBeyondChokidar(folder: string): boolean {
    const { root } = this.#parts.disk;
    const isRootOdd = !root.isWellFormed() || root.includes('\\');
    return isRootOdd || this.#parts.isMountedLate(folder) || !folder.isWellFormed() || folder.includes('\\');
  }

  #onError(error: NodeJS.ErrnoException): void {
    const path = error.path === undefined ? undefined : this.#relative(error.path);
    const isDenied = error.code === 'EACCES' || error.code === 'EPERM';
    if (isDenied && path !== undefined) this.#parts.onDenied(path);
    else this.#onRefusal(error, path);
  }

  #onRefusal(error: NodeJS.ErrnoException, folder: string | undefined): void {
    const isLimit = error.code === 'ENOSPC' || error.code === 'EMFILE';
    if (isLimit && folder !== undefined) this.#parts.onUnwatched(folder, explain(error));
    else this.#parts.onTrouble(explain(error));
  }

  #onRaw(kind: string, name: string | null, { watchedPath }: { readonly watchedPath: string }): void {
    const { byteNames, disk, onHint } = this.#parts;
    const folder = this.#relative(watchedPath);
    if (folder === undefined) return;
    if (name === null) {
      onHint(folder, false);
      return;
    }
    if (ByteNames.isSpoiled(name)) {
      for (const path of byteNames.resolve(folder, name)) onHint(path, false);
      return;
    }
    const path = joinPath(folder, name);
    // Events of a watched folder itself bear its own name, like those of a file of that name in it.
    if (name === basename(disk.absolute(folder))) {
      onHint(folder, false);
      // chokidar takes it for the end of the folder if nothing of that name is in it any more, and begins to watch it
      // anew some moments later. What happens in between is heard here.
      const isThere = kind === 'rename' && disk.look(folder).kind === 'folder';
      if (isThere && !this.#extra.has(folder)) this.#extra.watch(folder, true);
    }
    onHint(path, false);
  }

  #onExtraEvent(folder: string, name: string | undefined): void {
    const { disk, onHint } = this.#parts;
    if (name === undefined || name === basename(disk.absolute(folder))) onHint(folder, false);
    if (name !== undefined) onHint(joinPath(folder, name), false);
  }

  /** The path below the root; undefined if it is not there. */
  #relative(absolute: string): string | undefined {
    const { root } = this.#parts.disk;
    if (absolute === root) return '.';
    const prefix = root === '/' ? root : `${root}/`;
    return absolute.startsWith(prefix) ? absolute.slice(prefix.length) : undefined;
  }
}

function explain(error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOSPC':
      return new Error(
        'the system allows no more file watches: folders that are not watched are looked at again and again; ' +
          'raise the limit with: sysctl -w fs.inotify.max_user_watches=1048576',
        { cause: error },
      );
    case 'EMFILE':
      return new Error(
        'the system allows no more inotify instances or open files: folders are looked at again and again; ' +
          'raise the limit with: sysctl -w fs.inotify.max_user_instances=1024, or ulimit -n',
        { cause: error },
      );
    default:
      return error;
  }
}
