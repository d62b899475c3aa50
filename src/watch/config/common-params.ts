import { parseOptions, RsyncError } from '../../protocol/index.ts';
import { type GivenOption, optionsIn } from '../../protocol/internal.ts';
import type { ConfigAttribute } from './element.ts';
import { shown } from './look-alikes.ts';
import { parseWith } from './values.ts';
import { splitWords, wordsAt } from './words.ts';

/** What becomes of an option of rsync that does nothing for a watched tree, or not what it says. */
export type Decision =
  /** Whoever wrote it wants something else than what would happen. */
  | { readonly kind: 'refused'; readonly because: string }
  /** It does no harm, and nothing else either. */
  | { readonly kind: 'noted'; readonly because: string }
  /** Said in one line together with all others. */
  | { readonly kind: 'output' };

const refused = (because: string): Decision => ({ kind: 'refused', because });
const noted = (because: string): Decision => ({ kind: 'noted', because });
const output: Decision = { kind: 'output' };

const ASKS = 'it asks a question instead of sending anything';
const BY_DELETE = 'deletions are switched by <delete> in <inotify>';
const IN_THE_TREE = 'rules that are read from the tree cannot be applied to single changes';

/**
 * Options by their long names. All that rsync has and is not here either has its effect, is refused by the parser
 * of options, or named by it.
 */
export const decisions: Readonly<Record<string, Decision>> = {
  'dry-run': refused('nothing would be sent'),
  'list-only': refused('nothing would be sent'),
  help: refused(ASKS),
  version: refused(ASKS),
  rsh: refused('remotes are reached as daemons only, and the data would go unencrypted'),
  dirs: refused('a watched tree is sent with all that is in it'),
  'old-dirs': refused('a watched tree is sent with all that is in it'),
  'files-from': refused('what is sent is the watched tree; <filter> leaves out parts of it'),
  'remove-source-files': refused('what is watched is kept'),
  'stop-after': refused('the watcher goes on until it is stopped'),
  F: refused(IN_THE_TREE),
  'cvs-exclude': refused(IN_THE_TREE),
  relative: noted('paths are relative to the watched folder in any case'),
  'implied-dirs': noted('folders above a change are always sent along'),
  'ignore-missing-args': noted('what is missing is deleted, or not, by <delete> in <inotify>'),
  'delete-missing-args': noted(BY_DELETE),
  delete: noted(BY_DELETE),
  'delete-before': noted(BY_DELETE),
  'delete-during': noted(BY_DELETE),
  'delete-delay': noted(BY_DELETE),
  'delete-after': noted(BY_DELETE),
  'delete-excluded': noted('what is excluded is never deleted'),
  'max-delete': noted('it counts in each session anew'),
  verbose: output,
  quiet: output,
  stats: output,
  progress: output,
  P: output,
  info: output,
  debug: output,
  'itemize-changes': output,
  'out-format': output,
  stderr: output,
  msgs2stderr: output,
  'human-readable': output,
  '8-bit-output': output,
  motd: output,
  'log-file': output,
  'log-file-format': output,
};

/** The words of `params`, which are options that can be carried out; what has no effect is noted. */
export function readCommonParams(params: ConfigAttribute): string[] {
  const words = parseWith(params, splitWords);
  const places = wordsAt(params.value);
  const indexOf = (word: number) => places[word]?.at ?? 0;
  for (const option of optionsIn(words)) refuse(params, option, indexOf(option.word));
  const operands = operandsOf(params, words, indexOf);
  const [operand] = operands;
  if (operand !== undefined) {
    const at = indexOf(words.indexOf(operand));
    throw params.error(`params: ${shown(operand)} is not an option`, 'remove it', at);
  }
  note(params, words, indexOf);
  return words;
}

/** Nothing of a value is shown: that of `-e` may hold a password. */
function refuse(params: ConfigAttribute, { name, option, isNegated }: GivenOption, at: number): void {
  const decision = decisions[name];
  if (decision?.kind === 'refused' && !isNegated)
    throw params.error(`params: ${option} is not for a watched tree: ${decision.because}`, 'remove it', at);
}

/** Parses all of it; what is wrong stands in the first word without which it would be right. */
function operandsOf(
  params: ConfigAttribute,
  words: readonly string[],
  indexOf: (word: number) => number,
): readonly string[] {
  const wrong = errorIn(words);
  if (wrong === undefined) return parseOptions(words).operands;
  const word = words.findIndex((_, i) => errorIn(words.slice(0, i + 1))?.message === wrong.message);
  throw params.error(`params: ${wrong.message}`, undefined, indexOf(Math.max(0, word)));
}

function errorIn(words: readonly string[]): RsyncError | undefined {
  try {
    parseOptions(words);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RsyncError) return thrown;
    throw thrown;
  }
}

function note(params: ConfigAttribute, words: readonly string[], indexOf: (word: number) => number): void {
  const unseen: GivenOption[] = [];
  for (const given of optionsIn(words)) {
    for (const text of given.notes) params.note(`params: ${text}`, indexOf(given.word));
    const decision = decisions[given.name];
    if (decision?.kind === 'noted' && given.isNegated === (given.name === 'implied-dirs'))
      params.note(`params: ${given.option} has no effect here: ${decision.because}`, indexOf(given.word));
    if (decision?.kind === 'output' && !given.isNegated) unseen.push(given);
  }
  const [first] = unseen;
  if (first === undefined) return;
  const names = [...new Set(unseen.map(({ option }) => option))].join(', ');
  params.note(`params: ${names}: what the watcher prints is its own log`, indexOf(first.word));
}
