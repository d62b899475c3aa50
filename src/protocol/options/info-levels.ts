import { checkObject } from '../arguments.ts';
import { type InfoFlag, infoFlags, messageLevels } from './message-flags.ts';
import type { TransferOptions } from './transfer-options.ts';

/** What each `-v` adds, as `rsync --info=help` tells it; the first one is without any. */
const byVerbosity: ReadonlyArray<readonly string[]> = [
  ['NONREG'],
  ['COPY', 'DEL', 'FLIST', 'MISC', 'NAME', 'STATS', 'SYMSAFE'],
  ['BACKUP', 'MISC2', 'MOUNT', 'NAME2', 'REMOVE', 'SKIP'],
];

/** Levels of what is told, by its flag; 0 is not at all. */
export type InfoLevels = Readonly<Record<InfoFlag, number>>;

/**
 * What the user wants to be told: `-v`, `--stats` and `--progress` are defaults, the words of `--info` count more,
 * wherever they stand, and `-q` silences all.
 */
export function infoLevels(options: TransferOptions): InfoLevels {
  checkObject(options, 'options');
  const { verbose = 0, stats, progress, info = [], quiet } = options;
  if (quiet === true) return levelsOf(['NONE']);
  const words = byVerbosity.slice(0, verbose + 1).flat();
  if (progress === true) words.push('FLIST2', 'PROGRESS', ...(verbose > 1 ? [] : ['NAME']));
  if (stats === true) words.push(verbose > 1 ? 'STATS3' : 'STATS2');
  return levelsOf([...words, ...info]);
}

function levelsOf(words: readonly string[]): InfoLevels {
  const levels = messageLevels(words, infoFlags, '--info');
  return Object.fromEntries(infoFlags.map((flag) => [flag, levels.get(flag) ?? 0])) as Record<
    InfoFlag,
    number
  >;
}
