import { debugFlags, helpText, type InfoFlag, type OutputOptions } from '../../protocol/index.ts';
import { manifest } from '../manifest.ts';

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

/** What a question among the options is answered with; `usage` are the ways to call the command. */
export function answerTo(question: Question, usage: readonly string[]): string {
  switch (question) {
    case 'help':
      return `${usageText(usage)}\n\n${helpText()}`;
    case 'version':
      return `tsersync ${manifest.version}, rsync protocol version 32\n`;
    case 'info-help':
      return flagText('--info', Object.entries(infoMeanings));
    case 'debug-help':
      return flagText(
        '--debug',
        debugFlags.map((flag) => [flag, '']),
      );
  }
}

function usageText([first, ...others]: readonly string[]): string {
  return [`Usage: ${first}`, ...others.map((line) => `  or   ${line}`)].join('\n');
}

function flagText(option: string, flags: ReadonlyArray<readonly [string, string]>): string {
  const lines = flags.map(([flag, meaning]) => `  ${flag.padEnd(10)}${meaning}`.trimEnd());
  return [
    `${option}=FLAG,FLAG2,FLAG0: a number behind a flag is its level; 0 is off, none is 1`,
    ...lines,
    `  ${'ALL'.padEnd(10)}all of them, at this level`,
    `  ${'NONE'.padEnd(10)}none of them, the same as ALL0`,
    '',
  ].join('\n');
}
