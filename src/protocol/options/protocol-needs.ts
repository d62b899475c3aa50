import { ProtocolError } from '../errors.ts';
import type { ResolvedOptions } from './resolve-options.ts';

const FUZZY_PROTOCOL = 29;

/**
 * Refuses what servers of an older protocol cannot do.
 *
 * Source: rsync 3.5.0.
 *
 * @throws ProtocolError if an option needs a newer protocol than the one that was agreed on.
 */
export function refuseTooModern(options: ResolvedOptions, protocol: number): void {
  if (protocol >= FUZZY_PROTOCOL) return;
  const wish = modernWishes(options)[0];
  if (wish === undefined) return;
  throw new ProtocolError(
    `${wish} needs protocol ${FUZZY_PROTOCOL} or later; the server and we speak ${protocol}`,
  );
}

function modernWishes(options: ResolvedOptions): string[] {
  const { fuzzy = 0, inplace, pruneEmptyDirs, compareDest = [], copyDest = [], linkDest = [] } = options;
  const folders = compareDest.length + copyDest.length + linkDest.length;
  return [
    ...(fuzzy > 0 ? ['--fuzzy'] : []),
    ...(inplace && folders > 0 ? ['--inplace with another folder to compare with'] : []),
    ...(folders > 1 ? ['more than one other folder to compare with'] : []),
    ...(pruneEmptyDirs === true ? ['--prune-empty-dirs'] : []),
  ];
}
