/** A regular expression, taken apart. */
export type PatternNode =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: PatternNode }
  | RepeatNode
  | { readonly kind: 'place'; readonly holds: PlaceTest }
  | {
      readonly kind: 'look';
      readonly isBehind: boolean;
      readonly isNegated: boolean;
      readonly body: PatternNode;
    }
  | { readonly kind: 'reference' };

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: PatternNode;
  readonly min: number;
  /** Infinity for `*` and `+`. */
  readonly max: number;
  readonly isLazy: boolean;
}

export type PlaceTest = (text: string, at: number) => boolean;

/** A piece of source: a reference, the beginning of a group, a character or set, or an operator. */
const TOKEN =
  /(?<reference>\(\?:\\\d+\))|\((?:\?(?<look>:|=|!|<=|<!))?|(?<place>\\[bB]|[\^$])|(?<atom>\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}|\\.|\[(?:\\.|[^\]\\])*\]|[^()|*+?{\\])|(?<operator>[)|])/suy;
const REPEAT = /(?:([*+?])|\{(\d+)(,(\d*))?\})(\??)/y;

const WORD = /\w/;

/**
 * Takes the source of a JavaScript expression apart. It must be one that {@link compilePattern} made: right, and with
 * the flags `s` and `u`.
 */
export function parsePattern(source: string, flags: string): PatternNode {
  return new SourceParser(source, flags).parse();
}

class SourceParser {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #groups = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  /** All up to the `)` that closes the group, or to the end. */
  parse(): PatternNode {
    const options: PatternNode[] = [];
    let items: PatternNode[] = [];
    for (;;) {
      const { atom, place, look, reference, operator, whole } = this.#token();
      if (operator === '|' || operator === ')' || whole === undefined) {
        options.push({ kind: 'sequence', items });
        items = [];
        if (operator !== '|')
          return options.length === 1 ? (options[0] as PatternNode) : { kind: 'choice', options };
      } else if (reference !== undefined) {
        items.push(this.#repeated({ kind: 'reference' }));
      } else if (atom !== undefined) {
        items.push(this.#repeated({ kind: 'character', matches: this.#characterTest(atom) }));
      } else if (place !== undefined) {
        items.push({ kind: 'place', holds: placeTest(place) });
      } else {
        items.push(this.#repeated(this.#group(look)));
      }
    }
  }

  #token(): Partial<Record<'atom' | 'place' | 'look' | 'reference' | 'operator' | 'whole', string>> {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#source);
    if (match === null) return {};
    this.#at = TOKEN.lastIndex;
    return { ...match.groups, whole: match[0] };
  }

  #group(look: string | undefined): PatternNode {
    if (look === ':') return this.parse();
    if (look !== undefined)
      return {
        kind: 'look',
        isBehind: look.startsWith('<'),
        isNegated: look.endsWith('!'),
        body: this.parse(),
      };
    this.#groups += 1;
    const index = this.#groups;
    return { kind: 'group', index, body: this.parse() };
  }

  #repeated(body: PatternNode): PatternNode {
    REPEAT.lastIndex = this.#at;
    const [whole, sign, least, range, most, lazy] = REPEAT.exec(this.#source) ?? [];
    if (whole === undefined) return body;
    this.#at = REPEAT.lastIndex;
    const isLazy = lazy === '?';
    if (sign !== undefined)
      return { kind: 'repeat', body, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity, isLazy };
    const min = Number(least);
    const max = range === undefined ? min : most === '' ? Infinity : Number(most);
    return { kind: 'repeat', body, min, max, isLazy };
  }

  /** What one character or set means is for JavaScript to say: about a single character it is quick. */
  #characterTest(atom: string): (character: string) => boolean {
    const isPlain = !/[\\[.]/.test(atom) && !this.#flags.includes('i');
    if (isPlain) return (character) => character === atom;
    const regex = new RegExp(`^${atom}$`, this.#flags);
    return (character) => regex.test(character);
  }
}

function placeTest(place: string): PlaceTest {
  const isBoundary: PlaceTest = (text, at) => WORD.test(text.charAt(at - 1)) !== WORD.test(text.charAt(at));
  switch (place) {
    case '^':
      return (_text, at) => at === 0;
    case '$':
      return (text, at) => at === text.length;
    case '\\b':
      return isBoundary;
    default:
      return (text, at) => !isBoundary(text, at);
  }
}
