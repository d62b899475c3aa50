import { exitCodes } from '../protocol/index.ts';
import { processOutput } from './output/process-output.ts';
import { systemErrorText } from './output/system-errors.ts';
import { processIo } from './process-io.ts';
import { run } from './run.ts';
import { commandWords } from './words.ts';

/** Runs the command line of this process until it ends, or until the signal ends it; answers the exit code. */
export async function runHere(words: readonly string[], signal: AbortSignal): Promise<number> {
  const [stdout, stderr] = [processOutput(process.stdout), processOutput(process.stderr)];
  const exitCode = await run(commandWords(words), processIo({ stdout, stderr, signal }));
  const lost = await stdout.settled();
  if (lost !== undefined) {
    const code = exitCode === exitCodes.ok ? ` (code ${exitCodes.diagnostics})` : '';
    stderr.write(
      Buffer.from(`tsersync: standard output cannot be written: ${systemErrorText(lost)}${code}\n`),
    );
  }
  const isComplete = lost === undefined && (await stderr.settled()) === undefined;
  return exitCode === exitCodes.ok && !isComplete ? exitCodes.diagnostics : exitCode;
}
