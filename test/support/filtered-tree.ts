import { mkdirSync, writeFileSync } from 'node:fs';
import type { FilterRules } from '../../src/protocol/filter/rule.ts';
import { FilterScope } from '../../src/protocol/filter/scope.ts';
import { encodeName } from '../../src/protocol/wire/file-name.ts';

/** Paths of a tree, parents first: files with their content, folders without. */
export type Tree = ReadonlyMap<string, string | undefined>;

export function writeTree(root: string, tree: Tree): void {
  mkdirSync(root, { recursive: true });
  for (const [path, content] of tree) {
    const place = encodeName(`${root}/${path}`);
    if (content === undefined) mkdirSync(place, { recursive: true });
    else writeFileSync(place, encodeName(content));
  }
}

/** A tree of these paths, empty files if they stand alone, and of the folders above them. */
export function treeOf(...parts: ReadonlyArray<string | Readonly<Record<string, string>>>): Tree {
  const tree = new Map<string, string | undefined>();
  for (const part of parts) {
    const files = typeof part === 'string' ? { [part]: '' } : part;
    for (const [path, content] of Object.entries(files)) addToTree(tree, path, content);
  }
  return tree;
}

/** Adds a file, or a folder if there is no content, and the folders above. */
export function addToTree(
  tree: Map<string, string | undefined>,
  path: string,
  content: string | undefined,
): void {
  for (const { index } of path.matchAll(/\//g)) tree.set(path.slice(0, index), undefined);
  tree.set(path, content);
}

type ReadFile = (path: string) => Buffer | undefined;

/** What a sender puts into the file list, as rsync prints it: folders with a slash at the end. */
export function listSent(tree: Tree, root: string, rules: FilterRules, readOutside?: ReadFile): string[] {
  const sent: string[] = [];
  const read = readerOf(tree, readOutside);
  const childrenOf = childrenIn(tree);
  const walk = (scope: FilterScope, folder: string) => {
    for (const [path, content] of childrenOf(folder)) {
      if (scope.excludes(path, content === undefined)) continue;
      sent.push(printed(path, content));
      if (content === undefined) walk(scope.enter(path, read), path);
    }
  };
  walk(FilterScope.outside(rules, 'sender', root).enter('', read), '');
  return sent;
}

/** What a sender leaves out, sorted; of a hidden folder, only the folder. */
export function hiddenIn(tree: Tree, root: string, rules: FilterRules, readOutside?: ReadFile): string[] {
  const sent = new Set(listSent(tree, root, rules, readOutside));
  const hidden = [...tree].map(([path, content]) => printed(path, content)).filter((path) => !sent.has(path));
  const isTopmost = (path: string) =>
    !hidden.some((other) => other.endsWith('/') && other !== path && path.startsWith(other));
  return hidden.filter(isTopmost).sort();
}

/** What a receiver deletes that was sent only `sent`, as rsync prints it. */
export function listDeleted(
  tree: Tree,
  root: string,
  rules: FilterRules,
  sent: ReadonlySet<string>,
  readOutside?: ReadFile,
): string[] {
  const deleted: string[] = [];
  const read = readerOf(tree, readOutside);
  const childrenOf = childrenIn(tree);
  /** Removes a file or all of a folder, or as much of it as may be; whether it is gone. */
  const remove = (scope: FilterScope, path: string, content: string | undefined): boolean => {
    if (content === undefined) {
      const inner = scope.enter(path, read).inDeletedFolder();
      const left = childrenOf(path).filter(
        ([child, inChild]) => inner.excludes(child, inChild === undefined) || !remove(inner, child, inChild),
      );
      if (left.length > 0) return false;
    }
    deleted.push(printed(path, content));
    return true;
  };
  const sweep = (scope: FilterScope, folder: string) => {
    for (const [path, content] of childrenOf(folder)) {
      if (!sent.has(printed(path, content))) {
        if (!scope.excludes(path, content === undefined)) remove(scope, path, content);
      } else if (content === undefined) {
        sweep(scope.enter(path, read), path);
      }
    }
  };
  sweep(FilterScope.outside(rules, 'receiver', root).enter('', read), '');
  return deleted;
}

function printed(path: string, content: string | undefined): string {
  return content === undefined ? `${path}/` : path;
}

type Entry = readonly [path: string, content: string | undefined];

function childrenIn(tree: Tree): (folder: string) => readonly Entry[] {
  const children = Map.groupBy(tree, ([path]) => path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  return (folder) => children.get(folder) ?? [];
}

function readerOf(tree: Tree, readOutside: ReadFile = () => undefined): ReadFile {
  return (path) => {
    if (path.startsWith('/')) return readOutside(path);
    const content = tree.get(path);
    return content === undefined ? undefined : encodeName(content);
  };
}
