import { type BackOffTimes, backOffMs } from '../back-off.ts';
import { type Change, changeOf } from '../change.ts';
import { ancestorsOf, joinPath, PathTree, parentOf } from '../path-tree.ts';
import type { Disk, Found, FoundEntry } from './disk.ts';

/** Tells a folder from another one of the same name. */
interface FolderIdentity {
  readonly inode: number;
  readonly device: number;
  readonly bornMs: number;
}

export interface SurveyParts {
  readonly disk: Disk;
  /** Folders for which this is false are not entered. */
  readonly isWanted: (folder: string) => boolean;
  /**
   * Watches a folder, from now on; answers whether that can be done. Called before the folder is looked into.
   *
   * @param isLate It could not be read or watched before: nobody else will watch it.
   */
  readonly watch: (folder: string, isLate: boolean) => boolean;
  /** A folder cannot be watched or read. */
  readonly onClosed: (folder: string) => void;
  /** A folder is gone, with all that was below it. */
  readonly onGone: (folder: string) => void;
  /** Names in a folder that are not UTF-8: all of them, each time it is looked into. */
  readonly onByteNames: (folder: string, names: readonly string[]) => void;
  /** Lets others work for a moment. */
  readonly breathe: () => Promise<void>;
}

/** A folder that cannot be watched or read. */
interface ClosedFolder {
  readonly attempts: number;
  /** When it is tried again, in ms of the monotonic clock. */
  readonly nextAt: number;
}

const FRESH: ClosedFolder = { attempts: 0, nextAt: 0 };
const RETRY: BackOffTimes = { firstMs: 1000, maxMs: 60_000 };

/** Folders that are entered between two breaths. */
const FOLDERS_AT_ONCE = 200;

/**
 * Knows the folders of the tree. Events about a folder do not say what happened: it may be new, another one of the same
 * name, or have a new mode only. This tells them apart, so that a folder is sent with all that is in it when that is
 * needed, and only then.
 *
 * A folder is known when it is watched and its names were read. Whatever comes later into it has a hint of its own, so a
 * change must be handed on after the folder became known, not before. A folder that cannot be watched or read is closed:
 * it is sent with all that is in it as soon as it can.
 */
export class Survey {
  readonly #parts: SurveyParts;
  readonly #folders = new PathTree<FolderIdentity>();
  readonly #closed = new PathTree<ClosedFolder>();

  constructor(parts: SurveyParts) {
    this.#parts = parts;
  }

  get folderCount(): number {
    return this.#folders.size;
  }

  /** Gets to know all folders there are. To be done before watching starts. */
  async begin(): Promise<void> {
    const root = this.#parts.disk.look('.');
    if (root.kind === 'folder') await this.#learn('.', root);
  }

  isKnown(folder: string): boolean {
    return this.#folders.get(folder) !== undefined;
  }

  /** The topmost folder at a path, or on the way to it, that is new: it will be sent with all that is in it. */
  newFolderAt(path: string): string | undefined {
    const isNew = (folder: string) => !this.isKnown(folder) && this.#closed.get(folder) === undefined;
    const folder = [...ancestorsOf(path), path].find(isNew);
    return folder !== undefined && this.#parts.disk.look(folder).kind === 'folder' ? folder : undefined;
  }

