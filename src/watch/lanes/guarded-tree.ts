import {
  type FileEntry,
  type IdNames,
  type Listing,
  RsyncError,
  type SourceFile,
  type SourceTree,
} from '../../protocol/index.ts';
import { ancestorsOf } from '../path-tree.ts';
import { LocalDisk } from '../tree/disk.ts';
import type { MountPlace } from '../tree/mount-places.ts';
import { isSamePlace } from '../tree/place-identity.ts';
import type { WatchedRoot } from '../tree/watched-root.ts';
import { isRootThere } from '../tree/watched-root.ts';

/** The code of a {@link TreeMovedError}, which reaches the main thread without its class. */
export const TREE_MOVED = 'ERR_TREE_MOVED';

/** What is being listed is not what it was, so nothing may be concluded from it. */
export class TreeMovedError extends RsyncError {
  readonly code = TREE_MOVED;
  readonly exitCode = 11;
}

/**
 * A tree that stops the session when its root, or what is mounted in it, is no longer what it was: if a file system is
 * unmounted while it is being listed, its files seem to be gone, and would be deleted at the remote. What is away
 * already is left out.
 */
export class GuardedTree implements SourceTree {
  readonly idNames?: IdNames;
  readonly #tree: SourceTree;
  readonly #root: WatchedRoot;
  readonly #places: ReadonlyMap<string, MountPlace>;
  readonly #disk: LocalDisk;

  constructor(tree: SourceTree, root: WatchedRoot, places: readonly MountPlace[]) {
    this.#tree = tree;
    this.#root = root;
    this.#places = new Map(places.map((place) => [place.path, place]));
    this.#disk = new LocalDisk(root.path);
    if (tree.idNames !== undefined) this.idNames = tree.idNames;
  }

  roots(): Listing | Promise<Listing> {
    return this.#checked('.', this.#tree.roots());
  }

  children(folder: FileEntry): Listing | Promise<Listing> {
    return this.#checked(folder.name, this.#tree.children(folder));
  }

  open(entry: FileEntry): SourceFile | Promise<SourceFile> {
    return this.#tree.open(entry);
  }

  readRules(path: string): Buffer | undefined {
    return this.#tree.readRules?.(path);
  }

  /** The check comes after the listing: what was right before may not have been right meanwhile. */
  #checked(folder: string, listing: Listing | Promise<Listing>): Listing | Promise<Listing> {
    const checked = (listed: Listing) => {
      this.#check(folder);
      return this.#withoutClosed(listed);
    };
    return listing instanceof Promise ? listing.then(checked) : checked(listing);
  }

  #check(folder: string): void {
    const { path } = this.#root;
    if (!isRootThere(this.#disk, this.#root))
      throw new TreeMovedError(`${path} is not the folder that it was: nothing is sent or deleted`);
    const place = this.#placesAbove(folder).at(-1);
    if (place?.state === 'there' && !isSamePlace(this.#disk.look(place.path), place))
      throw new TreeMovedError(
        `${place.path} is not the file system that it was: nothing is sent or deleted`,
      );
  }

  #withoutClosed(listing: Listing): Listing {
    if (this.#places.size === 0) return listing;
    return { ...listing, entries: listing.entries.filter(({ name }) => !this.#isClosed(name)) };
  }

  #isClosed(name: string): boolean {
    return this.#placesAbove(name).some(
      ({ path, state }) => state === 'away' || (state === 'foreign' && path !== name),
    );
  }

  /** Places at a path or above it, the topmost first. */
  #placesAbove(path: string): MountPlace[] {
    if (this.#places.size === 0) return [];
    return [...ancestorsOf(path), path].flatMap((at) => this.#places.get(at) ?? []);
  }
}
