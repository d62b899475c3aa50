import { encodeName } from '../wire/file-name.ts';

/** Where rules are applied: the sender hides names from the file list, the receiver protects them from deletion. */
export type Side = 'sender' | 'receiver';

/** Whom a rule speaks to. `any` did not say and means both; `both` said so, which `--delete-excluded` respects. */
export type RuleSide = Side | 'both' | 'any';

/**
 * Who made a rule. It matters on the wire only: towards servers that do not know perishable rules, an `automatic` one
 * simply loses that trait, and what `-C` made is never sent when pulling, because the server makes it too.
 */
export type RuleOrigin = 'user' | 'automatic' | 'cvs-option';

/** What any kind of rule may have. */
export interface RuleTraits {
  readonly side: RuleSide;
  /** `/`: matched against the path from the root of the file system, or of the module. */
  readonly isAbsolute: boolean;
  /** `p`: without force in a folder that is being deleted. */
  readonly isPerishable: boolean;
  /** `x`: speaks of names of extended attributes, never of files. */
  readonly isXattr: boolean;
  readonly origin: RuleOrigin;
}

/** Bytes of a pattern; rsync leaves longer ones out. */
export const MAX_PATTERN_LENGTH = 4095;

export function isTooLong(pattern: string): boolean {
  return encodeName(pattern).length > MAX_PATTERN_LENGTH;
}

export type Verdict = 'exclude' | 'include';

/** `- *.o`, `+ /keep/`, and what comes down to them: hide, show, protect, risk. */
export interface PatternRule extends RuleTraits {
  readonly kind: 'pattern';
  readonly verdict: Verdict;
  /** As it was written, with the slash at the end that limits it to folders. */
  readonly pattern: string;
  /** `!`: acts on names that do not match. */
  readonly isNegated: boolean;
}

/** How the lines of a rule file are read: with all prefixes, as bare patterns, or in the manner of CVS. */
export type FileContent = 'rules' | 'excludes' | 'includes' | 'cvs';

/** `: .rsync-filter`: every folder may hold a file of this name, with rules for it and what is below. */
export interface DirMergeRule extends RuleTraits {
  readonly kind: 'dir-merge';
  /** As it was written; a path in front of the name starts a search in the parents of the transfer root. */
  readonly file: string;
  readonly content: FileContent;
  /** False for `n`: without force in the folders below. */
  readonly isInherited: boolean;
  /** `w`: words instead of lines. */
  readonly isWordwise: boolean;
}

/** `-C`: all that CVS leaves alone. A server that is asked for files expands it by itself. */
export interface CvsRule extends RuleTraits {
  readonly kind: 'cvs';
  readonly verdict: Verdict;
  readonly isNegated: boolean;
  readonly rules: readonly PatternRule[];
}

export type FilterRule = PatternRule | DirMergeRule | CvsRule;

/** The traits of a rule that says nothing special. */
export const plainTraits: RuleTraits = {
  side: 'any',
  isAbsolute: false,
  isPerishable: false,
  isXattr: false,
  origin: 'user',
};

export function patternRule(
  verdict: Verdict,
  pattern: string,
  traits: Partial<RuleTraits> = {},
): PatternRule {
  return { ...plainTraits, ...traits, kind: 'pattern', verdict, pattern, isNegated: false };
}

/** Whether that side heeds the rule. */
export function concerns(rule: RuleTraits, side: Side): boolean {
  return rule.side === side || rule.side === 'both' || rule.side === 'any';
}

/** The name a per-directory file has in each folder. Two rules with the same one are one. */
export function fileNameOf(rule: DirMergeRule): string {
  return rule.file.slice(rule.file.lastIndexOf('/') + 1);
}

/** All rules of a session but those of per-directory files. Immutable. */
export interface FilterRules {
  readonly rules: readonly FilterRule[];
  readonly settings: RuleSettings;
}

/** What holds for all rules of a session, wherever they come from. */
export interface RuleSettings {
  /** `--from0`: rules in files end with NUL. */
  readonly from0: boolean;
  readonly deleteExcluded: boolean;
  readonly cvsIgnore: CvsIgnore;
  /** Told about rules and rule files that are left out, as rsync would say it. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** What CVS is told to ignore outside of the tree: the caller knows the environment, this library does not. */
export interface CvsIgnore {
  /** Content of `.cvsignore` in the home directory. */
  readonly homeFile?: Buffer | undefined;
  /** Value of the environment variable `CVSIGNORE`. */
  readonly variable?: string | undefined;
}
