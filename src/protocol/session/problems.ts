import type { Problem } from '../errors.ts';

/** A file that could not be read to its end is asked for once more, and may fail again. */
const MAX_READ = 2;

/** The problems of a session, one of each kind for a path: a peer may ask for the same file again and again. */
export class Problems {
  readonly list: Problem[] = [];
  /** Further problems of a path that has one of the same kind. */
  repeated = 0;
  readonly #times = new Map<string, number>();

  /** False if its path has had enough of the same kind. */
  add(problem: Problem): boolean {
    const { kind, doing, path } = problem;
    const key = `${kind}\0${path}`;
    const times = this.#times.get(key) ?? 0;
    if (times >= (doing === 'read' ? MAX_READ : 1)) {
      this.repeated += 1;
      return false;
    }
    this.#times.set(key, times + 1);
    this.list.push(problem);
    return true;
  }
}
