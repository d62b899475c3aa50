import { Command as Program } from 'commander';
import { ls } from './commands/ls.ts';
import { push } from './commands/push.ts';
import { failureOf } from './failure.ts';
import type { CliIo, Command } from './io.ts';
import { manifest } from './manifest.ts';
import { openScreen } from './output/screen.ts';

/** Commands that have options of their own, which they read themselves. */
const commands: Readonly<Record<string, { readonly run: Command; readonly about: string }>> = {
  push: { run: push, about: 'send files to an rsync daemon, with the options of rsync' },
  ls: { run: ls, about: 'list the modules of an rsync daemon' },
};

/** Runs one command line, without the name of the program; answers the exit code. */
export async function run(words: readonly string[], io: CliIo): Promise<number> {
  try {
    return await dispatch(words, io);
  } catch (thrown) {
    if (isCommanderExit(thrown)) return thrown.exitCode;
    const { text, exitCode } = failureOf(thrown);
    openScreen(io).complain(`tsersync: ${text}`);
    return exitCode;
  }
}

async function dispatch(words: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const program = new Program('tsersync')
    .description(manifest.description)
    .version(manifest.version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(Buffer.from(text)),
      writeErr: (text) => io.stderr.write(Buffer.from(text)),
    });
  for (const [name, { run, about }] of Object.entries(commands)) {
    program
      .command(name)
      .description(about)
      .usage('[OPTION]...')
      .helpOption(false)
      .addHelpText('after', `\nAll options: tsersync ${name} --help`)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(async () => {
        // As they were given: commander would take a `--` out.
        exitCode = await run(words.slice(1), io);
      });
  }
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync(words, { from: 'user' });
  return exitCode;
}

function isCommanderExit(thrown: unknown): thrown is { readonly exitCode: number } {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('commander.');
}
