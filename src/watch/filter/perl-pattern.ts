import { LinearPattern } from './linear-pattern.ts';
import { isQuick } from './pattern-cost.ts';
import { parsePattern } from './pattern-tree.ts';
import {
  characterEscape,
  classMembers,
  literal,
  type Translated,
  translateSet,
  unsupportedEscape,
} from './perl-set.ts';
import { ValueError } from './value-error.ts';

const MAX_LENGTH = 4096;
const MAX_DEPTH = 100;
const MAX_COUNT = 1000;

/** Escapes that stand for a place, not for a character. */
const places: Readonly<Record<string, string>> = {
  A: '^',
  b: '\\b',
  B: '\\B',
  z: '$',
  Z: '(?=\\n*$)',
  '`': '^',
  "'": '$',
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
};

/** How a group may begin, and what is between it and JavaScript. */
const GROUP = /\((?:\?(?:(:|=|!|<=|<!)|P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*'))?/y;
const GROUP_NAME = /(?<=[<'])\w+/;
const FLAGS = /\(\?([ims]+)\)/y;
const COMMENT = /\(\?#[^)]*\)/y;
const COUNT = /\{(\d{1,9})(,(\d{1,9})?)?\}/y;
const REFERENCE = /\\(?:([1-9])|g\{?(-?\d{1,2})\}?|k(?:<(\w+)>|'(\w+)'|\{(\w+)\})|g\{(\w+)\})/y;

/**
 * Compiles a regular expression in the Perl syntax of boost, which sersync uses, as JavaScript. What cannot be said
 * the same way is a {@link ValueError} with its place. `.` matches every character, and a character outside ASCII is
 * one character, where boost saw its bytes; `^` and `$` are the ends of the path, not of its lines. No expression takes
 * long with any path: what JavaScript's own engine might search for for hours is a {@link LinearPattern}.
 *
 * Source: documentation of Boost.Regex, "Perl Regular Expression Syntax".
 */
export function compilePattern(expression: string, extent: 'whole' | 'part'): RegExp {
  if (expression.length > MAX_LENGTH)
    throw new ValueError(MAX_LENGTH, `longer than ${MAX_LENGTH} characters`, 'use several expressions');
  const translator = new PatternTranslator(expression);
  const { source, flags } = translator.translate();
  const whole = extent === 'whole' ? `^(?:${source})$` : source;
  if (isQuick(parsePattern(whole, flags), extent)) return new RegExp(whole, flags);
  try {
    return new LinearPattern(whole, flags);
  } catch {
    throw translator.tooSlow();
  }
}

/** A piece of the expression, translated; whether a `*` may follow is known with it. */
interface Piece extends Translated {
  readonly isRepeatable: boolean;
}

class PatternTranslator {
  readonly #expression: string;
  readonly #open: Array<{ readonly at: number; readonly isRepeatable: boolean }> = [];
  readonly #names = new Map<string, number>();
  #at = 0;
  #groups = 0;
  #flags = 'su';
  /** Whether there is something that `*` could repeat. */
  #isRepeatable = false;
  #obstacle: { readonly at: number; readonly what: string } | undefined;
  #firstCount = 0;

  constructor(expression: string) {
    this.#expression = expression;
  }

  translate(): { source: string; flags: string } {
    let whole = '';
    while (this.#at < this.#expression.length) {
      const { source, end, isRepeatable } = this.#next();
      whole += source;
      this.#at = end;
      this.#isRepeatable = isRepeatable;
    }
    const open = this.#open.at(-1);
    if (open !== undefined) throw new ValueError(open.at, '( is never closed', 'add ), or write \\(');
    return { source: whole, flags: this.#flags };
  }

  /** The error about an expression that would take too long with some path, and cannot be searched for in another way. */
  tooSlow(): ValueError {
    const { at, what } = this.#obstacle ?? { at: this.#firstCount, what: 'a large count' };
    const message = `${what}, together with so many repeats, may take for ever with some path`;
    return new ValueError(at, message, `repeat less, or do without ${what}`);
  }

  #hinder(what: string): void {
    this.#obstacle ??= { at: this.#at, what };
  }

  #next(): Piece {
    const character = this.#expression.charAt(this.#at);
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return { ...translateSet(this.#expression, this.#at), isRepeatable: true };
      case '(':
        return this.#comment() ?? this.#flagSetting() ?? this.#group();
      case ')':
        return this.#groupEnd();
      case '*':
      case '+':
      case '?':
        return this.#repeat(character);
      case '{':
        return this.#count() ?? this.#character();
      case '|':
      case '^':
      case '$':
        return this.#piece(character, 1, false);
      case '.':
        return this.#piece(character, 1);
      default:
        return this.#character();
    }
  }

  /** What `length` characters of the expression became. */
  #piece(source: string, length: number, isRepeatable = true): Piece {
    return { source, end: this.#at + length, isRepeatable };
  }

  /** A whole code point: only then a repeat behind it repeats all of it. */
  #character(): Piece {
    const character = String.fromCodePoint(this.#expression.codePointAt(this.#at) ?? 0);
    return this.#piece(literal(character), character.length);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#expression) ?? undefined;
  }

  #repeat(source: string): Piece {
    if (!this.#isRepeatable) throw this.#nothingToRepeat(source);
    const behind = this.#at + source.length;
    const next = this.#expression.charAt(behind);
    if (next === '+')
      throw new ValueError(behind, 'possessive repeats are not supported', 'leave out this +');
    return next === '?'
      ? this.#piece(`${source}?`, source.length + 1, false)
      : this.#piece(source, source.length, false);
  }

  #nothingToRepeat(source: string): ValueError {
    const isGlob = source === '*' && this.#at === 0;
    const meant = this.#expression.slice(1).replaceAll('.', '\\.');
    const remedy = isGlob ? `probably meant: (.*)${meant}` : `a plain ${source} is written \\${source}`;
    return new ValueError(this.#at, `nothing before ${source} that it could repeat`, remedy);
  }

  /** A `{` that begins no count stands for itself. */
  #count(): Piece | undefined {
    const [whole, min, , max] = this.#match(COUNT) ?? [];
    if (whole === undefined) return undefined;
    const [least, most] = [Number(min), Number(max ?? min)];
    if (most > MAX_COUNT) throw new ValueError(this.#at, `${whole} counts beyond ${MAX_COUNT}`, 'use + or *');
    this.#firstCount ||= this.#at;
    if (least > most)
      throw new ValueError(this.#at, `${whole} ends before it begins`, `probably meant: {${most},${least}}`);
    return this.#repeat(whole);
  }

  #comment(): Piece | undefined {
    const comment = this.#match(COMMENT)?.[0];
    return comment === undefined ? undefined : this.#piece('', comment.length, this.#isRepeatable);
  }

  /** `(?i)` at the very start holds for all; `s` and `m` change nothing for a whole path. */
  #flagSetting(): Piece | undefined {
    const [whole, flags] = this.#match(FLAGS) ?? [];
    if (whole === undefined || flags === undefined) return undefined;
    if (this.#at !== 0)
      throw new ValueError(this.#at, `${whole} is supported at the start only`, 'move it there');
    if (flags.includes('i')) this.#flags = 'isu';
    return this.#piece('', whole.length, false);
  }

  #group(): Piece {
    const [whole = '(', look] = this.#match(GROUP) ?? [];
    if (whole === '(' && this.#expression.charAt(this.#at + 1) === '?') {
      const begin = this.#expression.slice(this.#at, this.#at + 4);
      throw new ValueError(this.#at, `${begin} begins a group that is not supported`, 'use (...) or (?:...)');
    }
    if (this.#open.length >= MAX_DEPTH)
      throw new ValueError(
        this.#at,
        `groups are nested more than ${MAX_DEPTH} deep`,
        'use several expressions',
      );
    this.#open.push({ at: this.#at, isRepeatable: look === undefined || look === ':' });
    if (look !== undefined && look !== ':') this.#hinder('a look ahead or behind');
    if (look !== undefined) return this.#piece(`(?${look}`, whole.length, false);
    this.#groups += 1;
    const name = GROUP_NAME.exec(whole)?.[0];
    if (name !== undefined) this.#names.set(name, this.#groups);
    return this.#piece('(', whole.length, false);
  }

  #groupEnd(): Piece {
    const open = this.#open.pop();
    if (open === undefined) throw new ValueError(this.#at, ') closes nothing', 'remove it, or write \\)');
    return this.#piece(')', 1, open.isRepeatable);
  }

  #escape(): Piece {
    const letter = this.#expression.charAt(this.#at + 1);
    if (letter === '') throw new ValueError(this.#at, 'a \\ at the end', 'remove it, or write \\\\');
    if (letter === 'Q') return this.#quotation();
    if (/[1-9gk]/.test(letter)) return this.#reference();
    if (Object.hasOwn(places, letter)) return this.#piece(places[letter] ?? '', 2, false);
    const members = classMembers(letter);
    if (members !== undefined) return this.#piece(`[${members}]`, 2);
    if (letter === 'R') return this.#piece('(?:\\r\\n|[\\n\\v\\f\\r])', 2);
    if (/[XCGKNpP]/.test(letter)) throw unsupportedEscape(letter, this.#at);
    const { character, end } = characterEscape(this.#expression, this.#at);
    return { source: literal(character), end, isRepeatable: true };
  }

  /** `\Q...\E`: all of it stands for itself. */
  #quotation(): Piece {
    const end = this.#expression.indexOf('\\E', this.#at + 2);
    const quoted = this.#expression.slice(this.#at + 2, end === -1 ? undefined : end);
    const source = [...quoted].map(literal).join('');
    const length = quoted.length + (end === -1 ? 2 : 4);
    return this.#piece(source, length, source === '' ? this.#isRepeatable : true);
  }

  #reference(): Piece {
    const [whole, number, relative, ...names] = this.#match(REFERENCE) ?? [];
    const name = names.find((candidate) => candidate !== undefined) ?? '';
    const given = Number(number ?? relative ?? this.#names.get(name) ?? 0);
    const group = given < 0 ? this.#groups + 1 + given : given;
    if (whole === undefined || group < 1 || group > this.#groups)
      throw new ValueError(
        this.#at,
        `${whole ?? 'this'} refers to no group before it`,
        'count the ( from the left',
      );
    this.#hinder('a reference');
    // Kept apart from a digit that may follow.
    return this.#piece(`(?:\\${group})`, whole.length);
  }
}
