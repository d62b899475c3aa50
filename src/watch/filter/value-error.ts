/**
 * What is wrong inside one value, found by a parser that knows nothing of files: `index` counts in the value. Whoever
 * read the value from a file adds the place.
 */
export class ValueError extends Error {
  readonly index: number;
  readonly remedy: string;

  constructor(index: number, problem: string, remedy: string) {
    super(problem);
    this.index = index;
    this.remedy = remedy;
  }
}
