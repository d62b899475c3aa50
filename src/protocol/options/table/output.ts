import { asks, type Draft, does, doubled, flag, type OptionGroup, shown } from '../draft.ts';
import { debugFlags, infoFlags, messageLevels } from '../message-flags.ts';
import { badValue, parseChoice, type ValueOf } from '../values.ts';

export const messages: OptionGroup = {
  title: 'Output',
  options: [
    {
      names: ['verbose'],
      letter: 'v',
      no: 'names and letter',
      help: 'increase verbosity; -vv: even more',
      effect: does(
        ({ transfer }) => {
          transfer.verbose = (transfer.verbose ?? 0) + 1;
        },
        ({ transfer }) => {
          transfer.verbose = 0;
        },
      ),
    },
    { names: ['quiet'], letter: 'q', help: 'suppress messages other than errors', effect: flag('quiet') },
    {
      names: ['dry-run'],
      letter: 'n',
      help: 'show what would be done without doing it',
      effect: flag('dryRun'),
    },
    {
      names: ['itemize-changes'],
      letter: 'i',
      no: 'names and letter',
      help: 'show what changes in each file; -ii: unchanged files too',
      effect: doubled('itemizeChanges'),
    },
    { names: ['stats'], help: 'show statistics at the end', effect: flag('stats') },
    { names: ['progress'], no: 'names', help: 'show the progress of each file', effect: flag('progress') },
    {
      names: ['info'],
      value: 'FLAGS',
      help: 'choose messages: name2,stats,progress2; --info=help lists the flags',
      effect: does(info),
    },
    {
      names: ['debug'],
      value: 'FLAGS',
      help: 'choose debugging messages; --debug=help lists the flags',
      effect: does(debug),
    },
    {
      names: ['out-format', 'log-format'],
      value: 'FORMAT',
      help: 'the line about each file: %i %n%L',
      effect: does(({ transfer }, { value }) => {
        transfer.outFormat = value;
      }),
    },
    {
      names: ['stderr'],
      value: 'MODE',
      help: 'where messages of the server go: errors, all or client',
      effect: does(({ transfer }, of) => {
        transfer.stderr = parseChoice(of, ['errors', 'all', 'client']);
      }),
    },
    {
      names: ['msgs2stderr'],
      no: 'names',
      help: 'the same as --stderr=all',
      effect: does(
        ({ transfer }) => {
          transfer.stderr = 'all';
        },
        ({ transfer }) => {
          transfer.stderr = 'client';
        },
      ),
    },
    {
      names: ['human-readable'],
      letter: 'h',
      no: 'names and letter',
      help: 'numbers with units of 1000; -hh: of 1024',
      effect: does(humanReadable, (draft) => {
        draft.output.humanReadable = 0;
      }),
    },
    {
      names: ['8-bit-output'],
      letter: '8',
      no: 'names and letter',
      help: 'do not escape bytes above 127 in names',
      effect: shown('eightBitOutput'),
    },
    {
      names: ['outbuf'],
      value: 'MODE',
      help: 'how output is buffered: N, L or B',
      // Ours is never held back, which is what N and L ask for; nobody needs B.
      effect: does((_draft, of) => {
        if (!/^[nlbNLB]/.test(of.value)) throw badValue(of, 'N, L or B');
      }),
    },
    {
      names: ['motd'],
      no: 'names',
      help: 'show the message of the day of a daemon (the default)',
      effect: shown('motd'),
    },
    {
      names: ['log-file'],
      value: 'FILE',
      help: 'write a log into FILE',
      effect: does((draft, { value }) => {
        draft.output.logFile = value;
      }),
    },
    {
      names: ['log-file-format'],
      value: 'FORMAT',
      help: 'the line of the log about each file',
      effect: does((draft, { value }) => {
        draft.output.logFileFormat = value;
      }),
    },
    { names: ['help'], help: 'show this', effect: asks('help') },
    { names: ['version'], letter: 'V', help: 'show the version', effect: asks('version') },
  ],
};

function info(draft: Draft, { option, value }: ValueOf): void {
  const words = messageWords(value);
  if (words.some(isHelp)) draft.output.show ??= 'info-help';
  const flags = words.filter((word) => !isHelp(word));
  messageLevels(flags, infoFlags, option);
  draft.transfer.info = [...(draft.transfer.info ?? []), ...flags];
}

function debug(draft: Draft, { option, value }: ValueOf): void {
  const words = messageWords(value);
  if (words.some(isHelp)) draft.output.show ??= 'debug-help';
  const flags = words.filter((word) => !isHelp(word));
  messageLevels(flags, debugFlags, option);
  draft.output.debug = [...(draft.output.debug ?? []), ...flags];
}

function messageWords(value: string): string[] {
  return value.split(',').filter((word) => word !== '');
}

function isHelp(word: string): boolean {
  return word.toUpperCase() === 'HELP';
}

const MAX_READABLE = 3;

function humanReadable({ output }: Draft): void {
  const level = (output.humanReadable ?? 1) + 1;
  output.humanReadable = level >= MAX_READABLE ? MAX_READABLE : level === 2 ? 2 : 1;
}
