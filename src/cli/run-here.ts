import { processIo } from './process-io.ts';
import { run } from './run.ts';
import { commandWords } from './words.ts';

/** Runs the command line of this process; answers the exit code. */
export function runHere(words: readonly string[]): Promise<number> {
  return run(commandWords(words), processIo());
}
