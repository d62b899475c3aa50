import { UsageError } from '../errors.ts';

/** What `--info` can turn on or off, in the order in which a server is told. */
export const infoFlags = [
  'BACKUP',
  'COPY',
  'DEL',
  'FLIST',
  'MISC',
  'MOUNT',
  'NAME',
  'NONREG',
  'PROGRESS',
  'REMOVE',
  'SKIP',
  'STATS',
  'SYMSAFE',
] as const;

export type InfoFlag = (typeof infoFlags)[number];

/** What `--debug` can turn on or off. */
export const debugFlags = [
  'ACL',
  'BACKUP',
  'BIND',
  'CHDIR',
  'CONNECT',
  'CMD',
  'DEL',
  'DELTASUM',
  'DUP',
  'EXIT',
  'FILTER',
  'FLIST',
  'FUZZY',
  'GENR',
  'HASH',
  'HLINK',
  'ICONV',
  'IO',
  'NSTR',
  'OWN',
  'PROTO',
  'RECV',
  'SEND',
  'TIME',
] as const;

export type DebugFlag = (typeof debugFlags)[number];

const MOST = 4;

/**
 * The level of each flag that the words mention: no number is 1, `ALL` and `NONE` mean every flag, later words win.
 * `option` is for the message about a word that is none of the flags.
 */
export function messageLevels<F extends string>(
  words: readonly string[],
  flags: readonly F[],
  option: string,
): Map<F, number> {
  const levels = new Map<F, number>();
  for (const word of words) {
    const [, name = '', digits = ''] = /^([a-z]+)(\d*)$/i.exec(word) ?? [];
    const level = digits === '' ? 1 : Math.min(Number(digits), MOST);
    const upper = name.toUpperCase();
    const meant = upper === 'ALL' || upper === 'NONE' ? flags : flags.filter((flag) => flag === upper);
    if (meant.length === 0) throw new UsageError(`${option}: '${word}' is not one of ${describe(flags)}`);
    for (const flag of meant) levels.set(flag, upper === 'NONE' ? 0 : level);
  }
  return levels;
}

function describe(flags: readonly string[]): string {
  return `${flags.join(', ')}, ALL, NONE or HELP, with a level from 0 to ${MOST} behind it`;
}
