import type { FileEntry } from './file-entry.ts';

/** The place of an entry in its group of hard links: the first name, or another name of an earlier first one. */
export type HardLink =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'member';
      readonly leader: FileEntry;
      readonly leaderPosition: number;
      readonly isInThisList: boolean;
    };

/**
 * The groups of hard links of one session, from protocol 30 on. A group is known by the index that its first name has
 * in transmission order, which is not its index after sorting.
 */
export class HardLinkGroups {
  readonly #leaders = new Map<string, { readonly entry: FileEntry; readonly position: number }>();
  #listStart = 0;
  #next = 0;

  startList(firstIndex: number): void {
    this.#listStart = firstIndex;
    this.#next = firstIndex;
  }

  /** The position of the next entry in transmission order; to be asked once per entry. */
  nextPosition(): number {
    const position = this.#next;
    this.#next += 1;
    return position;
  }

  join(entry: FileEntry, position: number): HardLink | undefined {
    if (entry.inode === undefined) return undefined;
    const key = `${entry.inode.device}:${entry.inode.inode}`;
    const leader = this.#leaders.get(key);
    if (leader === undefined) {
      this.#leaders.set(key, { entry, position });
      return { kind: 'first' };
    }
    const isInThisList = leader.position >= this.#listStart;
    return { kind: 'member', leader: leader.entry, leaderPosition: leader.position, isInThisList };
  }
}
