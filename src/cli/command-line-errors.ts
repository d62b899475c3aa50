import { UsageError } from '../protocol/index.ts';

/** What commander throws: a question that it has answered, or what is wrong with the words. */
interface CommanderError extends Error {
  readonly code: string;
  readonly exitCode: number;
}

export function isCommanderError(thrown: unknown): thrown is CommanderError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('commander.');
}

/** The letters of sersync's options that take no value. */
const SWITCHES = /^[rd]+$/;
const LONG_OPTIONS = ['help', 'version'];

/** What commander found wrong, as all commands say it. */
export function usageErrorOf({ code, message }: CommanderError, words: readonly string[]): UsageError {
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const [, near] = /\(Did you mean (.*)\?\)/.exec(message) ?? [];
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  switch (code) {
    case 'commander.unknownOption':
      return new UsageError(`${quoted} is not an option${hint || optionHint(quoted)}`);
    case 'commander.unknownCommand':
      return new UsageError(`${quoted} is not a command${hint || '; see tsersync --help'}`);
    case 'commander.optionMissingArgument':
      return new UsageError(`${quoted.split(' ')[0]} needs a value: ${quoted.split(' ')[1] ?? ''}`);
    case 'commander.excessArguments':
      return new UsageError(`'${words.at(-1)}' is too much; a config is named with -o FILE`);
    default:
      return new UsageError(message.replace(/^error: /, ''));
  }
}

/** `-help` and `--rd`, as they are written elsewhere. */
function optionHint(option: string): string {
  const name = option.replace(/^-+/, '');
  if (LONG_OPTIONS.includes(name)) return `; did you mean --${name}?`;
  if (SWITCHES.test(name.replace(/[onm]$/, ''))) return `; did you mean -${name}?`;
  return '; see tsersync --help';
}

/** sersync and many a blog ask for help with `-help`, or with an `h` among the switches. */
export function asksForHelp(word: string): boolean {
  return word === '-help' || /^-[rd]*h[rdonm]*$/.test(word);
}
