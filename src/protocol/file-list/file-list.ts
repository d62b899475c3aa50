import { ProtocolError } from '../errors.ts';
import type { FileEntry } from './file-entry.ts';
import { isDirectory } from './file-mode.ts';
import { orderOf } from './order.ts';
import { sortInPieces } from './sorting.ts';

/** One list of a session: the only one, or (with incremental recursion) the contents of one folder. */
export interface SubList {
  /** Index of the first entry. */
  readonly firstIndex: number;
  /** How many entries the lists before it have. */
  readonly firstPlace: number;
  /** In the order of their indexes. */
  readonly entries: readonly FileEntry[];
  /** The folder whose contents these are; its own index is `firstIndex - 1`. */
  readonly folder: FileEntry | undefined;
  /** Number of the first folder among the entries; the others follow in their order. */
  readonly firstFolder: number;
}

/**
 * The entries that indexes of the peer may refer to: lists are added as they are sent and dropped as they are
 * finished, oldest first.
 *
 * Source: docs/protocol chapter 2, sections 2.5 and 2.6.
 */
export class FileList {
  readonly #compare: (a: FileEntry, b: FileEntry) => number;
  #lists: SubList[] = [];
  #nextIndex: number;
  #nextFolder = 0;
  /** Entries in all lists there were. */
  total = 0;
  /** Entries in the lists that are alive. */
  count = 0;

  constructor(terms: { readonly protocol: number; readonly incrementalRecursion: boolean }) {
    this.#compare = orderOf(terms.protocol);
    this.#nextIndex = terms.incrementalRecursion ? 1 : 0;
  }

  /** Index that the first entry of the next list will have. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  get listCount(): number {
    return this.#lists.length;
  }

  /** Entries beyond the list that is being worked on, the oldest. */
  get ahead(): number {
    return this.count - (this.#lists[0]?.entries.length ?? 0);
  }

  /** Adds a list as it was transmitted, in any order, and numbers its entries. */
  add(transmitted: readonly FileEntry[], folder?: FileEntry): SubList {
    return this.addSorted(transmitted.toSorted(this.#compare), folder);
  }

  /** Brings entries into the order of their indexes, and yields now and then. */
  sorting(transmitted: readonly FileEntry[]): Generator<void, readonly FileEntry[], void> {
    return sortInPieces(transmitted, this.#compare);
  }

  /** Adds a list whose entries are in the order of their indexes. */
  addSorted(entries: readonly FileEntry[], folder?: FileEntry): SubList {
    const list = {
      firstIndex: this.#nextIndex,
      firstPlace: this.total,
      entries,
      folder,
      firstFolder: this.#nextFolder,
    };
    this.#lists.push(list);
    this.#nextIndex += entries.length + 1;
    for (const { mode } of entries) if (isDirectory(mode)) this.#nextFolder += 1;
    this.count += entries.length;
    this.total += entries.length;
    return list;
  }

  dropOldest(): void {
    const oldest = this.#lists.shift();
    this.count -= oldest?.entries.length ?? 0;
  }

  /** The entry that a peer means; an index that no living list holds is its error. */
  at(index: number): FileEntry {
    const list = this.#listOf(index);
    const entry = list?.entries[index - list.firstIndex];
    if (entry !== undefined) return entry;
    if (list?.folder !== undefined && index === list.firstIndex - 1) return list.folder;
    throw new ProtocolError(
      `file index: ${index} is in none of the ${this.#lists.length} lists that are open`,
    );
  }

  /** How many entries stand before this one in all lists; indexes have gaps between the lists. */
  placeOf(index: number): number {
    const list = this.#listOf(index);
    return list === undefined ? 0 : list.firstPlace + Math.max(0, index - list.firstIndex);
  }

  /** The list with the greatest `firstIndex - 1` that is not above `index`. */
  #listOf(index: number): SubList | undefined {
    let low = 0;
    let high = this.#lists.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lists[middle] as SubList).firstIndex - 1 <= index) low = middle + 1;
      else high = middle;
    }
    return this.#lists[low - 1];
  }
}
