import { type ChangeSet, checkChanges } from '../files/change-set.ts';
import { ChangeTree, type ChangeTreeOptions } from '../files/change-tree.ts';
import { entryWishes } from '../files/entry-wishes.ts';
import { pushSendsFilterList } from '../filter/wire.ts';
import { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';
import type { PushListeners } from './push-listeners.ts';
import type { PushResult } from './push-result.ts';
import type { PushSession } from './push-session.ts';

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
): Promise<PushResult> {
  const tree = new ChangeTree(root, changes, changeTreeOptions(session));
  try {
    const filterList = encodeChangeRules(session, changes);
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}

/** How changes have to be listed in a session. */
export function changeTreeOptions({
  options,
  terms,
}: Pick<PushSession, 'options' | 'terms'>): ChangeTreeOptions {
  const prunes = options.pruneEmptyDirs === true;
  return { ...entryWishes(options), sweepsRoot: terms.protocol < 30, prunes };
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
  const rules = rulesOf(changes, { protocol, prunes: options.pruneEmptyDirs === true });
  for (const rule of rules) {
    const bytes = encodeName(rule);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
  return encoder.view();
}

/** In the order in which they count: the first that matches decides. */
function rulesOf(
  changes: ChangeSet,
  { protocol, prunes }: { readonly protocol: number; readonly prunes: boolean },
): string[] {
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
    ...(prunes ? rulesForPruning(changes, protocol) : []),
    // Folders before the files that are kept, which are files only.
    ...mirrored.map((path) => `+ ${quoted(path)}/**/`),
    ...leveled.flatMap((path) => [`+ ${quoted(path)}/*/`, `+ ${quoted(path)}/*/**`]),
    ...keptFiles.map((pattern) => `- ${pattern}`),
    ...mirrored.map((path) => `+ ${quoted(path)}/**`),
    ...leveled.map((path) => `+ ${quoted(path)}/*`),
    '- *',
  ];
}

/**
 * What is protected is not pruned, and all is that no rule before has named. Below protocol 30 an added folder would be
 * looked through for deletions then.
 */
function rulesForPruning({ added, mirrored, leveled = [] }: ChangeSet, protocol: number): string[] {
  const tops = protocol < 30 ? [...mirrored, ...leveled] : [...added, ...mirrored, ...leveled];
  const below = protocol < 30 ? [] : added.map((path) => `+ ${quoted(path)}/**/`);
  return [...tops.filter((path) => path !== '.').map(ruleForFolder), ...below];
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
