import type { TransferOptions } from '../../protocol/index.ts';
import { PathFilter } from '../../protocol/internal.ts';
import { ancestorsOf } from '../path-tree.ts';
import { PathPattern, type PatternKind } from './path-pattern.ts';

/** What is left out, in a form that can be sent to a lane. */
export interface EventFilterRules {
  /** Regular expressions for whole paths relative to the watched folder. */
  readonly excludes: ReadonlyArray<{ readonly expression: string; readonly kind: PatternKind }>;
  /** Files, not folders, whose name begins with a dot. */
  readonly ignoresHidden: boolean;
  /** Files, not folders, whose name ends with `~`, and vim's `4913`. */
  readonly ignoresTemporary: boolean;
  /** The user's own options, which may have filter rules too. */
  readonly transfer: TransferOptions;
  /** The watched folder. */
  readonly root: string;
}

/** Answers about folders that are remembered at a time. */
const MAX_REMEMBERED = 10_000;

/**
 * What is neither sent nor deleted: what sersync's filter or a filter rule of rsync excludes, and whatever is in an
 * excluded folder.
 *
 * Source: docs/migrating-from-sersync.md. An expression excludes a folder if its path matches with or without a slash at
 * its end: sersync looks at the one in its first scan and at the other in events. Below the top, a path matches with or
 * without a slash in front: sersync puts one there, and expressions of both forms are in use.
 */
export class EventFilter {
  readonly #rules: EventFilterRules;
  readonly #patterns: readonly PathPattern[];
  readonly #paths: PathFilter;
  readonly #folders = new Map<string, boolean>();

  constructor(rules: EventFilterRules) {
    this.#rules = rules;
    this.#patterns = rules.excludes.map(({ expression, kind }) => new PathPattern(expression, kind));
    // Backups are left behind only by transfers that delete.
    this.#paths = new PathFilter({ ...rules.transfer, recursive: true, delete: 'default' }, rules.root);
  }

  /** There are expressions, which no server understands. */
  get hasExpressions(): boolean {
    return this.#patterns.length > 0;
  }

  /** There are rules that cannot be told to the server along with single changes. */
  get isPrivate(): boolean {
    return this.hasExpressions || this.#paths.hasUserRules;
  }

  /** The rest of the filter as rsync patterns: names of files that the server must not delete. */
  get keptFiles(): readonly string[] {
    const { ignoresHidden, ignoresTemporary } = this.#rules;
    return [...(ignoresHidden ? ['.*'] : []), ...(ignoresTemporary ? ['*~', '4913'] : [])];
  }

  /** Patterns of what transfers leave behind at the server. */
  get leftovers(): readonly string[] {
    return this.#paths.leftovers;
  }

  /** Rules that were left out, as rsync would say it. */
  get warnings(): readonly string[] {
    return this.#paths.warnings;
  }

  accepts(path: string, isFolder: boolean): boolean {
    if (this.isPrivate && ancestorsOf(path).some((folder) => !this.#acceptsFolder(folder))) return false;
    return this.acceptsEntry(path, isFolder);
  }

  /** The same for whoever knows that all folders above are accepted. */
  acceptsEntry(path: string, isFolder: boolean): boolean {
    if (isFolder) return this.#acceptsFolder(path);
    if (this.#isBuiltIn(path) || this.#paths.excludes(path, false)) return false;
    return !this.#matchesOne(path.includes('/') ? [path, `/${path}`] : [path]);
  }

  #acceptsFolder(path: string): boolean {
    if (path === '.') return true;
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const isExcluded =
      this.#paths.excludes(path, true) || this.#matchesOne([path, `${path}/`, `/${path}`, `/${path}/`]);
    if (this.#folders.size >= MAX_REMEMBERED) this.#folders.clear();
    this.#folders.set(path, !isExcluded);
    return !isExcluded;
  }

  #matchesOne(forms: readonly string[]): boolean {
    return this.#patterns.some((pattern) => forms.some((form) => pattern.matches(form)));
  }

  #isBuiltIn(path: string): boolean {
    const { ignoresHidden, ignoresTemporary } = this.#rules;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (ignoresHidden && name.startsWith('.')) return true;
    return ignoresTemporary && (name.endsWith('~') || name === '4913');
  }
}
