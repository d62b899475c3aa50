import {
  type FileEntry,
  FileError,
  type IdNames,
  type Listing,
  type SourceFile,
  type SourceTree,
} from '../../protocol/index.ts';
import { LocalDisk } from '../disk.ts';
import { isRootThere } from '../watched-root.ts';
import type { WatchedRoot } from './messages.ts';

/**
 * A tree that stops the session when its root is no longer the folder that it was: if a file system is unmounted while
 * it is being listed, its files seem to be gone, and would be deleted at the remote.
 */
export class GuardedTree implements SourceTree {
  readonly idNames?: IdNames;
  readonly #tree: SourceTree;
  readonly #root: WatchedRoot;
  readonly #disk: LocalDisk;

  constructor(tree: SourceTree, root: WatchedRoot) {
    this.#tree = tree;
    this.#root = root;
    this.#disk = new LocalDisk(root.path);
    if (tree.idNames !== undefined) this.idNames = tree.idNames;
  }

  roots(): Listing | Promise<Listing> {
    return this.#checked(this.#tree.roots());
  }

  children(folder: FileEntry): Listing | Promise<Listing> {
    return this.#checked(this.#tree.children(folder));
  }

  open(entry: FileEntry): SourceFile | Promise<SourceFile> {
    return this.#tree.open(entry);
  }

  readRules(path: string): Buffer | undefined {
    return this.#tree.readRules?.(path);
  }

  /** The check comes after the listing: what was right before may not have been right meanwhile. */
  #checked(listing: Listing | Promise<Listing>): Listing | Promise<Listing> {
    if (!(listing instanceof Promise)) {
      this.#check();
      return listing;
    }
    return listing.then((listed) => {
      this.#check();
      return listed;
    });
  }

  #check(): void {
    if (isRootThere(this.#disk, this.#root)) return;
    throw new FileError(`${this.#root.path} is not the folder that it was: nothing is sent or deleted`);
  }
}
