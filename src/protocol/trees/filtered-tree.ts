import type { Problem } from '../errors.ts';
import type { FileEntry, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import type { FilterScope } from '../filter/scope.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { EventLoopYield } from '../stream/event-loop-yield.ts';

/**
 * A tree without what filter rules hide. Excluded folders are not entered, and what could not be read behind a rule is
 * not missed. Rules of per-directory files are looked for in every folder, where the tree can read them.
 *
 * Source: docs/protocol chapter 1, sections 10.7 and 10.8.
 */
export class FilteredTree implements SourceTree {
  readonly #tree: SourceTree;
  readonly #outside: FilterScope;
  /** The scopes of folders that have been listed, until their contents are. */
  readonly #scopes = new Map<string, FilterScope>();
  readonly remove?: NonNullable<SourceTree['remove']>;

  /** `outside` judges what the user named. */
  constructor(tree: SourceTree, outside: FilterScope) {
    this.#tree = tree;
    this.#outside = outside;
    if (tree.remove !== undefined) this.remove = (entry) => tree.remove?.(entry) ?? false;
  }

  get idNames(): IdNames | undefined {
    return this.#tree.idNames;
  }

  async roots(): Promise<Listing> {
    const listing = await this.#tree.roots();
    const hasContents = listing.entries.some(({ name, contents }) => name === '.' && contents !== 'implied');
    const problems: Problem[] = [];
    const scope = hasContents ? this.#enter('.', this.#outside, problems) : this.#outside;
    return await this.#filter(listing, scope, problems);
  }

  async children(folder: FileEntry): Promise<Listing> {
    const scope = this.#scopes.get(folder.name) ?? this.#outside;
    this.#scopes.delete(folder.name);
    const listing = await this.#tree.children(folder);
    const problems: Problem[] = [];
    return await this.#filter(listing, this.#enter(folder.name, scope, problems), problems);
  }

  open(entry: FileEntry): SourceFile | Promise<SourceFile> {
    return this.#tree.open(entry);
  }

  /** A rule file whose path is too long to be looked for is a problem, and the push goes on. */
  #enter(folder: string, scope: FilterScope, found: Problem[]): FilterScope {
    return scope.enter(folder, (path) => {
      try {
        return this.#tree.readRules?.(path);
      } catch (cause) {
        if (!(cause instanceof NamedFileError) || cause.code !== 'ENAMETOOLONG') throw cause;
        found.push({ path, doing: 'rules', cause, kind: 'failed' });
        return undefined;
      }
    });
  }

  async #filter(
    { entries, problems }: Listing,
    scope: FilterScope,
    found: readonly Problem[],
  ): Promise<Listing> {
    const shown: FileEntry[] = [];
    const yielding = new EventLoopYield();
    for (const entry of entries) {
      if (yielding.isDue()) await yielding.turn();
      const { name, mode } = entry;
      if (!isExempt(entry) && scope.excludes(name, isDirectory(mode))) continue;
      if (isDirectory(mode)) this.#scopes.set(name, scope);
      shown.push(entry);
    }
    const missed = problems.filter((problem) => isMissed(problem, scope));
    return { entries: shown, problems: [...missed, ...found] };
  }
}

/** The root itself cannot be hidden, nor the way to something that was asked for. */
function isExempt({ name, contents }: FileEntry): boolean {
  return name === '.' || contents === 'implied';
}

function isMissed({ kind, path }: Problem, scope: FilterScope): boolean {
  return kind === 'missing-source' || kind === 'skipped' || !scope.excludes(path, false);
}
