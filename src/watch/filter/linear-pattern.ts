import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** A package of 200 KB that few configs need, loaded when one does. */
const load = createRequire(import.meta.url);

/**
 * A regular expression whose time grows with the length of the path only, not with the number of ways to cut it. It
 * finds what JavaScript's own engine would find, but that a group in a repeat keeps what it matched last, as in Perl.
 *
 * @throws Error for what cannot be searched for so: looks, references, and counts of more than 1000.
 */
export class LinearPattern extends RegExp {
  readonly #engine: RE2JS;

  constructor(source: string, flags: string) {
    super(source, flags);
    const { RE2JS: engine } = load('re2js') as typeof import('re2js');
    const ignoresCase = flags.includes('i') ? engine.CASE_INSENSITIVE : 0;
    this.#engine = engine.compile(engine.translateRegExp(source), engine.DOTALL | ignoresCase);
  }

  override exec(text: string): RegExpExecArray | null {
    const matcher = this.#engine.matcher(text);
    if (!matcher.find()) return null;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
    // A group that did not take part is undefined in the result of JavaScript, whose type does not say so.
    return Object.assign(groups as [string, ...string[]], { index: matcher.start(), input: text });
  }
}
