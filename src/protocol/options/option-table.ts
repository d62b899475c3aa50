import type { OptionGroup, OptionSpec } from './draft.ts';
import { attributes, links } from './table/attributes.ts';
import { messages } from './table/output.ts';
import { filters, selection } from './table/selection.ts';
import { server, speed } from './table/session.ts';
import { comparison, deleting, writing } from './table/writing.ts';

/**
 * Every option of rsync 3.5, and a few of ours: what it is called, what it takes and what it does here. Parsing, suggestions and the
 * help are all made from this table.
 *
 * Source: rsync(1) of 3.5.0 and the program itself.
 */
export const optionTable: readonly OptionGroup[] = [
  selection,
  filters,
  links,
  attributes,
  comparison,
  writing,
  deleting,
  speed,
  server,
  messages,
];

/** An option as it can be written: with its dashes, plain or negated. */
export interface Spelling {
  readonly spec: OptionSpec;
  readonly isNegated: boolean;
}

/** All spellings that rsync accepts: `--recursive`, `-r`, `--no-recursive`, `--no-r`. */
export const spellings: ReadonlyMap<string, Spelling> = new Map(
  optionTable.flatMap(({ options }) => options.flatMap(spellingsOf)),
);

function spellingsOf(spec: OptionSpec): Array<[string, Spelling]> {
  const letters = spec.letter === undefined ? [] : [spec.letter];
  const negated = spec.no === undefined ? [] : spec.no === 'names' ? spec.names : [...spec.names, ...letters];
  return [
    ...spec.names.map((name): [string, Spelling] => [`--${name}`, { spec, isNegated: false }]),
    ...letters.map((letter): [string, Spelling] => [`-${letter}`, { spec, isNegated: false }]),
    ...negated.map((name): [string, Spelling] => [`--no-${name}`, { spec, isNegated: true }]),
  ];
}
