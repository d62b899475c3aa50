import type { FilterRule } from './rule.ts';

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
