import { transferCommands } from './commands/transfer-commands.ts';
import { failureOf } from './failure.ts';
import type { CliIo } from './io.ts';
import { openScreen } from './output/screen.ts';

/** Runs one command line, without the name of the program; answers the exit code. */
export async function run(words: readonly string[], io: CliIo): Promise<number> {
  try {
    const [name = '', ...others] = words;
    const command = transferCommands.get(name);
    if (command !== undefined) return await command.run(others, io);
    const explained = name === 'help' ? transferCommands.get(others[0] ?? '') : undefined;
    if (explained !== undefined) return await explained.run(['--help'], io);
    // All other commands use commander; load it only for them.
    const { runProgram } = await import('./program.ts');
    return await runProgram(words, io);
  } catch (thrown) {
    const { text, exitCode } = failureOf(thrown);
    openScreen(io).complain(`tsersync: ${text}`);
    return exitCode;
  }
}
