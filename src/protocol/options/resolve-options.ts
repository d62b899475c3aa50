import { ProtocolError, UsageError } from '../errors.ts';
import { checkTransferOptions } from './check-options.ts';
import type { DeleteMoment, TransferOptions } from './transfer-options.ts';

/** What is simply on or off. */
type FlagName = {
  [Name in keyof TransferOptions]-?: Required<TransferOptions>[Name] extends boolean ? Name : never;
}[keyof TransferOptions];

/** What is off at 0. */
type LevelName = 'oneFileSystem' | 'atimes' | 'fuzzy' | 'itemizeChanges' | 'verbose' | 'bwlimit' | 'timeout';

/**
 * Options with everything that follows from them: what the transfer really does. Nothing that is on or off is undefined
 * here; a field that still may be has no value of its own.
 */
export type ResolvedOptions = Omit<TransferOptions, FlagName | LevelName> &
  Required<Pick<TransferOptions, FlagName | LevelName | 'suffix'>> & {
    /** Without it nothing is deleted. */
    readonly delete?: DeleteMoment;
    /** Clean: no empty parts, no `.`, no slash at the end. */
    readonly partialDir?: string;
    /** Without it backups lie beside the files. */
    readonly backupDir?: string;
  };

/** What holds where nothing is said. */
const defaults = {
  incRecursive: true,
  impliedDirs: true,
  ...off(
    'checksum',
    'copyDirlinks',
    'copyLinks',
    'copyUnsafeLinks',
    'cvsExclude',
    'deleteExcluded',
    'deleteMissingArgs',
    'devices',
    'dryRun',
    'executability',
    'existing',
    'force',
    'from0',
    'fsync',
    'hardLinks',
    'ignoreErrors',
    'ignoreExisting',
    'ignoreMissingArgs',
    'ignoreTimes',
    'insecureLinks',
    'keepDirlinks',
    'links',
    'listOnly',
    'mkpath',
    'mungeLinks',
    'numericIds',
    'omitLinkTimes',
    'perms',
    'preallocate',
    'progress',
    'pruneEmptyDirs',
    'quiet',
    'removeSourceFiles',
    'safeLinks',
    'secludedArgs',
    'sizeOnly',
    'sparse',
    'specials',
    'stats',
    'superUser',
    'times',
    'update',
    'writeDevices',
  ),
  oneFileSystem: 0,
  atimes: 0,
  fuzzy: 0,
  itemizeChanges: 0,
  verbose: 0,
  bwlimit: 0,
  timeout: 0,
} as const;

const MAX_ALT_DESTS = 20;
const MAX_BLOCK_SIZE = 131_072;
const MAX_BLOCK_SIZE_BEFORE_30 = 2 ** 29;

/** Pairs that rsync does not do together. */
const exclusions: ReadonlyArray<readonly [string, string, (options: ResolvedOptions) => boolean]> = [
  ['--append', '--whole-file', ({ append, wholeFile }) => append !== undefined && wholeFile],
  ['--append', '--partial-dir', ({ append, partialDir }) => append !== undefined && partialDir !== undefined],
  ['--inplace', '--delay-updates', ({ inplace, delayUpdates }) => inplace && delayUpdates],
  ['--inplace', '--partial-dir', ({ inplace, partialDir }) => inplace && partialDir !== undefined],
  ['--compare-dest', '--copy-dest', ({ compareDest, copyDest }) => isGiven(compareDest) && isGiven(copyDest)],
  ['--compare-dest', '--link-dest', ({ compareDest, linkDest }) => isGiven(compareDest) && isGiven(linkDest)],
  ['--copy-dest', '--link-dest', ({ copyDest, linkDest }) => isGiven(copyDest) && isGiven(linkDest)],
];

/** Where rsync keeps what waits for the end of a transfer. */
export const DELAYED_DIR = '.~tmp~';

const OLDEST_PROTOCOL = 27;
const NEWEST_PROTOCOL = 32;

/**
 * Derives what rsync derives, and refuses what it refuses. Resolving twice changes nothing more.
 *
 * @throws UsageError if options contradict each other, ProtocolError for a version that is too old for us.
 */
