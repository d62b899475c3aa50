import type { TreeAction, TreeChange } from '../../src/protocol/index.ts';

export type PathsOfActions = Partial<Readonly<Record<TreeAction, readonly string[]>>>;

/** Changes, written by what is to be done about which paths. */
export function treeChanges(paths: PathsOfActions): TreeChange[] {
  return Object.entries(paths).flatMap(([action, each]) =>
    each.map((path) => ({ action: action as TreeAction, path })),
  );
}
