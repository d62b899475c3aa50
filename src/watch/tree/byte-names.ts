import { encodeName } from '../../protocol/index.ts';
import { joinPath } from '../path-tree.ts';
import type { Disk } from './disk.ts';

const REPLACEMENT = '\ufffd';

/**
 * Names that are not UTF-8 arrive from the watcher with their bytes replaced. This finds out which were meant: of the
 * names that look like it, those that are there, and those that were there the last time.
 */
export class ByteNames {
  readonly #disk: Disk;
  /** By folder; only of folders that have such names. */
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  static isSpoiled(name: string): boolean {
    return name.includes(REPLACEMENT);
  }

  /** All such names in a folder, as they are now. */
  learn(folder: string, names: Iterable<string>): void {
    const known = new Set(names);
    if (known.size === 0) this.#known.delete(folder);
    else this.#known.set(folder, known);
  }

  /** The paths that may have been meant, and those that are gone: their own events find nothing of them any more. */
  resolve(folder: string, spoiled: string): string[] {
    const before = this.#known.get(folder) ?? new Set<string>();
    const names = new Set(this.#disk.names(folder)?.byteNames);
    this.learn(folder, names);
    const gone = [...before].filter((name) => !names.has(name));
    const meant = [...names].filter((name) => spoil(name) === spoiled);
    // It may be a name that really has this character.
    return [spoiled, ...meant, ...gone].map((name) => joinPath(folder, name));
  }

  /** A folder is gone, and all below it. */
  forget(folder: string): void {
    for (const known of this.#known.keys()) {
      if (folder === '.' || known === folder || known.startsWith(`${folder}/`)) this.#known.delete(known);
    }
  }
}

/** What becomes of the name on its way through Node's watcher. */
function spoil(name: string): string {
  return encodeName(name).toString('utf8');
}