export function resolveOptions(options: TransferOptions): ResolvedOptions {
  checkTransferOptions(options);
  if (options.protocol !== undefined && options.protocol < OLDEST_PROTOCOL) {
    throw new ProtocolError(`--protocol: ${options.protocol} is not at least ${OLDEST_PROTOCOL}`);
  }
  if (options.protocol !== undefined && options.protocol > NEWEST_PROTOCOL) {
    throw new UsageError(`--protocol: ${options.protocol} is newer than ${NEWEST_PROTOCOL}`);
  }
  const recursive = options.recursive === true;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const hasList = options.filesFrom !== undefined;
  const dirs = recursive || (options.dirs ?? (hasList || options.listOnly === true));
  const { partialDir: _, backupDir: __, ...kept } = Object.fromEntries(given) as TransferOptions;
  const backup = backupOf(options);
  const deleted = options.delete ?? (options.deleteExcluded === true ? 'default' : undefined);
  const resolved: ResolvedOptions = {
    ...defaults,
    ...kept,
    ...backup,
    ...partialOf(options),
    ...(deleted && { delete: deleted }),
    recursive,
    dirs,
    relative: options.relative ?? hasList,
    owner: options.owner ?? options.usermap !== undefined,
    group: options.group ?? options.groupmap !== undefined,
    omitDirTimes: options.omitDirTimes === true || (backup.backup && backup.backupDir === undefined),
    openNoatime: options.openNoatime === true || options.atimes === 2,
    compress: isCompressed(options),
    wholeFile: options.wholeFile === true || checksumsNothing(options),
    inplace: options.inplace === true || options.append !== undefined || options.writeDevices === true,
  };
  refuseConflicts(resolved);
  return resolved;
}

function off<Name extends FlagName>(...names: readonly Name[]): Record<Name, false> {
  return Object.fromEntries(names.map((name) => [name, false])) as Record<Name, false>;
}

/** A level alone turns compression on, even after `--no-compress`: the server sees nothing but the level. */
function isCompressed({ compress, compressChoice, compressLevel }: TransferOptions): boolean {
  if (compressChoice === 'none') return false;
  if (compressLevel !== undefined || compress === true) return true;
  return compress === undefined && compressChoice !== undefined && compressChoice !== 'auto';
}

/** Without a sum for the transfer no block can be matched. */
function checksumsNothing({ checksumChoice }: TransferOptions): boolean {
  return checksumChoice?.split(',')[0] === 'none';
}

type Partials = Pick<ResolvedOptions, 'partial' | 'partialDir' | 'delayUpdates'>;

function partialOf({ partial = false, partialDir, delayUpdates = false }: TransferOptions): Partials {
  if (partialDir === undefined && !delayUpdates) return { partial, delayUpdates };
  const folder = cleanPath(partialDir ?? DELAYED_DIR);
  // The destination folder itself cannot hold them, as rsync sees it: what remains of the wish is `--partial`.
  if (folder === '.') return { partial: true, delayUpdates: false };
  return { partial: true, partialDir: folder, delayUpdates };
}

function backupOf(options: TransferOptions): Pick<ResolvedOptions, 'backup' | 'backupDir' | 'suffix'> {
  const given = options.backupDir?.replace(/^(?:\.\/+)+/, '');
  const backupDir = given === '' || given === '.' ? undefined : given;
  const suffix = options.suffix ?? (given === undefined ? '~' : '');
  const isBeside = backupDir === undefined;
  if (suffix.includes('/')) throw new UsageError(`--suffix: '${suffix}' must not contain a slash`);
  if (suffix === '' && isBeside && (options.suffix !== undefined || given !== undefined)) {
    throw new UsageError('--suffix must not be empty where backups lie beside the files');
  }
  const backup = options.backup === true || given !== undefined;
  return isBeside ? { backup, suffix } : { backup, backupDir, suffix };
}

/** Takes out empty parts, `.` and what `..` undoes; nothing is left as `.`. */
function cleanPath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const isBack = part === '..' && parts.length > 0 && parts.at(-1) !== '..';
    if (isBack) parts.pop();
    else if (part !== '..' || !isAbsolute) parts.push(part);
  }
  return isAbsolute ? `/${parts.join('/')}` : parts.join('/') || '.';
}

/** Refuses options that contradict each other or the protocol. */
export function refuseConflicts(options: ResolvedOptions): void {
  for (const [one, other, clash] of exclusions) {
    if (clash(options)) throw new UsageError(`${one} cannot be used with ${other}`);
  }
  if (options.delete !== undefined && !options.dirs) {
    throw new UsageError('--delete needs --recursive (-r) or --dirs (-d)');
  }
  refuseTooMany(options);
  refuseBlockSize(options);
}

function refuseTooMany({ compareDest, copyDest, linkDest }: ResolvedOptions): void {
  const lists = { 'compare-dest': compareDest, 'copy-dest': copyDest, 'link-dest': linkDest };
  for (const [name, folders = []] of Object.entries(lists)) {
    if (folders.length <= MAX_ALT_DESTS) continue;
    throw new UsageError(`--${name}: ${folders.length} folders are more than ${MAX_ALT_DESTS}`);
  }
}

function refuseBlockSize(options: ResolvedOptions): void {
  const { blockSize = 0 } = options;
  const most = isBefore30(options) ? MAX_BLOCK_SIZE_BEFORE_30 : MAX_BLOCK_SIZE;
  if (blockSize < 0 || blockSize > most)
    throw new UsageError(`--block-size: ${blockSize} is not in [0, ${most}]`);
}

function isBefore30({ protocol }: ResolvedOptions): boolean {
  return protocol !== undefined && protocol < 30;
}

function isGiven(folders: readonly string[] | undefined): boolean {
  return folders !== undefined && folders.length > 0;
}
