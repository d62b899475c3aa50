import { exitCodeOf, type Problem } from '../../src/protocol/errors.ts';
import type { FileEntry } from '../../src/protocol/file-list/file-entry.ts';
import { isDirectory } from '../../src/protocol/file-list/file-mode.ts';
import type { LocalTree } from '../../src/protocol/trees/local-tree.ts';
import { compareNames } from '../../src/protocol/wire/file-name.ts';
import { atOnce } from './at-once.ts';

/** Everything that a tree lists, as a push asks for it. */
export function listAll(tree: Pick<LocalTree, 'roots' | 'children'>) {
  const entries: FileEntry[] = [];
  const problems: Problem[] = [];
  const pending = [atOnce(tree.roots())];
  for (let listing = pending.pop(); listing !== undefined; listing = pending.pop()) {
    entries.push(...listing.entries);
    problems.push(...listing.problems);
    const folders = listing.entries.filter(({ mode, name }) => isDirectory(mode) && name !== '.');
    pending.push(...folders.map((entry) => atOnce(tree.children(entry))));
  }
  return { entries, problems };
}

/** A receiver keeps the first of equal names; a folder rather than a file; and contents rather than the mere folder. */
export function merged(entries: readonly FileEntry[]): FileEntry[] {
  const kept = new Map<string, FileEntry>();
  for (const entry of entries) {
    // With an absolute source names start with a slash, which the receiver takes away.
    const clean = { ...entry, name: entry.name.replace(/^\/+(?=.)/, '') };
    const known = kept.get(clean.name);
    if (known === undefined || (isDirectory(clean.mode) && !isDirectory(known.mode)))
      kept.set(clean.name, clean);
    else if (rankOf(clean) > rankOf(known))
      kept.set(clean.name, { ...known, contents: clean.contents ?? 'none' });
  }
  return [...kept.values()];
}

const rankOf = ({ contents = 'none' }: FileEntry) => ['implied', 'none', 'listed', 'root'].indexOf(contents);

/** What both lists must agree about, in one order. */
export function comparable(entries: readonly FileEntry[]) {
  return entries
    .map(({ name, mode, size, mtime, mtimeNs, uid, gid, contents, linkTarget }) => {
      return { name, mode, size, mtime, mtimeNs, uid, gid, contents, linkTarget };
    })
    .sort((a, b) => compareNames(a.name, b.name));
}

/** The I/O errors that a list of these problems announces. */
export function errorOf(problems: readonly Problem[]): number {
  const has = (kind: Problem['kind']) => problems.some((problem) => problem.kind === kind);
  return (has('failed') ? 1 : 0) | (has('vanished') ? 2 : 0);
}

/** The exit code of a session that had no other problems. */
export function exitCodeFor(problems: readonly Problem[]): number {
  return exitCodeOf({
    hasErrors: problems.some(({ kind }) => kind === 'failed' || kind === 'missing-source'),
    hasVanished: problems.some(({ kind }) => kind === 'vanished'),
  });
}
