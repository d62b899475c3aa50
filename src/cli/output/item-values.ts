import {
  decodeName,
  type FileEntry,
  type Item,
  isDirectory,
  isRegular,
  isSymlink,
  itemFlags,
  itemize,
  type SentContent,
  type Terms,
} from '../../protocol/index.ts';
import { digestLengths, ITEMIZED_DELETION } from '../../protocol/internal.ts';
import type { SourcePaths } from '../source-paths.ts';
import { formatFileTime, formatMoment } from './dates.ts';
import type { LineValues } from './out-format.ts';

/** What is known of a whole session when a line is made. */
export interface LineContext {
  readonly terms: Terms;
  /** `--times` and `--checksum` are on. */
  readonly times: boolean;
  readonly checksum: boolean;
  readonly paths: SourcePaths;
  readonly now: () => Date;
  readonly processId: number;
}

/** The values of the line about an entry that was sent, changed or left as it is. */
export function itemValues(
  entry: FileEntry,
  item: Item,
  sent: SentContent | undefined,
  context: LineContext,
): LineValues {
  const numbers: Readonly<Record<string, number>> = {
    l: entry.size,
    b: sent?.bytes ?? 0,
    c: sent?.sumBytes ?? 0,
  };
  const texts: Readonly<Record<string, () => string>> = {
    ...sessionTexts(context),
    i: () => itemize(entry, item, { protocol: context.terms.protocol, times: context.times }),
    n: () => shownName(entry, context),
    L: () => leadOf(entry, item),
    f: () => withoutRoot(context.paths.pathOf(entry.name)),
    o: () => 'send',
    M: () => formatFileTime(entry.mtime),
    U: () => String(entry.uid),
    G: () => String(entry.gid),
    B: () => permissions(entry.mode),
    C: () => checksumText(entry, item, sent, context),
  };
  return { number: (letter) => numbers[letter], text: (letter) => texts[letter]?.() };
}

/** The values of the line about a path that was deleted at the destination. */
export function deletionValues(path: string, isFolder: boolean, context: LineContext): LineValues {
  const texts: Readonly<Record<string, () => string>> = {
    ...sessionTexts(context),
    i: () => ITEMIZED_DELETION,
    n: () => (isFolder ? `${path}/` : path),
    L: () => '',
    f: () => path,
    o: () => 'del.',
    M: () => formatFileTime(0),
    U: () => '0',
    G: () => '0',
    B: () => permissions(0),
    C: () => checksumBlanks(context),
  };
  return {
    number: (letter) => ('lbc'.includes(letter) ? 0 : undefined),
    text: (letter) => texts[letter]?.(),
  };
}

/** An entry's name as rsync shows it: folders with a slash. */
export function shownName({ name, mode }: FileEntry, { paths }: Pick<LineContext, 'paths'>): string {
  const shown = paths.shownName(name);
  return isDirectory(mode) ? `${shown}/` : shown;
}

/** What only a daemon knows of its client (`%a`, `%h`, `%u`, `%P`) has no value here; a module has no name. */
function sessionTexts({ now, processId }: LineContext): Readonly<Record<string, () => string>> {
  return { m: () => '', t: () => formatMoment(now()), p: () => String(processId) };
}

/** Where a hard link or a symlink leads; a symlink that is also a hard link leads to its first name. */
function leadOf({ mode, linkTarget }: FileEntry, { flags, name }: Item): string {
  const isLinked = (flags & itemFlags.localChange) !== 0 && name !== undefined && name.length > 0;
  if (isLinked) return ` => ${decodeName(name)}`;
  return isSymlink(mode) && linkTarget !== undefined ? ` -> ${linkTarget}` : '';
}

function withoutRoot(path: string): string {
  return path.replace(/^\/+/, '');
}

/** Nine letters, as ls has them. */
function permissions(mode: number): string {
  const triples = [
    { shift: 6, special: mode & 0o4000, letter: 's' },
    { shift: 3, special: mode & 0o2000, letter: 's' },
    { shift: 0, special: mode & 0o1000, letter: 't' },
  ];
  return triples
    .map(({ shift, special, letter }) => {
      const bits = mode >> shift;
      const execute = bits & 1 ? (special ? letter : 'x') : special ? letter.toUpperCase() : '-';
      return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + execute;
    })
    .join('');
}

/** The sum of a file's content, or as many blanks where there is none to show. */
function checksumText(
  entry: FileEntry,
  item: Item,
  sent: SentContent | undefined,
  context: LineContext,
): string {
  const { terms, checksum } = context;
  const isFile = isRegular(entry.mode);
  if (checksum && isFile) return digits(entry.checksum, terms.fileListChecksum);
  if (sent !== undefined) {
    return sent.checksum === undefined
      ? checksumBlanks(context)
      : digits(sent.checksum, terms.transferChecksum);
  }
  const isDryTransfer = isFile && (item.flags & itemFlags.transfer) !== 0;
  return isDryTransfer ? '0'.repeat(checksumBlanks(context).length) : checksumBlanks(context);
}

function checksumBlanks({ terms, checksum }: LineContext): string {
  const name = checksum ? terms.fileListChecksum : terms.transferChecksum;
  return ' '.repeat(2 * digestLengths[name]);
}

/** xxHash travels with its low byte first and is written with its high one. */
function digits(sum: Uint8Array | undefined, name: Terms['transferChecksum']): string {
  if (sum === undefined) return '0'.repeat(2 * digestLengths[name]);
  const bytes = Buffer.from(sum);
  return (name.startsWith('xxh') ? bytes.reverse() : bytes).toString('hex');
}
