import type { Effect } from '../draft.ts';

/** One option of rsync, or one of ours among them, as data: parsing, suggestions and the help are derived from it. */
export interface OptionSpec {
  /** Long names without dashes; the first one is the name, the others mean the same. */
  readonly names: readonly string[];
  /** rsync does not have it. */
  readonly isOurs?: true;
  readonly letter?: string;
  /** What the value is, for the help; an option without this takes none. */
  readonly value?: string;
  /** Which spellings `--no-` may stand in front of: the names alone, or the letter too. */
  readonly no?: 'names' | 'names and letter';
  readonly help: string;
  readonly effect: Effect;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionSpec[];
}
