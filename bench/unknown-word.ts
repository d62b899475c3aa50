/** A word of the command line that names nothing. */
export class UnknownWordError extends Error {
  constructor(word: string, known: readonly string[]) {
    super(`${word === '' ? 'a word is missing' : `there is no ${word}`}; choose from ${known.join(', ')}`);
  }
}
