import { ProtocolError, UsageError } from '../errors.ts';
import { checkTransferOptions } from './check-options.ts';
import { refuseConflicts } from './conflicts.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import type { TransferOptions } from './transfer-options.ts';

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
  const hasList = options.filesFrom !== undefined;
  const dirs = recursive || (options.dirs ?? (hasList || options.listOnly === true));
  const { partialDir: _, backupDir: __, ...kept } = options;
  const backup = backupOf(options);
  const deleted = options.delete ?? (options.deleteExcluded === true ? 'default' : undefined);
  const resolved: ResolvedOptions = {
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
