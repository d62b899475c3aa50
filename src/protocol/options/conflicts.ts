import { UsageError } from '../errors.ts';
import type { ResolvedOptions } from './resolved-options.ts';

const MOST_ALT_DESTS = 20;
const MOST_BLOCK_SIZE = 131_072;
const MOST_BLOCK_SIZE_BEFORE_30 = 2 ** 29;

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
    if (folders.length <= MOST_ALT_DESTS) continue;
    throw new UsageError(`--${name}: ${folders.length} folders are more than ${MOST_ALT_DESTS}`);
  }
}

function refuseBlockSize(options: ResolvedOptions): void {
  const { blockSize = 0 } = options;
  const most = isBefore30(options) ? MOST_BLOCK_SIZE_BEFORE_30 : MOST_BLOCK_SIZE;
  if (blockSize < 0 || blockSize > most)
    throw new UsageError(`--block-size: ${blockSize} is not in [0, ${most}]`);
}

function isBefore30({ protocol }: ResolvedOptions): boolean {
  return protocol !== undefined && protocol < 30;
}

function isGiven(folders: readonly string[] | undefined): boolean {
  return folders !== undefined && folders.length > 0;
}
