import { checkList, checkObject, checkPathText } from '../arguments.ts';
import { UsageError } from '../errors.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { type FilterRules, patternRule } from '../filter/rule.ts';
import { FilterScope } from '../filter/scope.ts';
import { encodeFilterList } from '../filter/wire.ts';
import { keptPatterns } from '../trees/deletion-rules.ts';
import { FilteredTree } from '../trees/filtered-tree.ts';
import { filterListFor } from './filter-list.ts';
import type { PushListeners, PushResult } from './push-listeners.ts';
import { PushSession } from './push-session.ts';

export interface TreePush {
  readonly tree: SourceTree;
  /** The absolute path of the root of the transfer, for rules that are about absolute paths. */
  readonly root: string;
  readonly filters: FilterRules;
  /** Patterns of files, not of folders, that the tree leaves out by itself and the server must not delete. */
  readonly keptFiles?: readonly string[];
  /** Paths that the server must not delete, nor anything in them. */
  readonly keptPaths?: readonly string[];
  readonly listeners?: PushListeners;
}

/** Pushes a tree, less what filter rules leave out; the server is told of these rules. */
export async function pushTree(session: PushSession, push: TreePush): Promise<PushResult> {
  if (!(session instanceof PushSession)) throw new UsageError('session: not one that openPush has opened');
  checkObject(push, 'the push');
  checkObject(push.tree, 'tree');
  checkPathText(push.root, 'root');
  checkFilters(push.filters);
  const { tree, root, filters, keptFiles = [], keptPaths = [], listeners = {} } = push;
  const hasRules = filters.rules.length > 0;
  const kept = keptFiles.map((pattern) => patternRule('exclude', pattern));
  const rules = [
    ...keptPatterns(keptPaths).map((pattern) => patternRule('exclude', pattern)),
    ...filters.rules,
    ...(kept.length === 0 ? [] : [patternRule('include', '*/'), ...kept]),
  ];
  const { protocol } = session.terms;
  return await session.run({
    tree: hasRules ? new FilteredTree(tree, FilterScope.outside(filters, 'sender', root)) : tree,
    filterList: filterListFor(session, rules, (encoder) =>
      encodeFilterList(encoder, rules, protocol, 'push'),
    ),
    listeners,
  });
}

function checkFilters(filters: unknown): void {
  checkObject(filters, 'filters');
  checkList(Reflect.get(filters, 'rules'), 'filters.rules');
}
