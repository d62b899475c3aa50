import { ValueError } from '../filter/value-error.ts';
import { lookAlikeAt, plainRemedy } from './look-alikes.ts';

const SPACE = /[ \t]/;
/** Outside of quotes these would make a shell do more than run one program. */
const OPERATOR = /[;&|<>()]/;
/** Expanded even between "...". */
const EXPANSION = /[$`]/;

/**
 * Splits a line as a shell splits plain words: at spaces, with '...', "..." and \ as quotes. No shell is involved and
 * nothing is expanded; where a shell would have expanded something or run a second command, the line is refused,
 * because it would mean something else here. Wildcards stay as they are, as they do in a shell that finds no match.
 */
export function splitWords(line: string): string[] {
  return wordsAt(line).map(({ word }) => word);
}

/** The same words, and where each begins. */
export function wordsAt(line: string): { readonly word: string; readonly at: number }[] {
  const words: { word: string; at: number }[] = [];
  for (let at = 0; at < line.length; ) {
    if (SPACE.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const { word, end } = takeWord(line, at);
    words.push({ word, at });
    at = end;
  }
  return words;
}

function takeWord(line: string, start: number): { word: string; end: number } {
  refuseStart(line, start);
  let word = '';
  let at = start;
  while (at < line.length) {
    const character = line.charAt(at);
    if (SPACE.test(character)) break;
    if (character === "'" || character === '"') {
      const quoted = takeQuoted(line, at, character);
      word += quoted.word;
      at = quoted.end;
      continue;
    }
    if (character === '\\') at += 1;
    else refuseCommand(line, at);
    if (at === line.length) throw new ValueError(at - 1, 'a \\ at the end', 'remove it');
    word += line.charAt(at);
    at += 1;
  }
  return { word, end: at };
}

function takeQuoted(line: string, start: number, quote: string): { word: string; end: number } {
  let word = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === quote) return { word, end: at + 1 };
    const escapes = quote === '"' && character === '\\' && /["\\$`]/.test(line.charAt(at + 1));
    if (escapes) at += 1;
    else if (quote === '"' && EXPANSION.test(character)) throw expansion(at, character);
    word += line.charAt(at);
  }
  throw new ValueError(start, `${quote} is never closed`, `add a ${quote}`);
}

function refuseStart(line: string, at: number): void {
  const character = line.charAt(at);
  if (character === '#')
    throw new ValueError(at, '# begins a comment in a shell', 'remove it, or put it into quotes');
  if (character === '~') throw expansion(at, character);
  const lookAlike = lookAlikeAt(line, at);
  if (lookAlike?.plain === '-')
    throw new ValueError(at, `${lookAlike.name} is no ASCII minus`, 'options begin with - or --');
}

function refuseCommand(line: string, at: number): void {
  const character = line.charAt(at);
  if (OPERATOR.test(character))
    throw new ValueError(
      at,
      `${character} has no meaning without a shell`,
      'remove it, or put it into quotes',
    );
  // The sh of many systems is bash, which makes two words of {a,b}.
  if (character === '{' || EXPANSION.test(character)) throw expansion(at, character);
  const lookAlike = lookAlikeAt(line, at);
  if (lookAlike?.plain === ' ')
    throw new ValueError(at, `${lookAlike.name} between words`, plainRemedy(lookAlike));
}

function expansion(at: number, character: string): ValueError {
  const remedy = "write what it stands for, or put it into '...'";
  return new ValueError(at, `${character} is not expanded, for no shell is run`, remedy);
}
