import { encodeName } from '../../protocol/index.ts';

/** How text of foreign origin, such as a file name, is shown. */
export interface TextStyle {
  /** `-8`: bytes above 127 go out as they are. */
  readonly eightBit: boolean;
  /** The reader shows UTF-8. */
  readonly utf8: boolean;
  /** Of what is not UTF-8, bytes that are letters in the ISO 8859 sets go out as they are, as in a log of rsync. */
  readonly latin?: boolean;
  /** A terminal is what reads it, and obeys some characters. */
  readonly isTerminal?: boolean;
}

/** A control character other than a tab, or one that is not ASCII. */
const NOTABLE = /[^\t -~]/gu;

/**
 * Characters that turn the direction of what follows, so that a line reads as if it said something else. The marks
 * LRM, RLM and ALM are not among them: they turn no letters, and names in Hebrew and Arabic need them.
 */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;

/** What already looks like one of our escapes: its backslash is escaped, so that there is no doubt. */
const LOOKALIKE = /\\(?=#\d{3})/g;

const BACKSLASH = '\\#134';

const DELETE = '\u007f';
const LONE_BYTE = 0xdc00;
const FIRST_LATIN_LETTER = LONE_BYTE + 0xa0;

/**
 * Makes names and messages safe to show, as rsync does: `\#ooo` stands for the byte with that octal number. All that
 * reaches a terminal, a log file or a line of a log goes through here.
 *
 * Unlike rsync it also escapes the control characters U+0080 to U+009F, which terminals obey, wherever `-8` does not
 * ask for them; and for a terminal DEL and what turns the direction of writing.
 */
export function escapeText(text: string, style: TextStyle): string {
  return text.replaceAll(LOOKALIKE, BACKSLASH).replaceAll(NOTABLE, (character) => {
    return isShown(character, style) ? character : escapeBytes(encodeName(character));
  });
}

/** The same for text of several lines, whose line breaks are our own. */
export function escapeLines(text: string, style: TextStyle): string {
  return text
    .split('\n')
    .map((line) => escapeText(line, style))
    .join('\n');
}

/**
 * A record of JSON on one line, without a character that a terminal obeys, nor a byte that is not UTF-8, which some
 * readers of a log refuse; it means the same.
 */
export function escapeJson(record: string): string {
  return record.replaceAll(
    /(?!\n)\p{Cc}|\p{Cs}|[\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isShown(character: string, { eightBit, utf8, latin, isTerminal }: TextStyle): boolean {
  if (character < ' ') return false;
  if (character === DELETE) return isTerminal !== true;
  if (eightBit) return true;
  if (!character.isWellFormed()) return latin === true && character.charCodeAt(0) >= FIRST_LATIN_LETTER;
  const isControl = character >= '\u0080' && character <= '\u009f';
  return utf8 && !isControl && !(isTerminal === true && TURNING.test(character));
}

function escapeBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\#${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Whether a terminal with these variables shows UTF-8. */
export function showsUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
