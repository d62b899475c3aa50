import type { OutputOptions } from '../../protocol/index.ts';
import { debugFlags, helpText, type InfoFlag, optionsIn, wrapText } from '../../protocol/internal.ts';
import type { CliIo } from '../io.ts';
import { manifest } from '../manifest.ts';
import { helpWidth } from '../output/help-width.ts';

type Question = NonNullable<OutputOptions['show']>;

const infoMeanings: Readonly<Record<InfoFlag, string>> = {
  BACKUP: 'files that the server keeps a backup of',
  COPY: 'files that the server copies from its own disk',
  DEL: 'what is deleted at the destination',
  FLIST: 'the building of the file list; 2: with a count',
  MISC: 'this and that; 2: more of it',
  MOUNT: 'mount points that are skipped',
  NAME: '1: files and folders that change; 2: also those that do not',
  NONREG: 'files that are skipped because they are not regular (on unless 0)',
  PROGRESS: '1: how far each file is; 2: how far the whole transfer is',
  REMOVE: 'source files that are removed',
  SKIP: 'files that are skipped because of an option; 2: and why',
  STATS: '1: the two lines at the end; 2: the numbers of --stats',
  SYMSAFE: 'symlinks that are not safe',
};

/** How a command is called. */
export interface Manual {
  readonly usage: readonly string[];
  /** The options that mean something to it; all of them by default. */
  readonly only?: readonly string[];
}

/** What the user asks instead of a transfer. `-help` would be `-h -e lp`, and there is no remote shell for `-e`. */
export function questionIn(words: readonly string[], { show }: OutputOptions): Question | undefined {
  const isHelp = [...optionsIn(words)].some(({ option, word }) => option === '-e' && words[word] === '-help');
  return show ?? (isHelp ? 'help' : undefined);
}

/** Prints the answer to a question among the options. */
export function printAnswer(question: Question, manual: Manual, io: CliIo): void {
  io.stdout.write(Buffer.from(answerTo(question, manual, helpWidth(io))));
}

function answerTo(question: Question, { usage, only }: Manual, width: number): string {
  switch (question) {
    case 'help':
      return helpText({ usage, width, ...(only && { only }) });
    case 'version':
      return `tsersync ${manifest.version}, rsync protocol version 32\n`;
    case 'info-help':
      return flagText('--info', Object.entries(infoMeanings), width);
    case 'debug-help':
      return flagText(
        '--debug',
        debugFlags.map((flag) => [flag, '']),
        width,
      );
  }
}

const FLAG_COLUMN = 12;

function flagText(option: string, flags: ReadonlyArray<readonly [string, string]>, width: number): string {
  const about = `${option}=FLAG,FLAG2,FLAG0: a number behind a flag is its level; 0 is off, none is 1`;
  const all: typeof flags = [
    ...flags,
    ['ALL', 'all of them, at this level'],
    ['NONE', 'none of them, the same as ALL0'],
  ];
  const lines = all.flatMap(([flag, meaning]) => {
    const [first = '', ...rest] = wrapText(meaning, width - FLAG_COLUMN);
    const head = `  ${flag}`.padEnd(FLAG_COLUMN) + first;
    return [head.trimEnd(), ...rest.map((line) => ' '.repeat(FLAG_COLUMN) + line)];
  });
  return [...wrapText(about, width), ...lines, ''].join('\n');
}
