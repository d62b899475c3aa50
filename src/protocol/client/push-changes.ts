import { type ChangeSet, ChangeTree } from '../files/change-tree.ts';
import { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';
import type { PushResult } from './push-result.ts';
import type { PushListeners, PushSession } from './push-session.ts';

/** Pushes scattered changes, deletions among them, in one session that was opened with `changeOptions`. */
export async function pushChanges(
  session: PushSession,
  root: string,
  changes: ChangeSet,
  listeners: PushListeners = {},
): Promise<PushResult> {
  const { protocol } = session.terms;
  const tree = new ChangeTree(root, changes, { hardLinks: false, atimes: false, sweepsRoot: protocol < 30 });
  try {
    const filterList = encodeRules(changes, protocol);
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}

function encodeRules(changes: ChangeSet, protocol: number): Uint8Array {
  const encoder = new Encoder();
  const quoted = (path: string) => path.replaceAll(/[*?[\\]/g, '\\$&');
  const plain = (path: string) => (/[*?[]/.test(path) ? quoted(path) : path);
  const rules = [
    // Below protocol 30 a folder that is not to be deleted is not looked into either.
    ...(protocol < 30 ? parentsOf(changes.gone).map((path) => `+ /${plain(path)}/`) : []),
    ...changes.gone.flatMap((path) => [`+ /${plain(path)}`, `+ /${quoted(path)}/**`]),
    ...changes.mirrored.map((path) => `+ /${quoted(path)}/**`),
    '- *',
  ];
  for (const rule of rules) {
    const bytes = encodeName(rule);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
  return encoder.view();
}

function parentsOf(paths: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const path of paths) {
    const components = path.split('/');
    for (let depth = 1; depth < components.length; depth++) parents.add(components.slice(0, depth).join('/'));
  }
  return [...parents];
}