  /**
   * What has to be sent because something happened at a path; undefined if that is nothing.
   *
   * @param sure Folders that were found as they are known a moment ago; more are added.
   */
  async look(path: string, since: number, sure = new Set<string>()): Promise<Change | undefined> {
    const { disk } = this.#parts;
    for (const folder of ancestorsOf(path)) {
      if (sure.has(folder)) continue;
      const found = disk.look(folder);
      // What is in a closed folder has to be judged by itself, if that is possible.
      if (found.kind === 'folder' && this.#closed.get(folder) !== undefined) continue;
      const isSame = found.kind === 'folder' && this.#isSame(folder, found);
      if (!isSame) return await this.#judge(folder, found, since);
      sure.add(folder);
    }
    return await this.#judge(path, disk.look(path), since);
  }

  async #judge(path: string, found: Found, since: number): Promise<Change | undefined> {
    if (found.kind === 'away') return undefined;
    if (found.kind === 'unknown') return this.#doubt(path, since);
    if (found.kind !== 'folder') {
      return { ...changeOf(path, 'path', since), wasFolder: this.#forget(path) };
    }
    if (this.#isSame(path, found)) return changeOf(path, 'path', since);
    if (path !== '.' && !this.#parts.isWanted(path)) return undefined;
    const closed = this.#closed.get(path);
    this.#forget(path);
    if (closed !== undefined) this.#closed.set(path, closed);
    await this.#learn(path, found);
    // Of one that is still closed all is known that can be; only its own attributes may be new.
    const isStillClosed = closed !== undefined && !this.isKnown(path);
    return changeOf(path, isStillClosed ? 'path' : 'tree', since);
  }

  /**
   * Nothing can be said about a path, nor about others in its folder, perhaps not even that there are any. The folder
   * stands for all of them until it can be looked into again.
   */
  #doubt(path: string, since: number): Change | undefined {
    const folder = parentOf(path);
    if (folder === undefined) return changeOf(path, 'path', since);
    if (this.#closed.get(folder) !== undefined) return undefined;
    this.#close(folder);
    return changeOf(folder, 'tree', since);
  }

  /** A folder is not watched after all. */
  close(folder: string): void {
    if (this.isKnown(folder)) this.#close(folder);
  }

  /**
   * Those of the closed folders that can be watched and read by now: something has to be said to have happened to them.
   * Each is tried after a while, after a longer one each time.
   */
  opened(now: number): string[] {
    const opened: string[] = [];
    for (const [folder, { attempts, nextAt }] of [...this.#closed.all()]) {
      if (nextAt > now) continue;
      this.#closed.set(folder, {
        attempts: attempts + 1,
        nextAt: now + backOffMs(attempts + 1, RETRY, () => 1),
      });
      if (this.#parts.watch(folder, true) && this.#parts.disk.names(folder) !== undefined)
        opened.push(folder);
    }
    return opened;
  }

  #isSame(folder: string, found: FoundEntry): boolean {
    const known = this.#folders.get(folder);
    return (
      known !== undefined &&
      known.inode === found.inode &&
      known.device === found.device &&
      known.bornMs === found.bornMs
    );
  }

  /** A folder counts as new from now on, with all below it. */
  forget(path: string): void {
    this.#forget(path);
  }

  #forget(path: string): boolean {
    const isClosed = this.#closed.get(path) !== undefined;
    if (!isClosed && !this.isKnown(path)) return false;
    this.#parts.onGone(path);
    this.#folders.deleteTree(path);
    this.#closed.deleteTree(path);
    return true;
  }

  /** Makes a folder known, and those below it; or none of them, if something throws. */
  async #learn(top: string, identity: FoundEntry): Promise<void> {
    try {
      await this.#enter(top, identity);
    } catch (thrown) {
      this.#folders.deleteTree(top);
      throw thrown;
    }
  }

  async #enter(top: string, identity: FoundEntry): Promise<void> {
    const { disk, isWanted, onByteNames, breathe } = this.#parts;
    const isLate = this.#closed.get(top) !== undefined;
    const pending: [folder: string, found: Found][] = [[top, identity]];
    let entered = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [folder, found] = next;
      if (found.kind === 'unknown') this.#close(parentOf(folder) ?? '.');
      if (found.kind !== 'folder') continue;
      const isWatched = this.#parts.watch(folder, isLate);
      const names = disk.names(folder);
      if (isWatched && names !== undefined) this.#know(folder, found);
      else if (disk.look(folder).kind === 'folder') this.#close(folder);
      if (names === undefined) continue;
      if (names.byteNames.length > 0) onByteNames(folder, names.byteNames);
      for (const name of names.folders) {
        const path = joinPath(folder, name);
        if (isWanted(path)) pending.push([path, disk.look(path)]);
      }
      entered += 1;
      if (entered % FOLDERS_AT_ONCE === 0) await breathe();
    }
  }

  #know(folder: string, { inode, device, bornMs }: FoundEntry): void {
    this.#folders.set(folder, { inode, device, bornMs });
    this.#closed.delete(folder);
  }

  #close(folder: string): void {
    this.#folders.delete(folder);
    if (this.#closed.get(folder) !== undefined) return;
    this.#closed.set(folder, FRESH);
    this.#parts.onClosed(folder);
  }
}
