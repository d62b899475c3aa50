import { ValueError } from '../filter/value-error.ts';

/** XML knows these by name; a document type could add more, but is not allowed here. */
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const REFERENCE = /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([A-Za-z]\w{0,30}));/y;

/** A value as it is meant: `&amp;` and its like replaced. Never longer than `raw`. */
export function decodeReferences(raw: string): string {
  if (!raw.includes('&')) return raw;
  let value = '';
  for (let at = 0; at < raw.length; ) {
    const reference = referenceAt(raw, at);
    value += reference?.text ?? raw.charAt(at);
    at += reference?.length ?? 1;
  }
  return value;
}

/** Where in `raw` the character stands that has this index in the decoded value. */
export function rawIndexOf(raw: string, index: number): number {
  let at = 0;
  for (let decoded = 0; decoded < index && at < raw.length; ) {
    const reference = referenceAt(raw, at);
    decoded += reference?.text.length ?? 1;
    at += reference?.length ?? 1;
  }
  return at;
}

function referenceAt(raw: string, at: number): { text: string; length: number } | undefined {
  if (raw.charAt(at) !== '&') return undefined;
  REFERENCE.lastIndex = at;
  const [whole, hexadecimal, decimal, name] = REFERENCE.exec(raw) ?? [];
  if (whole === undefined) throw new ValueError(at, 'a bare &', 'write &amp;');
  const text = name === undefined ? numbered(hexadecimal, decimal) : lookUp(name);
  if (text === undefined) throw new ValueError(at, `unknown reference ${whole}`, 'write &amp; for a plain &');
  return { text, length: whole.length };
}

function lookUp(name: string): string | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

/** Undefined for control characters, surrogates and what is beyond Unicode. */
function numbered(hexadecimal: string | undefined, decimal: string | undefined): string | undefined {
  const number = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  const isControl = (number < 0x20 && number !== 9) || number === 0x7f;
  const isSurrogate = number >= 0xd800 && number <= 0xdfff;
  return isControl || isSurrogate || number > 0x10ffff ? undefined : String.fromCodePoint(number);
}
