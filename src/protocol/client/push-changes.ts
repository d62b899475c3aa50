import { type ChangeSet, ChangeTree, type ChangeTreeOptions } from '../files/change-tree.ts';
import { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';
import type { PushListeners, PushResult, PushSession } from './push-session.ts';

export interface ChangePush extends Partial<ChangeTreeOptions> {
  /** The folder that the paths are relative to. */
  readonly root: string;
  readonly changes: ChangeSet;
  readonly listeners?: PushListeners;
}

/**
 * Pushes scattered changes, deletions among them, in one session. The session must have been opened recursive, without
 * incremental recursion, and with `delete` if anything may be deleted: without it, nothing is.
 */
export async function pushChanges(session: PushSession, push: ChangePush): Promise<PushResult> {
  const { root, changes, listeners = {}, hardLinks = false, atimes = false, accepts } = push;
  const tree = new ChangeTree(root, changes, { hardLinks, atimes, accepts });
  try {
    const filterList = session.expectsFilterList ? encodeChangeRules(changes) : undefined;
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}

/**
 * The filter list that goes with a change set: it allows the server to delete what the set says, and nothing else.
 *
 * Source: shared/protocol chapter 2, section 2.8 (e).
 */
export function encodeChangeRules(changes: ChangeSet): Uint8Array {
  return encodeRules(rulesOf(changes));
}

/** A filter list of rules as they travel: `+ PATTERN` and `- PATTERN`. */
export function encodeRules(rules: readonly string[]): Uint8Array {
  const encoder = new Encoder();
  for (const rule of rules) {
    const bytes = encodeName(rule);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
  return encoder.view();
}

/** In the order in which they count: the first that matches decides. */
function rulesOf(changes: ChangeSet): string[] {
  const {
    mirrored,
    gone,
    replaced = [],
    leveled = [],
    goneFolders = [],
    goneFiles = [],
    kept = [],
  } = changes;
  return [
    ...goneFiles.flatMap((path) => [`- ${plain(path)}/`, `+ ${plain(path)}`]),
    ...gone.flatMap((path) => [`+ ${plain(path)}`, `+ ${quoted(path)}/**`]),
    ...goneFolders.flatMap((path) => [`+ ${plain(path)}/`, `+ ${quoted(path)}/**`]),
    ...replaced.map((path) => `+ ${quoted(path)}/**`),
    // Folders first, so that what is kept are files only.
    ...mirrored.map((path) => `+ ${quoted(path)}/**/`),
    ...leveled.flatMap((path) => [`+ ${quoted(path)}/*/`, `+ ${quoted(path)}/*/**`]),
    ...kept.map((pattern) => `- ${pattern}`),
    ...mirrored.map((path) => `+ ${quoted(path)}/**`),
    ...leveled.map((path) => `+ ${quoted(path)}/*`),
    '- *',
  ];
}

/** The path in a rule with wildcards. The root has no name, and every pattern below it starts with a slash. */
function quoted(path: string): string {
  return path === '.' ? '' : `/${path.replaceAll(/[*?[\\]/g, '\\$&')}`;
}

/** The path in a rule that has no wildcards of its own: there a backslash stands for itself. */
function plain(path: string): string {
  return /[*?[]/.test(path) ? quoted(path) : `/${path}`;
}
