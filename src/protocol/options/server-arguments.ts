import { UsageError } from '../errors.ts';
import { infoWord, logFormatWord } from './report-words.ts';
import { type ResolvedOptions, resolveOptions } from './resolve-options.ts';
import type { TransferOptions } from './transfer-options.ts';

/** What the client tells the server, besides the options themselves. */
export interface ArgumentContext {
  /** The version both sides speak. */
  readonly protocol: number;
  /** Destination of a push: `module/path`, as it is, not escaped. */
  readonly paths: readonly string[];
  /** Letters of the capability string, without `i`: what this client can do. */
  readonly capabilities: string;
  /** This client can take part in incremental recursion. */
  readonly incrementalRecursion: boolean;
}

/** The argument list: words of one list, or of two where most of them are secluded. */
export interface ServerArguments {
  readonly plain: readonly string[];
  readonly secluded?: readonly string[];
}

/** What the rows of the tables look at: the options with what follows from them, and as they were given. */
interface ArgumentsSource extends ArgumentContext {
  readonly options: ResolvedOptions;
  readonly given: TransferOptions;
}

/** A letter of the cluster, and how often it is there when pushing. */
interface LetterRow {
  readonly letter: string;
  readonly push: (source: ArgumentsSource) => boolean | number | undefined;
}

/** Words that belong together, when pushing. */
interface WordRow {
  readonly push: (source: ArgumentsSource) => string | readonly string[] | false | undefined;
}

const MAX_VERBOSE = 9;

/** In the order of real clients; `e` with its value comes behind all others. */
const letters: readonly LetterRow[] = [
  { letter: 's', push: ({ options }) => options.secludedArgs },
  { letter: 'v', push: ({ options }) => Math.min(options.verbose, MAX_VERBOSE) },
  { letter: 'q', push: ({ options }) => options.quiet },
  { letter: 'b', push: ({ options }) => options.backup },
  { letter: 'u', push: ({ options }) => options.update },
  { letter: 'n', push: ({ options }) => options.dryRun },
  { letter: 'l', push: ({ options }) => options.links },
  { letter: 'd', push: ({ options, given }) => sendsDirs(options, given) },
  { letter: 'K', push: ({ options }) => options.keepDirlinks },
  { letter: 'm', push: ({ options }) => options.pruneEmptyDirs },
  // Backups beside the files imply it at the other end too.
  { letter: 'O', push: ({ options }) => options.omitDirTimes && !hasBackupsBeside(options) },
  { letter: 'J', push: ({ options }) => options.omitLinkTimes },
  { letter: 'y', push: ({ options }) => Math.min(options.fuzzy, hasAltDest(options) ? 2 : 1) },
  { letter: 'W', push: ({ options }) => options.wholeFile },
  { letter: 'H', push: ({ options }) => options.hardLinks },
  { letter: 'o', push: ({ options }) => options.owner },
  { letter: 'g', push: ({ options }) => options.group },
  { letter: 'D', push: ({ options }) => options.devices },
  { letter: 't', push: ({ options }) => options.times },
  { letter: 'U', push: ({ options }) => options.atimes },
  { letter: 'p', push: ({ options }) => options.perms },
  { letter: 'E', push: ({ options }) => options.executability && !options.perms },
  { letter: 'r', push: ({ options }) => options.recursive },
  { letter: 'c', push: ({ options }) => options.checksum },
  { letter: 'C', push: ({ options }) => options.cvsExclude },
  { letter: 'I', push: ({ options }) => options.ignoreTimes },
  { letter: 'R', push: ({ options }) => options.relative },
  { letter: 'x', push: ({ options }) => options.oneFileSystem },
  { letter: 'S', push: ({ options }) => options.sparse },
  { letter: 'z', push: ({ given }) => compressesByLetter(given) },
];

