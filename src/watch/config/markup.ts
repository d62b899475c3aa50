import { nearest } from '../../protocol/internal.ts';
import type { ConfigSource } from './config-source.ts';
import { describeCharacter, lookAlikeAt, plainRemedy } from './look-alikes.ts';
import { scanTag, type Tag } from './tag-scanner.ts';
import { knownElements } from './vocabulary.ts';

/** sersync's own elements go five deep. */
const MAX_DEPTH = 16;

/**
 * Makes sure that the text is well-formed and holds nothing but elements, attributes and comments; gives the tags that
 * begin an element, in order. The XML parser behind it is lenient and knows no places inside a tag; broken snippets
 * are common in pasted configs, so they are refused here, with their place and what was probably meant.
 */
export function scanMarkup(source: ConfigSource): Tag[] {
  const { text } = source;
  const nesting = new Nesting(source);
  for (let at = 0; ; ) {
    const next = text.indexOf('<', at);
    refuseText(source, at, next === -1 ? text.length : next, nesting.innermost);
    if (next === -1) return nesting.finish();
    if (text.startsWith('<!', next)) {
      at = skipComment(source, next);
      continue;
    }
    if (text.startsWith('<?', next)) refuseInstruction(source, next);
    const tag = scanTag(source, next);
    if (tag.kind !== 'declaration') nesting.add(tag);
    at = tag.end;
  }
}

/** Which elements are open, and whether every one is closed by its own tag. */
class Nesting {
  readonly #source: ConfigSource;
  readonly #begun: Tag[] = [];
  readonly #open: Tag[] = [];
  /** What closed the last element of each name: its `</x>`, or its own `<x/>`. */
  readonly #ended = new Map<string, Tag>();

  constructor(source: ConfigSource) {
    this.#source = source;
  }

  get innermost(): Tag | undefined {
    return this.#open.at(-1);
  }

  add(tag: Tag): void {
    if (tag.kind === 'close') {
      this.#close(tag);
      return;
    }
    if (this.#open.length === 0 && this.#begun.length > 0)
      throw this.#source.error(tag.offset, `<${tag.name}> after the end of the document`, this.#afterEnd());
    this.#begun.push(tag);
    if (tag.kind === 'empty') this.#ended.set(tag.name, tag);
    else if (this.#open.push(tag) > MAX_DEPTH)
      throw this.#source.error(tag.offset, `elements are nested more than ${MAX_DEPTH} deep`);
  }

  finish(): Tag[] {
    const left = this.#open.at(-1);
    if (left !== undefined)
      throw this.#source.error(left.offset, `<${left.name}> is never closed`, closeRemedy(left));
    if (this.#begun.length === 0) throw this.#source.error(0, 'no element in the file', NO_CONFIG);
    return this.#begun;
  }

  #close(tag: Tag): void {
    const open = this.#open.at(-1);
    if (open?.name === tag.name) {
      this.#open.pop();
      this.#ended.set(tag.name, tag);
      return;
    }
    throw this.#mismatch(tag, open);
  }

  #mismatch(tag: Tag, open: Tag | undefined): Error {
    const line = (place: Tag) => this.#source.lineOf(place.offset);
    if (open !== undefined && this.#open.some(({ name }) => name === tag.name)) {
      const problem = `<${open.name}> of line ${line(open)} is not closed before </${tag.name}>`;
      return this.#source.error(tag.offset, problem, closeRemedy(open));
    }
    const problem = `</${tag.name}> closes nothing`;
    const end = this.#ended.get(tag.name);
    if (end !== undefined)
      return this.#source.error(tag.offset, problem, `<${tag.name}> was closed in line ${line(end)}`);
    if (open === undefined) return this.#source.error(tag.offset, problem, 'remove it');
    const isMisspelt = nearest(tag.name, [open.name]) !== undefined;
    const remedy = isMisspelt ? `probably meant: </${open.name}>` : 'remove it, or add its opening tag';
    return this.#source.error(tag.offset, problem, remedy);
  }

  #afterEnd(): string {
    const root = this.#begun[0]?.name ?? '';
    if (knownElements.get(root)?.parents.includes('head'))
      return 'put everything into <head version="2.5">...</head>';
    return `everything belongs into one <${root}>...</${root}>`;
  }
}

function closeRemedy({ name }: Tag): string {
  const known = knownElements.get(name);
  return known?.hasChildren === false ? `probably meant: <${name} .../>` : `add </${name}>`;
}

/** Skips the comment at `at` and gives the offset behind it; nothing else that begins with `<!` is allowed. */
function skipComment(source: ConfigSource, at: number): number {
  const { text } = source;
  if (text.startsWith('<!DOCTYPE', at))
    throw source.error(at, 'DOCTYPE is not allowed in a config', 'remove it');
  if (text.startsWith('<![CDATA[', at))
    throw source.error(at, 'CDATA is not allowed in a config', 'every setting is an attribute: name="..."');
  if (!text.startsWith('<!--', at))
    throw source.error(at, '<! begins neither a tag nor a comment', 'a comment is written <!-- ... -->');
  const end = text.indexOf('-->', at + 4);
  if (end === -1) throw source.error(at, 'the comment is never closed', 'add -->');
  const inner = text.lastIndexOf('<!--', end - 1);
  if (inner > at) source.note(inner, 'a comment begins inside a comment; both end at the first -->');
  return end + 3;
}

/** Only the `<?xml ... ?>` of the first line is allowed; blank lines before it do no harm. */
function refuseInstruction(source: ConfigSource, at: number): void {
  if (!/^<\?xml[\s?]/.test(source.text.slice(at, at + 6)))
    throw source.error(at, '<? begins no <?xml ... ?>', 'remove it');
  if (source.text.slice(0, at).trim() !== '')
    throw source.error(at, '<?xml ... ?> is not at the start of the file', 'move it to the first line');
}

const NO_CONFIG = 'this is not a confxml.xml, which begins with <head version="2.5">';

/** Between tags only white space may stand: every setting of a config is an attribute. */
function refuseText(source: ConfigSource, from: number, to: number, parent: Tag | undefined): void {
  const length = source.text.slice(from, to).search(/[^ \t\r\n]/);
  if (length === -1) return;
  const at = from + length;
  const { text } = source;
  const lookAlike = lookAlikeAt(text, at);
  if (lookAlike !== undefined)
    throw source.error(at, `${lookAlike.name} between the tags`, plainRemedy(lookAlike));
  if (text.startsWith('-->', at))
    throw source.error(at, '--> outside of a comment', 'comments do not nest: the first --> ended this one');
  if (text.startsWith('&lt;', at))
    throw source.error(
      at,
      '&lt; where a tag should begin',
      'replace &lt; &gt; &quot; in the whole file by < > "',
    );
  if (parent === undefined && !/<head[\s>]/.test(text)) {
    const problem = `the file begins with ${describeCharacter(text, at)}, not with <head>`;
    throw source.error(at, problem, NO_CONFIG);
  }
  if (text.charAt(at) === '>') throw source.error(at, '> that closes nothing', 'remove it');
  throw source.error(
    at,
    `text between the tags begins with ${describeCharacter(text, at)}`,
    textRemedy(parent),
  );
}

function textRemedy(parent: Tag | undefined): string {
  const [attribute] = (parent && knownElements.get(parent.name)?.attributes) ?? [];
  if (parent === undefined || parent.name === 'head' || attribute === undefined)
    return 'remove it, or make it a comment: <!-- ... -->';
  return `probably meant: <${parent.name} ${attribute}="...">`;
}
