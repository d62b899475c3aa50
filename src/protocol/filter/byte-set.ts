/** One flag per byte. */
export type ByteSet = Uint8Array;

const SLASH = 0x2f;

/** What `?` matches. */
export const anyButSlash: ByteSet = setOf((byte) => byte !== SLASH);

/** The POSIX classes as in the C locale: no byte from 0x80 on belongs to any. */
const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[\t ]/,
  cntrl: /[^ -~]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

export function setOf(holds: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

/**
 * Reads a set whose `[` is at `open`; gives it and where the pattern goes on, or undefined if it is malformed.
 *
 * ```
 * [abc]  [a-z]  [!abc] or [^abc]  []abc]  [a\]b]  [[:alpha:]_]
 * ```
 * A set never holds the slash. The first byte of a range belongs to it even if the range runs backwards.
 */
export function parseSet(pattern: string, open: number): { set: ByteSet; end: number } | undefined {
  const set: ByteSet = new Uint8Array(256);
  let at = open + 1;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at += 1;
  const first = at;
  /** The byte that a `-` would make the start of a range. */
  let previous: number | undefined;

  for (; pattern[at] !== ']' || at === first; at++) {
    const character = pattern[at];
    if (character === undefined) return undefined;
    if (character === '-' && previous !== undefined && (pattern[at + 1] ?? ']') !== ']') {
      at += pattern[at + 1] === '\\' ? 2 : 1;
      if (at >= pattern.length) return undefined;
      set.fill(1, previous, pattern.charCodeAt(at) + 1);
      previous = undefined;
      continue;
    }
    if (character === '[' && pattern[at + 1] === ':') {
      const close = pattern.indexOf(']', at + 2);
      if (close === -1) return undefined;
      if (close > at + 2 && pattern[close - 1] === ':') {
        const members = classes[pattern.slice(at + 2, close - 1)];
        if (members === undefined) return undefined;
        addClass(set, members);
        at = close;
        previous = undefined;
        continue;
      }
    }
    if (character === '\\') at += 1;
    if (at >= pattern.length) return undefined;
    previous = pattern.charCodeAt(at);
    set[previous] = 1;
  }
  const chosen = isNegated ? setOf((byte) => set[byte] === 0) : set;
  chosen[SLASH] = 0;
  return { set: chosen, end: at + 1 };
}

function addClass(set: ByteSet, members: RegExp): void {
  for (let byte = 0; byte < 0x80; byte++) if (members.test(String.fromCharCode(byte))) set[byte] = 1;
}
