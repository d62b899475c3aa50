import type { Problem } from '../errors.ts';

/** The problems of a session, one of each kind for a path: a server may ask for the same file again. */
export class Problems {
  readonly list: Problem[] = [];
  /** Further problems of a path that has one of the same kind. */
  repeated = 0;
  readonly #known = new Set<string>();

  /** False if there has been one of the same kind for its path. */
  add(problem: Problem): boolean {
    const key = `${problem.kind}\0${problem.path}`;
    if (this.#known.has(key)) {
      this.repeated += 1;
      return false;
    }
    this.#known.add(key);
    this.list.push(problem);
    return true;
  }
}