/** In the order of real clients. */
const words: readonly WordRow[] = [
  { push: ({ options }) => options.listOnly && '--list-only' },
  { push: ({ options }) => !options.recursive && options.dirs && options.delete !== undefined && '--no-r' },
  { push: ({ options }) => number('--compress-level=', options.compressLevel) },
  { push: ({ options }) => options.devices && !options.specials && '--no-specials' },
  { push: ({ options }) => options.specials && !options.devices && '--specials' },
  { push: ({ options }) => logFormatWord(options) },
  { push: ({ options }) => options.stderr === 'all' && '--msgs2stderr' },
  { push: ({ options }) => options.stderr === 'client' && '--no-msgs2stderr' },
  { push: ({ options }) => positive('-B', options.blockSize) },
  { push: ({ options }) => positive('--timeout=', options.timeout) },
  { push: ({ options }) => positive('--bwlimit=', options.bwlimit) },
  { push: ({ options }) => options.backupDir !== undefined && ['--backup-dir', options.backupDir] },
  { push: ({ options }) => options.suffix !== defaultSuffix(options) && `--suffix=${options.suffix}` },
  { push: ({ options }) => options.checksumChoice && `--checksum-choice=${options.checksumChoice}` },
  { push: ({ given }) => compressionWord(given) },
  { push: ({ options }) => number('--max-delete=', options.maxDelete === 0 ? -1 : options.maxDelete) },
  { push: ({ options }) => number('--min-size=', options.minSize) },
  { push: ({ options }) => number('--max-size=', options.maxSize) },
  { push: ({ options }) => deleteWords(options) },
  { push: ({ options }) => options.force && '--force' },
  { push: ({ options }) => options.superUser && '--super' },
  { push: ({ options }) => options.sizeOnly && '--size-only' },
  { push: ({ options }) => options.stats && '--stats' },
  { push: ({ options }) => options.maxAlloc !== undefined && `--max-alloc=${options.maxAlloc}` },
  { push: ({ options }) => options.deleteMissingArgs && '--delete-missing-args' },
  { push: ({ options }) => modifyWindowWord(options) },
  { push: ({ options }) => options.checksumSeed !== 0 && number('--checksum-seed=', options.checksumSeed) },
  { push: ({ options, given }) => partialWords(options, given) },
  { push: ({ options }) => options.ignoreErrors && '--ignore-errors' },
  { push: ({ options }) => options.copyUnsafeLinks && '--copy-unsafe-links' },
  { push: ({ options }) => options.safeLinks && '--safe-links' },
  { push: ({ options }) => options.numericIds && '--numeric-ids' },
  { push: ({ options }) => options.usermap && `--usermap=${options.usermap.join()}` },
  { push: ({ options }) => options.groupmap && `--groupmap=${options.groupmap.join()}` },
  { push: ({ options }) => options.ignoreExisting && '--ignore-existing' },
  { push: ({ options }) => options.existing && '--existing' },
  { push: ({ options }) => options.tempDir !== undefined && ['--temp-dir', options.tempDir] },
  { push: ({ options }) => options.fsync && '--fsync' },
  { push: ({ options }) => options.compareDest?.flatMap((folder) => ['--compare-dest', folder]) },
  { push: ({ options }) => options.copyDest?.flatMap((folder) => ['--copy-dest', folder]) },
  { push: ({ options }) => options.linkDest?.flatMap((folder) => ['--link-dest', folder]) },
  { push: ({ options }) => infoWord(options.info ?? []) },
  { push: ({ options, given }) => writingWords(options, given) },
  {
    push: ({ options, protocol }) =>
      options.relative && !options.impliedDirs && protocol >= 30 && '--no-implied-dirs',
  },
  { push: ({ options }) => options.writeDevices && '--write-devices' },
  { push: ({ options }) => options.removeSourceFiles && '--remove-source-files' },
  { push: ({ options }) => options.preallocate && '--preallocate' },
  { push: ({ options }) => options.openNoatime && options.atimes !== 2 && '--open-noatime' },
  { push: ({ options }) => options.mkpath && '--mkpath' },
  { push: ({ options }) => options.remoteOptions },
];

/**
 * The words a client sends to a daemon when it pushes: option letters in one cluster, long options, `.`, paths.
 * Values are not escaped: a daemon takes them as they are (but 3.4.4 and later drop single backslashes).
 *
 * Source: docs/protocol chapter 1, sections 7 and 8.
 *
 * @param given the options as they were given, not resolved: real clients leave out what the server derives itself
 */
export function serverArguments(given: TransferOptions, terms: ArgumentContext): ServerArguments {
  const options = resolveOptions({ ...given, protocol: terms.protocol });
  const source: ArgumentsSource = { ...terms, options, given };
  const cluster = clusterOf(source);
  const first = cluster === '-' ? ['--server'] : ['--server', cluster];
  const rest = [...words.flatMap(({ push }) => push(source) || []), '.', ...terms.paths.map(pathArgument)];
  if (!options.secludedArgs) return { plain: [...first, ...rest] };
  return { plain: first, secluded: ['rsync', ...rest] };
}

