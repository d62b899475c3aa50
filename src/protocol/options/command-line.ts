import { spellings } from './option-table.ts';

/** A word of the command line, or one letter of a word with several. */
export type CommandWord =
  | { readonly kind: 'operand'; readonly text: string }
  /** `option` is spelled as it was, with its dashes; the value may be missing, or be there where none is taken. */
  | { readonly kind: 'option'; readonly option: string; readonly value?: string };

/**
 * Cuts a command line as rsync does: options and operands may be mixed until `--`, letters may be joined, and a value
 * may stand behind `=`, behind the letter, or in the next word, whatever that looks like.
 */
export function commandWordsOf(words: readonly string[]): Generator<CommandWord> {
  return commandWordsFrom(words.values());
}

/** The same, of words that are taken one by one. */
export function* commandWordsFrom(rest: IterableIterator<string>): Generator<CommandWord> {
  for (const word of rest) {
    if (word === '--') {
      for (const text of rest) yield { kind: 'operand', text };
    } else if (word.startsWith('--')) {
      yield longOption(word, rest);
    } else if (word.startsWith('-') && word !== '-') {
      yield* letterOptions(word.slice(1), rest);
    } else {
      yield { kind: 'operand', text: word };
    }
  }
}

function longOption(word: string, rest: Iterator<string>): CommandWord {
  const [, option = word, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  return withValue(option, value, rest);
}

function* letterOptions(letters: string, rest: Iterator<string>): Generator<CommandWord> {
  let behind = letters;
  while (behind !== '') {
    const letter = String.fromCodePoint(behind.codePointAt(0) ?? 0);
    const option = `-${letter}`;
    behind = behind.slice(letter.length);
    const isValue = behind.startsWith('=') || (behind !== '' && takesValue(option));
    yield withValue(option, isValue ? behind.replace(/^=/, '') : undefined, rest);
    if (isValue) return;
  }
}

function withValue(option: string, inline: string | undefined, rest: Iterator<string>): CommandWord {
  if (inline !== undefined) return { kind: 'option', option, value: inline };
  const next = takesValue(option) ? rest.next() : undefined;
  return next === undefined || next.done === true
    ? { kind: 'option', option }
    : { kind: 'option', option, value: next.value };
}

/** Nothing that is negated takes a value. */
export function takesValue(option: string): boolean {
  const found = spellings.get(option);
  return found !== undefined && !found.isNegated && found.spec.value !== undefined;
}
