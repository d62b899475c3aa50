import type { ConfigSource } from './config-source.ts';
import { describeCharacter, lookAlikeAt, lookAlikesIn, plainRemedy } from './look-alikes.ts';
import { knownElements } from './vocabulary.ts';

/** Where an attribute stands: its name, and the first character of its value. */
export interface AttributePlace {
  readonly name: string;
  readonly offset: number;
  readonly valueOffset: number;
}

/** One tag and where it stands; `end` is behind its `>`. */
export interface Tag {
  readonly kind: 'open' | 'close' | 'empty' | 'declaration';
  readonly name: string;
  readonly offset: number;
  readonly end: number;
  readonly attributes: readonly AttributePlace[];
}

const MAX_ATTRIBUTES = 32;
const SPACE = /[ \t\r\n]*/y;
const NAME = /[A-Za-z_][\w.:-]{0,63}/y;
/** What the end of a value looks like when its closing quote was forgotten: `true users=`. */
const SWALLOWED_NAME = /([A-Za-z_][\w.:-]{0,63})\s*=\s*$/;
/** What may stand behind a value, at least the beginning of it. */
const VALUE_END = /^(?:\s|>|\/>|\?>|$)/;

/**
 * Reads the tag at `offset`, a `<`. What is not well-formed is an error at its exact place. Errors show names, but no
 * values: one of them may be a password.
 */
export function scanTag(source: ConfigSource, offset: number): Tag {
  return new TagScanner(source, offset).scan();
}

class TagScanner {
  readonly #source: ConfigSource;
  readonly #text: string;
  readonly #offset: number;
  readonly #attributes: AttributePlace[] = [];
  #at: number;
  #name = '';

  constructor(source: ConfigSource, offset: number) {
    this.#source = source;
    this.#text = source.text;
    this.#offset = offset;
    this.#at = offset + 1;
  }

  scan(): Tag {
    const lead = this.#char();
    if (lead === '/' || lead === '?') this.#at += 1;
    this.#name = this.#take(NAME);
    if (this.#name === '') throw this.#noName();
    for (;;) {
      const hasSpace = this.#take(SPACE) !== '';
      const kind = this.#takeEnd(lead);
      if (kind !== undefined) return this.#tag(kind);
      if (!hasSpace) throw this.#noSpace();
      this.#takeAttribute();
    }
  }

  #tag(kind: Tag['kind']): Tag {
    return { kind, name: this.#name, offset: this.#offset, end: this.#at, attributes: this.#attributes };
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }

  #takeEnd(lead: string): Tag['kind'] | undefined {
    const next = this.#char();
    if (next === '' || next === '<' || (lead === '/' && next !== '>')) throw this.#notClosed(lead);
    const end = lead === '?' ? '?>' : next === '/' ? '/>' : '>';
    if (this.#text.startsWith(end, this.#at)) {
      this.#at += end.length;
      return lead === '?' ? 'declaration' : lead === '/' ? 'close' : end === '/>' ? 'empty' : 'open';
    }
    if (lead === '?' && next === '>')
      throw this.#fault(this.#at, 'not closed by ?>', 'write ?> instead of >');
    if (next !== '/' && next !== '\\') return undefined;
    throw this.#fault(this.#at, `${next} inside the tag`, 'an element without content ends with />');
  }

