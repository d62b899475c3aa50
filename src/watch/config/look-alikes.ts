/** A character that a word processor, a web page or a Chinese keyboard puts where XML wants an ASCII one. */
export interface LookAlike {
  /** As it stands in the text; two lone surrogates when the text is GBK. */
  readonly written: string;
  /** The ASCII character it stands for. */
  readonly plain: string;
  /** For messages: readable even where the character itself is invisible or not text. */
  readonly name: string;
}

const unicode: Readonly<Record<string, string>> = {
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\uff02': '"',
  '\u2018': "'",
  '\u2019': "'",
  '\uff07': "'",
  '\u3000': ' ',
  '\u00a0': ' ',
  '\u200b': ' ',
  '\ufeff': ' ',
  '\uff1d': '=',
  '\uff1c': '<',
  '\uff1e': '>',
  '\uff0f': '/',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\uff0d': '-',
};

/** The same characters as GBK bytes, which stand in the text as lone surrogates. */
const gbk: Readonly<Record<string, string>> = {
  '\udca1\udcb0': '"',
  '\udca1\udcb1': '"',
  '\udca3\udca2': '"',
  '\udca1\udcae': "'",
  '\udca1\udcaf': "'",
  '\udca1\udca1': ' ',
  '\udca3\udcbd': '=',
  '\udca3\udcbc': '<',
  '\udca3\udcbe': '>',
  '\udca3\udcaf': '/',
  '\udca1\udcaa': '-',
  '\udca3\udcad': '-',
};

export function lookAlikeAt(text: string, at: number): LookAlike | undefined {
  const single = text.charAt(at);
  const fromUnicode = unicode[single];
  if (fromUnicode !== undefined) return { written: single, plain: fromUnicode, name: codePoint(single) };
  const double = text.slice(at, at + 2);
  const fromGbk = gbk[double];
  if (fromGbk === undefined) return undefined;
  const bytes = [...double].map((unit) => (unit.charCodeAt(0) - 0xdc00).toString(16).toUpperCase());
  return { written: double, plain: fromGbk, name: `GBK ${bytes.join(' ')}` };
}

/** The look-alikes in a value. GBK is taken pair by pair, or halves of two characters would look like one. */
export function* lookAlikesIn(value: string): Generator<{ index: number; lookAlike: LookAlike }> {
  for (let index = 0; index < value.length; ) {
    const lookAlike = lookAlikeAt(value, index);
    if (lookAlike !== undefined) yield { index, lookAlike };
    index += /[\udc81-\udcfe]/.test(value.charAt(index)) ? 2 : 1;
  }
}

/** A character for a message: itself when it is plain to see, else its number. */
export function describeCharacter(text: string, at: number): string {
  const lookAlike = lookAlikeAt(text, at);
  if (lookAlike !== undefined) return lookAlike.name;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return /[\x21-\x7e]/.test(character) ? character : codePoint(character);
}

/** The remedy for a look-alike where markup was expected. */
export function plainRemedy({ plain }: LookAlike): string {
  return plain === ' ' ? 'write an ordinary space' : `write the ASCII ${plain}`;
}

/** A value as messages show it: in quotes, cut when long. */
export function shown(value: string): string {
  const whole = value.toWellFormed();
  return `"${whole.length > 60 ? `${whole.slice(0, 57)}...` : whole}"`;
}

function codePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  // A byte that is not UTF-8: see src/protocol/wire/file-name.ts.
  if (number >= 0xdc80 && number <= 0xdcff) return `byte ${hex(number - 0xdc00, 2)}`;
  return `U+${hex(number, 4)}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
