import { type FolderNames, type Found, LocalDisk } from './disk.ts';
import type { MountPlaces } from './mount-places.ts';

/** A disk that does not take for deleted what is in a file system that was unmounted: that is away. */
export class GuardedDisk extends LocalDisk {
  readonly #places: MountPlaces;

  constructor(root: string, places: MountPlaces) {
    super(root);
    this.#places = places;
  }

  override look(path: string): Found {
    return this.#places.judge(path, super.look(path));
  }

  override names(folder: string): FolderNames | undefined {
    return this.#places.isClosed(folder) ? { folders: [], byteNames: [] } : super.names(folder);
  }
}