  #takeAttribute(): void {
    const offset = this.#at;
    const name = this.#take(NAME);
    if (name === '') throw this.#char() === '=' ? this.#noSpace() : this.#unexpected();
    if (this.#attributes.some((attribute) => attribute.name === name))
      throw this.#fault(offset, `${name} stands twice`, 'keep one of them');
    if (this.#attributes.length === MAX_ATTRIBUTES)
      throw this.#fault(offset, `more than ${MAX_ATTRIBUTES} attributes`, 'this is not a config file');
    this.#take(SPACE);
    if (this.#char() !== '=') throw this.#noEquals(offset, name);
    this.#at += 1;
    this.#take(SPACE);
    const quote = this.#char();
    if (quote !== '"' && quote !== "'") throw this.#noQuote(name);
    this.#attributes.push({ name, offset, valueOffset: this.#at + 1 });
    this.#takeValue(name, quote);
  }

  #takeValue(name: string, quote: string): void {
    const start = this.#at + 1;
    const end = this.#text.indexOf(quote, start);
    const value = this.#text.slice(start, end === -1 ? undefined : end);
    if (end === -1 || /[\r\n]/.test(value)) throw this.#openValue(name, quote, value);
    const tagInside = value.indexOf('<');
    if (tagInside !== -1)
      throw this.#fault(start + tagInside, `< in ${name}`, 'close the quote before it, or write &lt;');
    const behind = this.#text.slice(end + 1, end + 3);
    const swallowed = SWALLOWED_NAME.exec(value.slice(-80))?.[1];
    if (swallowed !== undefined && !VALUE_END.test(behind))
      throw this.#openValue(name, quote, value, swallowed);
    this.#at = end + 1;
    if (/^["']/.test(behind))
      throw this.#fault(this.#at, `one quote too many behind ${name}`, `remove the ${this.#char()}`);
  }

  /** The scanner stands at the opening quote of a value that has no closing one; `value` is what it seems to be. */
  #openValue(name: string, quote: string, value: string, swallowed?: string): Error {
    const [line = ''] = value.split(/[\r\n]/, 1);
    for (const { index, lookAlike } of lookAlikesIn(line)) {
      if (lookAlike.plain !== quote) continue;
      const problem = `${lookAlike.name} instead of the closing ${quote} of ${name}`;
      return this.#fault(this.#at + 1 + index, problem, plainRemedy(lookAlike));
    }
    const meant =
      swallowed === undefined ? meantAttribute(name) : `${meantAttribute(name)} ${swallowed}="..."`;
    return this.#fault(this.#at, `the value of ${name} is not closed by ${quote}`, meant);
  }

  /** Something stands glued to a name or a value that is not part of it. */
  #noSpace(): Error {
    const last = this.#attributes.at(-1);
    if (last === undefined) return /[="']/.test(this.#char()) ? this.#gluedName() : this.#unexpected();
    const start = this.#at;
    const name = this.#take(NAME);
    if (name === '') return this.#unexpected();
    const remedy = `${meantAttribute(last.name)} ${name}="..."`;
    return this.#fault(start, `no space between the value of ${last.name} and ${name}`, remedy);
  }

  /** `<authstart="true"`: the most copied mistake of all. */
  #gluedName(): Error {
    for (const { name, attributes } of knownElements.values()) {
      const attribute = attributes.find((candidate) => this.#name === name + candidate);
      if (attribute === undefined) continue;
      const remedy = `probably meant: <${name} ${attribute}="..."`;
      return this.#fault(this.#offset, `no space between ${name} and ${attribute}`, remedy);
    }
    const [attribute = 'NAME'] = knownElements.get(this.#name)?.attributes ?? [];
    return this.#fault(
      this.#at,
      'a value without a name',
      `probably meant: <${this.#name} ${attribute}="..."`,
    );
  }

  #noName(): Error {
    const lookAlike = lookAlikeAt(this.#text, this.#at);
    if (lookAlike !== undefined)
      return this.#source.error(this.#at, `${lookAlike.name} behind <`, plainRemedy(lookAlike));
    this.#take(SPACE);
    const name = this.#take(NAME);
    if (name !== '')
      return this.#source.error(this.#offset, `a space before ${name}`, `probably meant: <${name}`);
    return this.#source.error(this.#offset, '< without the name of an element', 'remove it, or write &lt;');
  }

  #noEquals(offset: number, name: string): Error {
    if (lookAlikeAt(this.#text, this.#at)?.plain === '=') return this.#unexpected();
    const problem = /["']/.test(this.#char()) ? `no = behind ${name}` : `${name} has no value`;
    return this.#fault(offset, problem, meantAttribute(name));
  }

  #noQuote(name: string): Error {
    if (lookAlikeAt(this.#text, this.#at) !== undefined) return this.#unexpected();
    const next = this.#char();
    if (next === '=') return this.#fault(this.#at, `one = too many behind ${name}`, meantAttribute(name));
    const problem = /^[/><?]?$/.test(next) ? `${name} has no value` : `the value of ${name} is not in quotes`;
    return this.#fault(this.#at, problem, meantAttribute(name));
  }

  #notClosed(lead: string): Error {
    const name = this.#name;
    if (lead === '/')
      return this.#source.error(this.#offset, `</${name} is not closed`, `probably meant: </${name}>`);
    const end = lead === '?' ? '?>' : knownElements.get(name)?.hasChildren === true ? '>' : '/>';
    return this.#fault(this.#offset, 'the tag is not closed', `add ${end} at its end`);
  }

  /** What the scanner stands at has no business there. */
  #unexpected(): Error {
    const lookAlike = lookAlikeAt(this.#text, this.#at);
    const remedy = lookAlike === undefined ? 'remove it, or put it into quotes' : plainRemedy(lookAlike);
    return this.#fault(this.#at, `${describeCharacter(this.#text, this.#at)} inside the tag`, remedy);
  }

  #fault(at: number, problem: string, remedy: string): Error {
    return this.#source.error(at, `<${this.#name}>: ${problem}`, remedy);
  }
}

function meantAttribute(name: string): string {
  return `probably meant: ${name}="..."`;
}
