import { ValueError } from './value-error.ts';

/** POSIX classes as members of a JavaScript set; ASCII, as in the C locale. */
const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  d: '\\d',
  digit: '\\d',
  graph: '\\x21-\\x7e',
  l: 'a-z',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`\\{-~',
  s: '\\t-\\r ',
  space: '\\t-\\r ',
  u: 'A-Z',
  upper: 'A-Z',
  w: '\\w',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** ASCII only, unlike JavaScript's own `\s`: a byte of a GBK character is no white space. */
const escapes: Readonly<Record<string, string>> = {
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: '\\t-\\r ',
  S: '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}',
  l: 'a-z',
  L: '\\0-`{-\\u{10ffff}',
  u: 'A-Z',
  U: '\\0-@\\[-\\u{10ffff}',
  h: ' \\t',
  H: '\\0-\\x08\\n-\\x1f!-\\u{10ffff}',
  v: '\\n-\\r',
  V: '\\0-\\t\\x0e-\\u{10ffff}',
};

/** Escapes that stand for one character. */
const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A piece of JavaScript source, and the index behind what it was made from. */
export interface Translated {
  readonly source: string;
  readonly end: number;
}

type Member =
  | { readonly kind: 'character'; readonly character: string; readonly end: number }
  | { readonly kind: 'class'; readonly source: string; readonly end: number };

/** A character as JavaScript source that means only itself. */
export function literal(character: string): string {
  if (/[\^$\\.*+?()[\]{}|/]/.test(character)) return `\\${character}`;
  return character < ' ' ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character;
}

function literalInSet(character: string): string {
  return character === '-' ? '\\-' : literal(character);
}

/** Translates the set that begins with the `[` at `start`. */
export function translateSet(expression: string, start: number): Translated {
  let at = start + 1;
  const isNegated = expression.charAt(at) === '^';
  if (isNegated) at += 1;
  let source = '';
  for (let isFirst = true; isFirst || expression.charAt(at) !== ']'; isFirst = false) {
    const member = memberAt(expression, at, start);
    at = member.end;
    const isRange = expression.charAt(at) === '-' && expression.charAt(at + 1) !== ']';
    if (!isRange) {
      source += member.kind === 'class' ? member.source : literalInSet(member.character);
      continue;
    }
    const last = memberAt(expression, at + 1, start);
    source += rangeSource(member, last, at);
    at = last.end;
  }
  return { source: `[${isNegated ? '^' : ''}${source}]`, end: at + 1 };
}

function rangeSource(first: Member, last: Member, dash: number): string {
  if (first.kind === 'class' || last.kind === 'class')
    throw new ValueError(dash, 'a class cannot be the end of a range', 'put the - at the end of the [...]');
  const [from, to] = [first.character.codePointAt(0) ?? 0, last.character.codePointAt(0) ?? 0];
  if (from > to)
    throw new ValueError(dash, 'a range that ends before it begins', 'put the - at the end of the [...]');
  return `${literalInSet(first.character)}-${literalInSet(last.character)}`;
}

function memberAt(expression: string, at: number, start: number): Member {
  const code = expression.codePointAt(at);
  if (code === undefined) throw new ValueError(start, '[ is never closed', 'add ], or write \\[');
  const character = String.fromCodePoint(code);
  if (character === '\\') return escapeAt(expression, at, start);
  if (character === '[' && /[:.=]/.test(expression.charAt(at + 1))) return namedClassAt(expression, at);
  return { kind: 'character', character, end: at + character.length };
}

function namedClassAt(expression: string, at: number): Member {
  const mark = expression.charAt(at + 1);
  const end = expression.indexOf(`${mark}]`, at + 2);
  if (end === -1) return { kind: 'character', character: '[', end: at + 1 };
  const name = expression.slice(at + 2, end);
  const source = mark === ':' && Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (source !== undefined) return { kind: 'class', source, end: end + 2 };
  throw new ValueError(at, `[${mark}${name}${mark}] is not supported`, 'list the characters');
}

function escapeAt(expression: string, at: number, start: number): Member {
  const letter = expression.charAt(at + 1);
  if (letter === '') throw new ValueError(start, '[ is never closed', 'add ], or write \\[');
  const source = classMembers(letter);
  if (source !== undefined) return { kind: 'class', source, end: at + 2 };
  if (letter === 'b') return { kind: 'character', character: '\b', end: at + 2 };
  if (/[RXpPN]/.test(letter)) throw unsupportedEscape(letter, at);
  const { character, end } = characterEscape(expression, at);
  return { kind: 'character', character, end };
}

/** What `\d` and its like stand for, as members of a set; undefined for the letter of any other escape. */
export function classMembers(letter: string): string | undefined {
  return Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
}

export function unsupportedEscape(letter: string, at: number): ValueError {
  return new ValueError(at, `\\${letter} is not supported`, 'list the characters in [...]');
}

/** The single character that the escape at the `\` stands for. */
export function characterEscape(expression: string, at: number): { character: string; end: number } {
  const letter = expression.charAt(at + 1);
  const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined;
  if (control !== undefined) return { character: control, end: at + 2 };
  if (letter === 'x' || letter === '0') return numberEscape(expression, at);
  if (letter === 'c') {
    const code = expression.charCodeAt(at + 2);
    if (Number.isNaN(code)) throw new ValueError(at, '\\c without a letter', 'write \\\\c for a plain \\c');
    return { character: String.fromCharCode(code % 32), end: at + 3 };
  }
  const character = String.fromCodePoint(expression.codePointAt(at + 1) ?? 0);
  return { character, end: at + 1 + character.length };
}

const NUMBER = /\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|0([0-7]{0,3}))/y;

function numberEscape(expression: string, at: number): { character: string; end: number } {
  NUMBER.lastIndex = at;
  const [whole, braced, plain, octal] = NUMBER.exec(expression) ?? [];
  if (whole === undefined) throw new ValueError(at, '\\x without a number', 'write \\x41 or \\x{41}');
  const number =
    octal === undefined ? Number.parseInt(braced ?? plain ?? '', 16) : Number.parseInt(octal || '0', 8);
  // Above, boost means a byte, and names here are characters.
  if (number > 0x7f) throw new ValueError(at, `${whole} is beyond ASCII`, 'write the character itself');
  return { character: String.fromCharCode(number), end: at + whole.length };
}
