import { PathPattern, type PatternKind } from './config/path-pattern.ts';
import { ancestorsOf } from './path-tree.ts';

/** What is left out, in a form that can be sent to a lane. */
export interface FilterRules {
  /** Regular expressions for whole paths relative to the watched folder. */
  readonly excludes: ReadonlyArray<{ readonly expression: string; readonly kind: PatternKind }>;
  /** Files, not folders, whose name begins with a dot. */
  readonly ignoresHidden: boolean;
  /** Files, not folders, whose name ends with `~`, and vim's `4913`. */
  readonly ignoresTemporary: boolean;
}

export const noFilter: FilterRules = { excludes: [], ignoresHidden: false, ignoresTemporary: false };

/** Answers about folders that are remembered at a time. */
const MAX_REMEMBERED = 10_000;

/**
 * sersync's filter: what it excludes is neither sent nor deleted, whatever is in an excluded folder neither.
 *
 * Source: shared/SERSYNC.md. A folder is excluded if its path matches with or without a slash at its end: sersync looks
 * at the one in its first scan and at the other in events.
 */
export class EventFilter {
  readonly #rules: FilterRules;
  readonly #patterns: readonly PathPattern[];
  readonly #folders = new Map<string, boolean>();

  constructor(rules: FilterRules) {
    this.#rules = rules;
    this.#patterns = rules.excludes.map(({ expression, kind }) => new PathPattern(expression, kind));
  }

  /** Some paths are excluded by expressions that only we understand, not the server. */
  get hasPatterns(): boolean {
    return this.#patterns.length > 0;
  }

  /** The rest of the filter as rsync patterns: names of files that the server must not delete. */
  get keptFiles(): readonly string[] {
    const { ignoresHidden, ignoresTemporary } = this.#rules;
    return [...(ignoresHidden ? ['.*'] : []), ...(ignoresTemporary ? ['*~', '4913'] : [])];
  }

  accepts(path: string, isFolder: boolean): boolean {
    if (this.hasPatterns && ancestorsOf(path).some((folder) => !this.#acceptsFolder(folder))) return false;
    return this.acceptsEntry(path, isFolder);
  }

  /** The same for whoever knows that all folders above are accepted. */
  acceptsEntry(path: string, isFolder: boolean): boolean {
    if (isFolder) return this.#acceptsFolder(path);
    return !this.#isBuiltIn(path) && !this.#patterns.some((pattern) => pattern.matches(path));
  }

  #acceptsFolder(path: string): boolean {
    if (path === '.' || !this.hasPatterns) return true;
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const isAccepted = !this.#patterns.some(
      (pattern) => pattern.matches(path) || pattern.matches(`${path}/`),
    );
    if (this.#folders.size >= MAX_REMEMBERED) this.#folders.clear();
    this.#folders.set(path, isAccepted);
    return isAccepted;
  }

  #isBuiltIn(path: string): boolean {
    const { ignoresHidden, ignoresTemporary } = this.#rules;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (ignoresHidden && name.startsWith('.')) return true;
    return ignoresTemporary && (name.endsWith('~') || name === '4913');
  }
}
