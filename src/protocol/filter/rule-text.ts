import { decodeName } from '../wire/file-name.ts';

/** One rule of a rule file, as text, with the line it stands on. */
export interface RuleText {
  readonly text: string;
  readonly line: number;
}

/** How a rule file is cut. */
export interface TextLayout {
  /** Words instead of lines; then there are no comments. */
  readonly isWordwise: boolean;
  /** `--from0`: NUL ends a line, and a newline does not. */
  readonly from0: boolean;
}

/**
 * Cuts a rule file into rules: lines that end with LF, CR or CRLF, without empty ones and those that begin with `#` or
 * `;`. Blanks at the ends of a line belong to it.
 *
 * Source: docs/protocol chapter 1, section 10.3.
 */
export function* splitRules(bytes: Buffer, layout: TextLayout): Generator<RuleText> {
  const text = decodeName(bytes);
  let line = 0;
  for (const content of text.split(layout.from0 ? '\0' : /\r\n|\r|\n/)) {
    line += 1;
    // Without --from0, a NUL hides the rest of its line or word.
    const pieces = layout.isWordwise ? content.split(/[\t-\r ]+/) : [content];
    for (const piece of pieces) {
      const rule = piece.split('\0', 1)[0] ?? '';
      if (rule !== '' && (layout.isWordwise || !/^[#;]/.test(rule))) yield { text: rule, line };
    }
  }
}
