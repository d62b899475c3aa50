import type { Change } from '../change.ts';

/** Changes that were taken out of a backlog. Whoever took them answers for each until somebody else does. */
export class Lease {
  readonly #open: Set<Change>;

  constructor(changes: readonly Change[]) {
    this.#open = new Set(changes);
  }

  /** Those that nobody else answers for: if something throws now, they have to go back. */
  get open(): Change[] {
    return [...this.#open];
  }

  /** Somebody else answers for these from now on, or nothing has to be done about them. */
  pass(changes: Iterable<Change>): void {
    for (const change of changes) this.#open.delete(change);
  }
}
