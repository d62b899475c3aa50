import type { Problem } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { FileList } from '../file-list/file-list.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { Repeats } from './repeats.ts';

export interface ArrivalsParts {
  readonly tree: SourceTree;
  readonly list: FileList;
  readonly onArrived: (entry: FileEntry) => void;
  /** The entry is no longer at its source; it may have gone before. */
  readonly onRemoved: (entry: FileEntry, wasThere: boolean) => void;
  readonly onProblem: (problem: Problem) => void;
}

/**
 * Hears from the receiver what has arrived, and removes that at its source, where the tree can: `--remove-source-files`.
 * Folders stay. The receiver asks for few files ahead of what has arrived, so no more than some dozen wait to be removed.
 *
 * Source: docs/protocol chapter 3, section 9.
 */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #removals = new Set<Promise<void>>();
  readonly #repeats = new Repeats();

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** @throws ProtocolError for an index that stands for nothing in the list, or comes again and again. */
  arrived(index: number): void {
    const { list, tree, onArrived } = this.#parts;
    const entry = list.at(index);
    const times = this.#repeats.count(index, () => `the receiver reported the arrival of ${entry.name}`);
    if (times > 1) return;
    onArrived(entry);
    if (isDirectory(entry.mode) || tree.remove === undefined) return;
    const removal = this.#remove(entry).then(() => {
      this.#removals.delete(removal);
    });
    this.#removals.add(removal);
  }

  /** Nothing that has arrived so far is still to be removed. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  async #remove(entry: FileEntry): Promise<void> {
    const { tree, onRemoved, onProblem } = this.#parts;
    try {
      onRemoved(entry, (await tree.remove?.(entry)) === true);
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
      onProblem({ path: entry.name, doing: 'unlink', cause, kind: 'failed' });
    }
  }
}
