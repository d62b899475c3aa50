import type { Stats } from 'node:fs';
import type { Found } from './disk.ts';

export interface FoldersOnlyParts {
  /** The absolute path of what chokidar watches. */
  readonly root: string;
  /** What is at an absolute path. */
  readonly look: (path: string) => Found['kind'];
  /** Whether a folder is to be watched; an absolute path. */
  readonly isWanted: (path: string) => boolean;
  /** The absolute paths of the folders that chokidar knows. */
  readonly watched: () => Iterable<string>;
}

/** So many more folders than chokidar knows may be remembered. */
const SLACK = 1000;

/**
 * Keeps files from chokidar. It tells of every event before it asks here, so nothing is missed; but for each file that
 * it knows it keeps an entry, for each event it starts a look at the disk, and for each file that goes it reads the
 * whole folder again.
 *
 * It asks twice: by the path alone when an event arrives, and with what is there when it has looked. A folder that it
 * knows must pass even when it is gone, or is a file by now, or chokidar would never forget it.
 */
export class FoldersOnly {
  readonly #parts: FoldersOnlyParts;
  readonly #passed = new Set<string>();
  #most = SLACK;

  constructor(parts: FoldersOnlyParts) {
    this.#parts = parts;
  }

  /** Answers whether chokidar is to leave this alone. */
  ignores(path: string, stats: Stats | undefined): boolean {
    const { root, look, isWanted } = this.#parts;
    if (path === root) return false;
    if (stats === undefined) {
      if (this.#passed.has(path)) return false;
      const kind = look(path);
      return kind === 'missing' || kind === 'file' || !isWanted(path);
    }
    if (!stats.isDirectory() || !isWanted(path)) return true;
    this.#passed.add(path);
    if (this.#passed.size > this.#most) this.#compare();
    return false;
  }

  /** chokidar has forgotten a folder. */
  forget(path: string): void {
    this.#passed.delete(path);
  }

  /** Some pass and are gone before chokidar knows them: it never says that it forgets those. */
  #compare(): void {
    this.#passed.clear();
    for (const path of this.#parts.watched()) this.#passed.add(path);
    this.#most = 2 * this.#passed.size + SLACK;
  }
}