function clusterOf(source: ArgumentsSource): string {
  const present = letters.map(({ letter, push }) => letter.repeat(Number(push(source) ?? 0)));
  return `-${present.join('')}${capabilityString(source)}`;
}

/** From protocol 30 on. The option letter is that of `--rsh`, so that servers which know nothing of it pass it over. */
function capabilityString({
  protocol,
  options,
  capabilities,
  incrementalRecursion,
}: ArgumentsSource): string {
  if (protocol < 30) return '';
  const isIncremental = incrementalRecursion && options.recursive && options.incRecursive;
  return `e.${isIncremental ? 'i' : ''}${capabilities}`;
}

/**
 * A path as an argument. Servers split it where a blank is followed by the module's name and a slash, so the blank
 * is disguised as a wildcard; a leading dash would look like an option.
 */
function pathArgument(path: string): string {
  const slash = path.indexOf('/');
  if (slash === -1) return `${path}/`;
  const disguised = path.replaceAll(` ${path.slice(0, slash + 1)}`, `[ ]${path.slice(0, slash + 1)}`);
  return disguised.startsWith('-') ? `./${disguised}` : disguised;
}

/** `d` goes without saying for a list of files, unless the server must look into folders. */
function sendsDirs(
  { recursive, dirs, delete: moment, listOnly }: ResolvedOptions,
  given: TransferOptions,
): boolean {
  return !recursive && dirs && (given.dirs === true || moment !== undefined || listOnly);
}

function hasBackupsBeside({ backup, backupDir }: ResolvedOptions): boolean {
  return backup && backupDir === undefined;
}

function hasAltDest({ compareDest = [], copyDest = [], linkDest = [] }: ResolvedOptions): boolean {
  return compareDest.length + copyDest.length + linkDest.length > 0;
}

function defaultSuffix({ backupDir }: ResolvedOptions): string {
  return backupDir === undefined ? '~' : '';
}

/** The letter asks for what is negotiated, or together with `--old-compress` for zlib. */
function compressesByLetter({ compress, compressChoice = 'auto' }: TransferOptions): boolean {
  if (compress === false) return false;
  return compressChoice === 'zlib' || (compressChoice === 'auto' && compress === true);
}

function compressionWord({ compress, compressChoice = 'auto' }: TransferOptions): string | undefined {
  if (compress === false || compressChoice === 'auto') return undefined;
  if (compressChoice === 'zlib') return '--old-compress';
  return compressChoice === 'zlibx' ? '--new-compress' : `--compress-choice=${compressChoice}`;
}

function deleteWords({ delete: moment, deleteExcluded }: ResolvedOptions): string[] {
  const when = moment === undefined || moment === 'default' ? [] : [`--delete-${moment}`];
  if (deleteExcluded) return [...when, '--delete-excluded'];
  return moment === 'default' ? ['--delete'] : when;
}

/** A negative one goes by the letter. */
function modifyWindowWord({ modifyWindow }: ResolvedOptions): string | undefined {
  const isNegative = modifyWindow !== undefined && modifyWindow < 0;
  return number(isNegative ? '-@' : '--modify-window=', modifyWindow);
}

function partialWords(options: ResolvedOptions, given: TransferOptions): string[] {
  const { inplace, partial, partialDir, delayUpdates } = options;
  const isChosen = partialDir !== undefined && given.partialDir !== undefined;
  const delayed = delayUpdates ? ['--delay-updates'] : [];
  if (isChosen) return ['--partial-dir', partialDir, ...delayed];
  return delayUpdates ? delayed : partial && !inplace ? ['--partial'] : [];
}

/** `--append` twice is `--append-verify`; old servers know no other name for it. */
function writingWords({ append, inplace, sparse }: ResolvedOptions, given: TransferOptions): string[] {
  if (append === 'verify') return ['--append', '--append'];
  if (append === 'append') return ['--append'];
  if (!inplace) return [];
  return sparse && given.wholeFile === false ? ['--inplace', '--no-W'] : ['--inplace'];
}

function positive(name: string, value = 0): string | undefined {
  return value > 0 ? number(name, value) : undefined;
}

/** `name` with everything up to the digits. */
function number(name: string, value: number | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!Number.isInteger(value)) throw new UsageError(`${name}${value} is not a whole number`);
  return `${name}${BigInt(value)}`;
}
