import { type Change, changeOf } from './change.ts';
import type { Disk, Found, FoundEntry } from './disk.ts';
import { ancestorsOf, joinPath, PathTree } from './path-tree.ts';

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
  /** A folder has become known; called before it is looked into. */
  readonly onFolder: (folder: string) => void;
  /** A folder is gone, with all that was below it. */
  readonly onGone: (folder: string) => void;
  /** Names in a folder that are not UTF-8: all of them, each time it is looked into. */
  readonly onByteNames: (folder: string, names: readonly string[]) => void;
  /** Lets others work for a moment. */
  readonly breathe: () => Promise<void>;
}

/** Folders that are entered between two breaths. */
const FOLDERS_AT_ONCE = 200;

/**
 * Knows the folders of the tree. Events about a folder do not say what happened: it may be new, another one of the same
 * name, or have a new mode only. This tells them apart, so that a folder is sent with all that is in it when that is
 * needed, and only then.
 *
 * A folder is known from the moment on at which its names were read. Whatever comes later into it has a hint of its
 * own, so a change must be handed on after the folder became known, not before.
 */
export class Survey {
  readonly #parts: SurveyParts;
  readonly #folders = new PathTree<FolderIdentity>();

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
      const isSame = found.kind === 'folder' && this.#isSame(folder, found);
      if (!isSame) return await this.#judge(folder, found, since);
      sure.add(folder);
    }
    return await this.#judge(path, disk.look(path), since);
  }

  async #judge(path: string, found: Found, since: number): Promise<Change | undefined> {
    if (found.kind === 'away') return undefined;
    if (found.kind !== 'folder') {
      const wasFolder = found.kind !== 'unknown' && this.#forget(path);
      return { ...changeOf(path, 'path', since), wasFolder };
    }
    if (this.#isSame(path, found)) return changeOf(path, 'path', since);
    if (path !== '.' && !this.#parts.isWanted(path)) return undefined;
    this.#forget(path);
    await this.#learn(path, found);
    return changeOf(path, 'tree', since);
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
    if (!this.isKnown(path)) return false;
    this.#folders.deleteTree(path);
    this.#parts.onGone(path);
    return true;
  }

  /** Makes a folder known, and those below it. */
  async #learn(top: string, identity: FoundEntry): Promise<void> {
    const { disk, isWanted, onByteNames, breathe } = this.#parts;
    const pending: [folder: string, found: Found][] = [[top, identity]];
    let entered = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [folder, found] = next;
      if (found.kind !== 'folder') continue;
      this.#know(folder, found);
      const names = disk.names(folder);
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
    this.#parts.onFolder(folder);
  }
}
