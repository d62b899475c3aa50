import { UsageError } from '../errors.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { encodeRuleTexts } from '../filter/wire.ts';
import { checkFields, type FieldChecks, isAnything, isFunction } from '../options/field-checks.ts';
import { ChangeTree, type ChangeTreeOptions } from '../trees/change-tree.ts';
import { deletionRules } from '../trees/deletion-rules.ts';
import { listingOptions } from '../trees/listing-options.ts';
import { checkChanges, checkKept, type KeptInChanges, type TreeChange } from '../trees/tree-change.ts';
import { type FilterListContext, filterListFor } from './filter-list.ts';
import type { PushListeners, PushResult } from './push-listeners.ts';
import { PushSession } from './push-session.ts';

export interface PushChangesOptions extends KeptInChanges {
  /** Whether a path below a folder that is sent with what is in it is listed. */
  readonly accepts?: ChangeTreeOptions['accepts'];
  /** A tree that stands in front of the one that lists the changes. */
  readonly wrap?: ((tree: SourceTree) => SourceTree) | undefined;
}

const optionChecks: FieldChecks<PushChangesOptions> = {
  accepts: isFunction,
  wrap: isFunction,
  keptPaths: isAnything,
  kept: isAnything,
  keptFiles: isAnything,
};

/**
 * Pushes scattered changes, deletions among them, in one session. It must have been opened recursive, without
 * incremental recursion, and with `delete` if anything may be deleted: without it, nothing is.
 *
 * @throws UsageError for what is not a path below `root`; nothing was sent then, and the session goes on waiting.
 */
export async function pushChanges(
  session: PushSession,
  root: string,
  changes: readonly TreeChange[],
  listeners: PushListeners = {},
  options: PushChangesOptions = {},
): Promise<PushResult> {
  if (!(session instanceof PushSession)) throw new UsageError('session: not one that openPush has opened');
  if (typeof root !== 'string' || root === '' || root.includes('\0'))
    throw new UsageError(`root: ${JSON.stringify(root)} is not the path of a folder`);
  checkFields(options, optionChecks, { what: 'the options of a push of changes' });
  const { accepts, wrap = (tree) => tree, ...kept } = options;
  const tree = new ChangeTree(root, changes, { ...changeTreeOptions(session), accepts });
  try {
    const filterList = encodeChangeRules(session, changes, kept);
    return await session.run({ tree: wrap(tree), filterList, listeners });
  } finally {
    tree.close();
  }
}

/** How changes have to be listed in a session. */
export function changeTreeOptions({ options, terms }: FilterListContext): ChangeTreeOptions {
  const { openNoatime, pruneEmptyDirs: prunes } = options;
  return { ...listingOptions(options), openNoatime, sweepsRoot: terms.protocol < 30, prunes };
}

/**
 * The filter list that goes with changes: it allows the server to delete what they say, and nothing else. None is sent
 * to a server that deletes nothing.
 *
 * Source: docs/protocol chapter 2, section 2.8 (e).
 */
export function encodeChangeRules(
  context: FilterListContext,
  changes: readonly TreeChange[],
  kept: KeptInChanges = {},
): Uint8Array | undefined {
  checkChanges(changes);
  checkKept(kept);
  const { options, terms } = context;
  const rulesContext = { ...kept, protocol: terms.protocol, prunes: options.pruneEmptyDirs };
  return filterListFor(context, [], (encoder) =>
    encodeRuleTexts(encoder, deletionRules(changes, rulesContext)),
  );
}
