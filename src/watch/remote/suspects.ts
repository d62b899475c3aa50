import { type Change, mergeChanges } from '../change.ts';

/**
 * Groups of changes of which one made a session fail. They are sent group by group, apart from all others, until the
 * cause is alone: the latest group first, so that a group that is small enough is found soon.
 */
export class Suspects {
  readonly #groups: Change[][] = [];
  readonly #byPath = new Map<string, Change[]>();

  /** How many changes there are. */
  get size(): number {
    return this.#byPath.size;
  }

  /** Adds a group that is taken before all others. */
  push(changes: readonly Change[]): void {
    this.#index(changes, (group) => this.#groups.push(group));
  }

  /** Adds a group that is taken after all others. */
  pushLast(changes: readonly Change[]): void {
    this.#index(changes, (group) => this.#groups.unshift(group));
  }

  /** Takes a group of which all may be sent now. */
  take(isFree: (path: string) => boolean): Change[] | undefined {
    const at = this.#groups.findLastIndex((changes) => changes.every(({ path }) => isFree(path)));
    const [group] = at < 0 ? [] : this.#groups.splice(at, 1);
    for (const { path } of group ?? []) this.#byPath.delete(path);
    return group;
  }

  /** Adds news of a path to the group that it is in. Answers whether it is in one. */
  merge(news: Change): boolean {
    const group = this.#byPath.get(news.path);
    const at = group?.findIndex(({ path }) => path === news.path) ?? -1;
    const known = group?.[at];
    if (group === undefined || known === undefined) return false;
    group[at] = mergeChanges(known, news);
    return true;
  }

  #index(changes: readonly Change[], keep: (group: Change[]) => void): void {
    const group = changes
      .map((change) => ({ ...change, isSuspect: true }))
      .filter((change) => !this.merge(change));
    if (group.length === 0) return;
    keep(group);
    for (const { path } of group) this.#byPath.set(path, group);
  }
}
