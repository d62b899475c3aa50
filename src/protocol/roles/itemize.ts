import { checkObject } from '../arguments.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import { isDevice, isDirectory, isRegular, isSymlink } from '../file-list/file-mode.ts';
import { type Item, itemFlags } from './item.ts';

/** What stands in the place of an item's eleven characters for a path that is deleted. */
export const ITEMIZED_DELETION = '*deleting  ';

export interface ItemizeContext {
  readonly protocol: number;
  /** `--times` is on: without it a time that differs becomes the time of the transfer. */
  readonly times: boolean;
}

/** Bits that say nothing about a difference. */
const SILENT_FLAGS =
  itemFlags.basisTypeFollows | itemFlags.nameFollows | itemFlags.localChange | itemFlags.transfer;

/** Below this version a request says nothing but that a file is wanted. */
const FIRST_ITEMIZING_PROTOCOL = 29;

/** Below this version a receiver does not say whether it can set the time of a symlink. */
const FIRST_LINK_TIMES_PROTOCOL = 30;

/** Whether anything about the entry differs at the destination. */
export function hasChanges(item: Item): boolean {
  checkObject(item, 'item');
  return (item.flags & ~SILENT_FLAGS) !== 0 || (item.flags & itemFlags.transfer) !== 0;
}

/**
 * What `--itemize-changes` says about an entry of a push, always eleven characters:
 *
 *   update: < sent, c made or changed there, h linked there, . not transferred
 *   | type: f d L D S
 *   | | content or value, size, time, permissions, owner, group, atime or crtime, ACL, xattr
 *   <f.st......
 *
 * Source: docs/protocol chapter 3, section 3.7; rsync(1).
 */
export function itemize(entry: FileEntry, item: Item, terms: ItemizeContext): string {
  checkObject(entry, 'entry');
  checkObject(item, 'item');
  checkObject(terms, 'terms');
  const head = updateOf(item) + typeOf(entry.mode);
  if (terms.protocol < FIRST_ITEMIZING_PROTOCOL) return head.padEnd(11, '?');
  if (item.flags & itemFlags.isNew) return head.padEnd(11, '+');
  if (!hasChanges(item)) return head.padEnd(11, ' ');
  return head + differencesOf(entry, item, hasLostTime(entry, item, terms));
}

function updateOf({ flags }: Item): string {
  if (flags & itemFlags.localChange) return flags & itemFlags.nameFollows ? 'h' : 'c';
  return flags & itemFlags.transfer ? '<' : '.';
}

function typeOf(mode: number): string {
  if (isRegular(mode)) return 'f';
  if (isDirectory(mode)) return 'd';
  if (isSymlink(mode)) return 'L';
  return isDevice(mode) ? 'D' : 'S';
}

/** Whether a time that differs becomes the time of the transfer instead of the file's own. */
function hasLostTime({ mode }: FileEntry, { flags }: Item, { protocol, times }: ItemizeContext): boolean {
  if (!times || !isSymlink(mode)) return !times;
  // A symlink has no size worth a word: there the bit says that its time could not be set.
  return protocol < FIRST_LINK_TIMES_PROTOCOL || (flags & itemFlags.reportSize) !== 0;
}

function differencesOf({ mode }: FileEntry, { flags }: Item, losesTime: boolean): string {
  const say = (flag: number, letter: string) => (flags & flag ? letter : '.');
  return [
    say(itemFlags.reportChange, 'c'),
    isSymlink(mode) ? '.' : say(itemFlags.reportSize, 's'),
    say(itemFlags.reportTime, losesTime ? 'T' : 't'),
    say(itemFlags.reportPerms, 'p'),
    say(itemFlags.reportOwner, 'o'),
    say(itemFlags.reportGroup, 'g'),
    useTimes(flags),
    say(itemFlags.reportAcl, 'a'),
    say(itemFlags.reportXattr, 'x'),
  ].join('');
}

/** The ninth character stands for two times at once. */
function useTimes(flags: number): string {
  const hasAtime = flags & itemFlags.reportAtime;
  const hasCrtime = flags & itemFlags.reportCrtime;
  if (hasAtime) return hasCrtime ? 'b' : 'u';
  return hasCrtime ? 'n' : '.';
}
