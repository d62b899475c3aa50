import { type ChangeSet, ChangeTree } from '../files/change-tree.ts';
import { pushSendsFilterList } from '../filter/wire.ts';
import { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';
import type { PushResult } from './push-result.ts';
import type { PushListeners, PushSession } from './push-session.ts';

/**
 * Pushes scattered changes, deletions among them, in one session. It must have been opened recursive, without
 * incremental recursion, and with `delete` if anything may be deleted: without it, nothing is.
 */
export async function pushChanges(
  session: PushSession,
  root: string,
  changes: ChangeSet,
  listeners: PushListeners = {},
): Promise<PushResult> {
  const { protocol } = session.terms;
  const tree = new ChangeTree(root, changes, { hardLinks: false, atimes: false, sweepsRoot: protocol < 30 });
  try {
    const filterList = encodeChangeRules(session, changes);
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}

/**
 * The filter list that goes with a change set: it allows the server to delete what the set says, and nothing else. None
 * is sent to a server that deletes nothing.
 *
 * Source: shared/protocol chapter 2, section 2.8 (e).
 */
export function encodeChangeRules(
  { options, terms: { protocol } }: Pick<PushSession, 'options' | 'terms'>,
  changes: ChangeSet,
): Uint8Array | undefined {
  if (!pushSendsFilterList(options, [], protocol)) return undefined;
  const encoder = new Encoder();
  for (const rule of rulesOf(changes, protocol)) {
    const bytes = encodeName(rule);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
  return encoder.view();
}

/** In the order in which they count: the first that matches decides. */
function rulesOf(changes: ChangeSet, protocol: number): string[] {
  const { mirrored, replaced = [], leveled = [], kept = [], keptFiles = [] } = changes;
  const { gone, goneFolders = [], goneFiles = [] } = changes;
  return [
    // Below protocol 30 a folder that is not to be deleted is not looked into either.
    ...(protocol < 30 ? parentsOf([...gone, ...goneFolders, ...goneFiles]).map(ruleForFolder) : []),
    ...goneFiles.flatMap((path) => [`- ${plain(path)}/`, `+ ${plain(path)}`]),
    ...gone.flatMap((path) => [`+ ${plain(path)}`, `+ ${quoted(path)}/**`]),
    ...goneFolders.flatMap((path) => [ruleForFolder(path), `+ ${quoted(path)}/**`]),
    ...replaced.map((path) => `+ ${quoted(path)}/**`),
    ...kept.map((pattern) => `- ${pattern}`),
    // Folders before the files that are kept, which are files only.
    ...mirrored.map((path) => `+ ${quoted(path)}/**/`),
    ...leveled.flatMap((path) => [`+ ${quoted(path)}/*/`, `+ ${quoted(path)}/*/**`]),
    ...keptFiles.map((pattern) => `- ${pattern}`),
    ...mirrored.map((path) => `+ ${quoted(path)}/**`),
    ...leveled.map((path) => `+ ${quoted(path)}/*`),
    '- *',
  ];
}

function ruleForFolder(path: string): string {
  return `+ ${plain(path)}/`;
}

/** The path in a rule with wildcards. The root has no name, and every pattern below it starts with a slash. */
function quoted(path: string): string {
  return path === '.' ? '' : `/${path.replaceAll(/[*?[\\]/g, '\\$&')}`;
}

/** The path in a rule that has no wildcards of its own: there a backslash stands for itself. */
function plain(path: string): string {
  return /[*?[]/.test(path) ? quoted(path) : `/${path}`;
}

function parentsOf(paths: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const path of paths) {
    const components = path.split('/');
    for (let depth = 1; depth < components.length; depth++) parents.add(components.slice(0, depth).join('/'));
  }
  return [...parents];
}
