import { OpenFolder } from './open-folder.ts';
import { LinkError } from './origin.ts';

/** Folders that are held open, the innermost ones: a walk through a tree comes back to these soon. */
const MAX_HELD = 8;
/** What leads to open files by their descriptors. */
const DESCRIPTORS = process.platform === 'linux' ? '/proc/self/fd' : undefined;

/**
 * Opens folders so that no symlink is followed on the way: from the root of the file system on, each in the one before.
 * Going on from the folder that was entered last costs little, however deep it is.
 */
export class FolderGate {
  /** Each lies in the one before; the last is the one that was entered. */
  readonly #held: OpenFolder[] = [];
  #descriptors: string | undefined;
  #isTried = false;
  /** How often it was closed: whoever goes on later can tell. */
  closings = 0;

  /** `descriptors` is undefined where there is nothing of the kind. */
  constructor(descriptors: string | undefined = DESCRIPTORS) {
    this.#descriptors = descriptors;
  }

  /**
   * Enters a folder. It is good until another one is entered.
   *
   * @param path Absolute and without symlinks, as it was found; empty is the root of the file system.
   * @throws LinkError if something above it is no folder any more, or Node's error.
   */
  enter(path: string): OpenFolder {
    const here = this.#held.at(-1);
    if (here?.path === path) return here;
    return this.#walk(this.#nearest(path), path);
  }

  /** Enters the folder that something is in, and calls what is done there with its name in it. */
  at<T>(path: string, use: (folder: OpenFolder, name: string) => T): T {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    return name === '' ? use(this.enter(''), '.') : use(this.enter(path.slice(0, slash)), name);
  }

  close(): void {
    this.closings += 1;
    for (const folder of this.#held.splice(0)) folder.close();
  }

  #walk(start: OpenFolder, path: string): OpenFolder {
    let here = start;
    const names = path === here.path ? [] : path.slice(here.path.length + 1).split('/');
    for (const [index, name] of names.entries()) {
      here = this.#hold(stepInto(here, name, index === names.length - 1));
    }
    return here;
  }

  /** The innermost folder of those that are held from which a path goes on, if it is where it was. */
  #nearest(path: string): OpenFolder {
    for (let here = this.#held.at(-1); here !== undefined; here = this.#held.at(-1)) {
      if (path.startsWith(`${here.path}/`) && here.isInPlace) return here;
      this.#held.pop()?.close();
    }
    return this.#hold(this.#root());
  }

  #root(): OpenFolder {
    const root = OpenFolder.root(this.#descriptors);
    if (this.#isTried || this.#descriptors === undefined) return root;
    this.#isTried = true;
    if (root.isGenuine) return root;
    // A chroot or a container may have no /proc, or something else in its place.
    root.close();
    this.#descriptors = undefined;
    return OpenFolder.root(undefined);
  }

  #hold(folder: OpenFolder): OpenFolder {
    this.#held.push(folder);
    if (this.#held.length > MAX_HELD) this.#held.shift()?.close();
    return folder;
  }
}

function stepInto(folder: OpenFolder, name: string, isLast: boolean): OpenFolder {
  try {
    return folder.folder(name);
  } catch (thrown) {
    if (isLast || (thrown as NodeJS.ErrnoException).code !== 'ENOTDIR') throw thrown;
    const { message } = thrown as Error;
    throw new LinkError(`${folder.path}/${name} is no longer a folder: ${message}`, { cause: thrown });
  }
}
