import { Command as Program } from 'commander';
import { UnsupportedError, UsageError } from '../protocol/index.ts';
import { asksForHelp, isCommanderError, usageErrorOf } from './command-line-errors.ts';
import type { DaemonRequest } from './commands/daemon.ts';
import { transferCommands } from './commands/transfer-commands.ts';
import type { CliIo } from './io.ts';
import { manifest } from './manifest.ts';
import { helpWidth } from './output/help-width.ts';

/** sersync's own options: what the program does when no command is named. */
interface DaemonOptions {
  readonly r?: true;
  readonly d?: true;
  readonly o?: readonly string[];
  readonly n: number;
  readonly m?: string;
}

const DEFAULT_CONFIG = 'confxml.xml';
const DEFAULT_LANES = 10;

/** Runs a command line that does not begin with a command of rsync's options; answers the exit code. */
export async function runProgram(words: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const program = new Program('tsersync')
    .description(manifest.description)
    .version(manifest.version)
    .usage('[-r] [-n NUMBER] [-o FILE]... | COMMAND ...')
    .option('-r', 'start with a full sync to every remote, then send changes')
    .option('-d', 'run in the background (not yet)')
    .option(
      '-o <file>',
      `config of a directory to watch; may be given several times (default: ${DEFAULT_CONFIG})`,
      collect,
    )
    .option('-n <number>', 'maximum number of concurrent sessions', laneCount, DEFAULT_LANES)
    .option('-m <plugin>', 'run this plugin for changes, and send nothing (not yet)')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(Buffer.from(text)),
      writeErr: (text) => io.stderr.write(Buffer.from(text)),
      // It is told where all errors are told.
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(io),
    });
  for (const [name, { about }] of transferCommands) {
    program
      .command(name)
      .description(about)
      .usage('[OPTION]...')
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new UsageError(`${name}: the command comes first, its options behind it`);
      });
  }
  program
    .command('demo')
    .description('show what tsersync does, with a real rsync daemon and a folder of its own')
    .action(async () => {
      const { demo } = await import('./commands/demo.ts');
      exitCode = await demo(io);
    });
  // With an action of its own the program would take any word for an argument, and not for an unknown command.
  if (words[0]?.startsWith('-')) {
    program.action(async (options: DaemonOptions) => {
      const { daemon } = await import('./commands/daemon.ts');
      exitCode = await daemon(daemonRequest(options), io);
    });
  }
  const [first, topic] = words;
  // commander shows all of its help for a topic that it does not know, and ends with an error without a word.
  if (first === 'help' && topic !== undefined && !program.commands.some((known) => known.name() === topic))
    throw new UsageError(`${topic} is not a command; see tsersync --help`);
  if (words.length === 0) program.outputHelp();
  else {
    const asked = asksForHelp(words[0] ?? '') ? ['--help'] : words;
    await program.parseAsync(asked, { from: 'user' }).catch((thrown: unknown) => {
      if (!isCommanderError(thrown)) throw thrown;
      if (thrown.exitCode !== 0) throw usageErrorOf(thrown, words);
    });
  }
  return exitCode;
}

function daemonRequest({ r, d, o, n, m }: DaemonOptions): DaemonRequest {
  if (d === true)
    throw new UnsupportedError(
      '-d: tsersync does not leave the terminal yet; start it without -d, as a service',
    );
  if (m !== undefined) throw new UnsupportedError(`-m ${m}: plugins are not run yet`);
  const isDefault = o === undefined;
  return { configs: o ?? [DEFAULT_CONFIG], isDefault, startsWithAll: r === true, lanes: n };
}

function collect(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}

/** How many there may be is known to what is loaded later. */
function laneCount(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new UsageError(`-n: '${word}' is not a whole number`);
}
