import { UsageError } from '../errors.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { deletionRules } from '../filter/deletion-rules.ts';
import { pushSendsFilterList } from '../filter/wire.ts';
import { type ChangeSet, checkChanges } from '../trees/change-set.ts';
import { ChangeTree, type ChangeTreeOptions } from '../trees/change-tree.ts';
import { listingOptions } from '../trees/listing-options.ts';
import { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';
import type { PushListeners, PushResult } from './push-listeners.ts';
import { PushSession } from './push-session.ts';

export interface ChangeTreeWishes {
  /** Whether a path below an added, mirrored or leveled folder is listed. */
  readonly accepts?: ChangeTreeOptions['accepts'];
  /** A tree that stands in front of the one that lists the changes. */
  readonly wrap?: (tree: SourceTree) => SourceTree;
}

/**
 * Pushes scattered changes, deletions among them, in one session. It must have been opened recursive, without
 * incremental recursion, and with `delete` if anything may be deleted: without it, nothing is.
 *
 * @throws UsageError for what is not a path below `root`; nothing was sent then, and the session goes on waiting.
 */
export async function pushChanges(
  session: PushSession,
  root: string,
  changes: ChangeSet,
  listeners: PushListeners = {},
  { accepts, wrap = (tree) => tree }: ChangeTreeWishes = {},
): Promise<PushResult> {
  if (!(session instanceof PushSession)) throw new UsageError('session: not one that openPush has opened');
  if (typeof root !== 'string' || root === '' || root.includes('\0'))
    throw new UsageError(`root: ${JSON.stringify(root)} is not the path of a folder`);
  const tree = new ChangeTree(root, changes, { ...changeTreeOptions(session), accepts });
  try {
    const filterList = encodeChangeRules(session, changes);
    return await session.run({ tree: wrap(tree), filterList, listeners });
  } finally {
    tree.close();
  }
}

/** How changes have to be listed in a session. */
export function changeTreeOptions({
  options,
  terms,
}: Pick<PushSession, 'options' | 'terms'>): ChangeTreeOptions {
  const { openNoatime, pruneEmptyDirs: prunes } = options;
  return { ...listingOptions(options), openNoatime, sweepsRoot: terms.protocol < 30, prunes };
}

/**
 * The filter list that goes with a change set: it allows the server to delete what the set says, and nothing else. None
 * is sent to a server that deletes nothing.
 *
 * Source: docs/protocol chapter 2, section 2.8 (e).
 */
export function encodeChangeRules(
  { options, terms: { protocol } }: Pick<PushSession, 'options' | 'terms'>,
  changes: ChangeSet,
): Uint8Array | undefined {
  checkChanges(changes);
  if (!pushSendsFilterList(options, [], protocol)) return undefined;
  const encoder = new Encoder();
  for (const rule of deletionRules(changes, { protocol, prunes: options.pruneEmptyDirs })) {
    const bytes = encodeName(rule);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
  return encoder.view();
}
