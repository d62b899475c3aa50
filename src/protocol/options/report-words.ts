import { type InfoFlag, infoFlags, messageLevels } from './message-flags.ts';
import type { TransferOptions } from './transfer-options.ts';

/** What a server that receives may tell about; the other flags are the sender's business. */
const receiverFlags: ReadonlySet<InfoFlag> = new Set([
  'BACKUP',
  'COPY',
  'DEL',
  'MISC',
  'MOUNT',
  'NAME',
  'NONREG',
  'SKIP',
  'STATS',
  'SYMSAFE',
]);

/** So many flags of one level are said as `ALL2` or `NONE`, and only the others by name. */
const ENOUGH_FOR_ALL = 5;

/** `--info=` for the server: the words that concern it, in a fixed order, as real clients shorten them. */
export function infoWord(words: readonly string[]): string | undefined {
  const levels = messageLevels(words, infoFlags, '--info');
  const told = infoFlags.flatMap((flag) => {
    const level = receiverFlags.has(flag) ? levels.get(flag) : undefined;
    return level === undefined ? [] : [{ flag, level }];
  });
  if (told.length === 0) return undefined;
  const common = told.length === receiverFlags.size ? commonLevel(told.map(({ level }) => level)) : undefined;
  const shortened = common === undefined ? [] : [common === 0 ? 'NONE' : leveled('ALL', common)];
  const others = told.filter(({ level }) => level !== common).map(({ flag, level }) => leveled(flag, level));
  return `--info=${[...shortened, ...others].join()}`;
}

/** The level that is the first to occur often enough. */
function commonLevel(levels: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const level of levels) {
    const count = (counts.get(level) ?? 0) + 1;
    if (count >= ENOUGH_FOR_ALL) return level;
    counts.set(level, count);
  }
  return undefined;
}

function leveled(flag: string, level: number): string {
  return level === 1 ? flag : `${flag}${level}`;
}

/**
 * `--log-format` for the server: not our format, only what it must report for us. `%i` makes it itemize, `%i%I` also
 * what is unchanged, `%o` name the operation, and `X` name files at all (as `-v` does anyway).
 */
export function logFormatWord(options: TransferOptions): string | undefined {
  const { outFormat, itemizeChanges = 0, verbose = 0 } = options;
  const shows = (letter: string) =>
    outFormat === undefined ? letter === 'i' && itemizeChanges > 0 : escapesOf(outFormat).includes(letter);
  if (shows('i')) return `--log-format=%i${itemizeChanges > 1 ? '%I' : ''}`;
  if (shows('o')) return '--log-format=%o';
  const isNamed = outFormat !== undefined || namesFiles(options);
  return isNamed && verbose === 0 ? '--log-format=X' : undefined;
}

/** Letters behind a `%`, which may have quotes, a minus and a width in between; `%%` is a percent sign. */
function escapesOf(format: string): string[] {
  return [...format.matchAll(/%'*-?\d*([^\d])/g)].map(([, letter = '']) => letter);
}

function namesFiles({ info = [], progress }: TransferOptions): boolean {
  const level = messageLevels(info, infoFlags, '--info').get('NAME');
  return level === undefined ? progress === true : level > 0;
}
