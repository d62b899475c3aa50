import type { Problem } from '../errors.ts';
import type { FileEntry, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import type { FilterScope } from '../filter/scope.ts';

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
    return this.#filter(listing, hasContents ? this.#enter('.', this.#outside) : this.#outside);
  }

  async children(folder: FileEntry): Promise<Listing> {
    const scope = this.#scopes.get(folder.name) ?? this.#outside;
    this.#scopes.delete(folder.name);
    const listing = await this.#tree.children(folder);
    return this.#filter(listing, this.#enter(folder.name, scope));
  }

  open(entry: FileEntry): SourceFile | Promise<SourceFile> {
    return this.#tree.open(entry);
  }

  #enter(folder: string, scope: FilterScope): FilterScope {
    return scope.enter(folder, (path) => this.#tree.readRules?.(path));
  }

  #filter({ entries, problems }: Listing, scope: FilterScope): Listing {
    const shown = entries.filter(
      (entry) => isExempt(entry) || !scope.excludes(entry.name, isDirectory(entry.mode)),
    );
    for (const { name, mode } of shown) if (isDirectory(mode)) this.#scopes.set(name, scope);
    return { entries: shown, problems: problems.filter((problem) => isMissed(problem, scope)) };
  }
}

/** The root itself cannot be hidden, nor the way to something that was asked for. */
function isExempt({ name, contents }: FileEntry): boolean {
  return name === '.' || contents === 'implied';
}

function isMissed({ kind, path }: Problem, scope: FilterScope): boolean {
  return kind === 'missing-source' || kind === 'skipped' || !scope.excludes(path, false);
}
