import { encodeName } from '../../protocol/index.ts';
import { formatInteger, type Readability } from './number-format.ts';

/** What one line about a file can say; the numbers may be asked for with digit groups or units. */
export interface LineValues {
  readonly text: (letter: string) => string | undefined;
  readonly number: (letter: string) => number | undefined;
}

/** A piece of a format: text as it stands, or an escape such as `%-10n`. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'escape';
      readonly source: string;
      readonly letter: string;
      readonly readability: Readability;
      /** Negative: to the left. */
      readonly width: number;
    };

/** Quotes for digit groups and units, a width, and a letter. */
const ESCAPE = /%('*)(-?\d*)([A-Za-z%])/g;

/** The widest field; rsync's own limit is about a thousand. */
const MAX_WIDTH = 1000;

/**
 * A format of `--out-format` or `--log-file-format`. An escape that has no value stays as it was written.
 *
 * Source: the "log format" of rsyncd.conf(5), and the program.
 */
export class OutFormat {
  readonly #pieces: readonly Piece[];

  constructor(format: string) {
    this.#pieces = piecesOf(format);
  }

  /** Whether one of these letters is asked for. */
  has(letters: string): boolean {
    return this.#pieces.some((piece) => piece.kind === 'escape' && letters.includes(piece.letter));
  }

  line(values: LineValues): string {
    return this.#pieces.map((piece) => (piece.kind === 'text' ? piece.text : expand(piece, values))).join('');
  }
}

function piecesOf(format: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of format.matchAll(ESCAPE)) {
    const [source, quotes = '', width = '', letter = ''] = match;
    pieces.push({ kind: 'text', text: format.slice(end, match.index) });
    pieces.push({
      kind: 'escape',
      source,
      letter,
      readability: Math.min(quotes.length, 3) as Readability,
      width: Math.max(-MAX_WIDTH, Math.min(MAX_WIDTH, Number.parseInt(width, 10) || 0)),
    });
    end = match.index + source.length;
  }
  pieces.push({ kind: 'text', text: format.slice(end) });
  return pieces.filter((piece) => piece.kind === 'escape' || piece.text !== '');
}

function expand(piece: Piece & { kind: 'escape' }, { text, number }: LineValues): string {
  const { letter, width, readability, source } = piece;
  if (letter === '%') return pad('%', width);
  const value = number(letter);
  const shown = value === undefined ? text(letter) : formatInteger(value, readability);
  return shown === undefined ? source : pad(shown, width);
}

/** Counts bytes, as printf does. */
function pad(text: string, width: number): string {
  const blanks = ' '.repeat(Math.max(0, Math.abs(width) - encodeName(text).length));
  return width < 0 ? text + blanks : blanks + text;
}
