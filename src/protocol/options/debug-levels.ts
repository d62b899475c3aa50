import { checkObject, checkTexts } from '../arguments.ts';
import { UnsupportedError } from '../errors.ts';
import { type DebugFlag, debugFlags, messageLevels } from './message-flags.ts';

/** What `-v` adds from the second on, as `rsync --debug=help` tells it. */
const byVerbosity: ReadonlyArray<readonly string[]> = [
  [],
  [],
  'BIND,CONNECT,CMD,DEL,DELTASUM,DUP,FILTER,FLIST,ICONV'.split(','),
  'ACL,BACKUP,CONNECT2,DEL2,DELTASUM2,EXIT,FILTER2,FLIST2,FUZZY,GENR,OWN,RECV,SEND,TIME'.split(','),
  'CMD2,DEL3,DELTASUM3,EXIT2,FLIST3,ICONV2,OWN2,PROTO,TIME2'.split(','),
  'CHDIR,DELTASUM4,FLIST4,FUZZY2,HASH,HLINK'.split(','),
];

/**
 * The highest level of each flag whose lines we have; of the others rsync has lines for a push, and we have none. A flag
 * that is missing here concerns a server, or nothing that happens in a push: rsync says nothing either.
 */
const shownLevels: Partial<Readonly<Record<DebugFlag, number>>> = {
  CHDIR: 0,
  CONNECT: 1,
  DELTASUM: 1,
  EXIT: 0,
  FILTER: 0,
  FLIST: 1,
  IO: 1,
  NSTR: 1,
  SEND: 0,
};

/** @throws UnsupportedError if the words of `--debug` ask for lines that only rsync has. */
export function refuseUnshown(words: readonly string[]): void {
  checkTexts(words, 'words');
  const asked = messageLevels(words, debugFlags, '--debug');
  const unshown = [...asked].filter(([flag, level]) => level > (shownLevels[flag] ?? level));
  if (unshown.length === 0) return;
  const names = unshown.map(([flag, level]) => ((shownLevels[flag] ?? 0) > 0 ? `${flag}${level}` : flag));
  throw new UnsupportedError(
    `--debug=${names.join(',')}: these lines are about the inside of rsync; there are CMD, CONNECT, DELTASUM, NSTR and PROTO`,
  );
}

/** Levels of what is told about the work itself, by its flag; 0 is not at all. */
export type DebugLevels = Readonly<Record<DebugFlag, number>>;

/** `-vv` and more are defaults, the words of `--debug` count more, and `-q` silences all. */
export function debugLevels(
  options: { verbose?: number; quiet?: boolean },
  words: readonly string[] = [],
): DebugLevels {
  checkObject(options, 'options');
  checkTexts(words, 'words');
  const { verbose = 0, quiet } = options;
  const implied = byVerbosity.slice(0, verbose + 1).flat();
  const levels = messageLevels(quiet === true ? ['NONE'] : [...implied, ...words], debugFlags, '--debug');
  return Object.fromEntries(debugFlags.map((flag) => [flag, levels.get(flag) ?? 0])) as Record<
    DebugFlag,
    number
  >;
}
