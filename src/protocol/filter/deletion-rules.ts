import { encodeName } from '../wire/file-name.ts';
import { type PatternRule, patternRule } from './rule.ts';
import { MAX_PATTERN_LENGTH } from './rule-syntax.ts';

/** A path that is to vanish from the receiver: the topmost one that the sender no longer has. */
export interface Victim {
  readonly path: string;
  readonly isDirectory: boolean;
}

export interface DeletionRules {
  readonly rules: readonly PatternRule[];
  /** Paths of victims for which there is no rule: it would be too long, and the server would drop it. */
  readonly tooLong: readonly string[];
}

/** Receivers from this version on look at the rules only where we let them delete. */
const LISTED_FOLDERS_PROTOCOL = 30;

/**
 * The rules with which a receiver that is told to delete removes just these paths. For `a/old.txt` and the folder
 * `a/olddir`:
 *
 * ```
 * + /a/              only below protocol 30, where the search begins at the root
 * + /a/old.txt
 * + /a/olddir/
 * + /a/olddir/**
 * - *
 * ```
 * Source: docs/protocol chapter 2, section 2.8 (e).
 */
export function deletionRules(victims: Iterable<Victim>, protocol: number): DeletionRules {
  const patterns = new Set<string>();
  const tooLong: string[] = [];
  for (const { path, isDirectory } of victims) {
    const own = isDirectory ? [`${literally(path)}/`, `${escaped(path)}/**`] : [literally(path)];
    const all = protocol < LISTED_FOLDERS_PROTOCOL ? [...parentsOf(path), ...own] : own;
    if (all.some((pattern) => encodeName(pattern).length > MAX_PATTERN_LENGTH - 1)) tooLong.push(path);
    else for (const pattern of all) patterns.add(pattern);
  }
  const included = [...patterns].map((pattern) => patternRule('include', `/${pattern}`));
  return { rules: [...included, patternRule('exclude', '*')], tooLong };
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    parents.push(`${literally(path.slice(0, at))}/`);
  }
  return parents;
}

/** The path as a pattern. Where there is no wildcard, a backslash stands for itself. */
function literally(path: string): string {
  return /[*?[]/.test(path) ? escaped(path) : path;
}

/** The path as part of a pattern that has a wildcard. */
function escaped(path: string): string {
  return path.replace(/[*?[\\]/g, '\\$&');
}
