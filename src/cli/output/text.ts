import { encodeName } from '../../protocol/index.ts';

/** How text of foreign origin, such as a file name, is shown. */
export interface TextStyle {
  /** `-8`: bytes above 127 go out as they are. */
  readonly eightBit: boolean;
  /** The terminal shows UTF-8. */
  readonly utf8: boolean;
}

/** A control character other than a tab, or one that is not ASCII. */
const NOTABLE = /[^\t -\u007f]/gu;

/** What already looks like one of our escapes: its backslash is escaped, so that there is no doubt. */
const LOOKALIKE = /\\(?=#\d{3})/g;

const BACKSLASH = '\\#134';

/**
 * Makes names and messages safe to show, as rsync does: `\#ooo` stands for the byte with that octal number.
 *
 * Unlike rsync it also escapes the control characters U+0080 to U+009F, which terminals obey.
 */
export function escapeText(text: string, style: TextStyle): string {
  return text.replaceAll(LOOKALIKE, BACKSLASH).replaceAll(NOTABLE, (character) => {
    return isShown(character, style) ? character : escapeBytes(encodeName(character));
  });
}

function isShown(character: string, { eightBit, utf8 }: TextStyle): boolean {
  if (character < ' ') return false;
  if (eightBit) return true;
  const isControl = character >= '\u0080' && character <= '\u009f';
  return utf8 && !isControl && character.isWellFormed();
}

function escapeBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\#${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Whether a terminal with these variables shows UTF-8. */
export function showsUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
