import { transferCommands } from './commands/transfer-commands.ts';
import { failureOf } from './failure.ts';
import type { CliIo } from './io.ts';
import { openScreen } from './output/screen.ts';
import { endingLine, refusalLine } from './rsync-words.ts';

/** Runs one command line, without the name of the program; answers the exit code. */
export async function run(words: readonly string[], io: CliIo): Promise<number> {
  const [name = '', ...others] = words;
  const command = transferCommands.get(name);
  if (command === undefined) return toldIfItFails(() => runOther(words, io), io);
  const exitCode = await toldIfItFails(() => command.run(others, io), io);
  const ending = endingLine(exitCode, io);
  if (ending !== undefined) openScreen(io).error(ending);
  return exitCode;
}

async function runOther(words: readonly string[], io: CliIo): Promise<number> {
  const [name, topic = ''] = words;
  const explained = name === 'help' ? transferCommands.get(topic) : undefined;
  if (explained !== undefined) return explained.run(['--help'], io);
  // All other commands use commander; load it only for them.
  const { runProgram } = await import('./program.ts');
  return await runProgram(words, io);
}

async function toldIfItFails(work: () => Promise<number>, io: CliIo): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    const screen = openScreen(io);
    const { text, exitCode } = failureOf(thrown);
    const refusal = refusalLine(thrown, io);
    if (refusal !== undefined) screen.error(refusal);
    screen.error(`tsersync: ${text}`);
    return exitCode;
  }
}
