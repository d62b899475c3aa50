import { describe, expect, it } from 'vitest';
import {
  escapeJson,
  escapeLines,
  escapeText,
  showsUtf8,
  type TextStyle,
} from '../../../src/cli/output/text.ts';
import { decodeName } from '../../../src/protocol/index.ts';

const plain = { eightBit: false, utf8: false };
const utf8 = { eightBit: false, utf8: true };
const eightBit = { eightBit: true, utf8: false };

/** What rsync 3.5.0 printed for files with these names, under LC_ALL=C. */
const recorded: ReadonlyArray<readonly [string, string]> = [
  ['a\u0001b', 'a\\#001b'],
  ['a\u007fb', 'a\u007fb'],
  ['tab\tx', 'tab\tx'],
  ['cr\rx', 'cr\\#015x'],
  ['nl\n', 'nl\\#012'],
  ['b\\x', 'b\\x'],
  ['b\\#12', 'b\\#12'],
  ['b\\#123', 'b\\#134#123'],
  ['b\\#1234', 'b\\#134#1234'],
  ['b\\#999', 'b\\#134#999'],
  ['b\\#abc', 'b\\#abc'],
  ['ü', '\\#303\\#274'],
  ['😀', '\\#360\\#237\\#230\\#200'],
  ['\u200bzw', '\\#342\\#200\\#213zw'],
  ['\u0085x', '\\#302\\#205x'],
];

/** The same for names that are not UTF-8. */
const recordedBytes: ReadonlyArray<readonly [string, string]> = [
  ['ff', '\\#377'],
  ['c3', '\\#303'],
  ['c0af', '\\#300\\#257'],
  ['eda080', '\\#355\\#240\\#200'],
  ['e28278', '\\#342\\#202x'],
  ['78c3bc79ff7a', 'x\\#303\\#274y\\#377z'],
];

describe('text from elsewhere', () => {
  it.each(recorded)('%j is shown as %s', (text, shown) => {
    expect(escapeText(text, plain)).toBe(shown);
  });

  it.each(recordedBytes)('the bytes %s are shown as %s', (hex, shown) => {
    expect(escapeText(decodeName(Buffer.from(hex, 'hex')), plain)).toBe(shown);
  });

  it.each([
    ['ü', 'ü'],
    ['😀', '😀'],
    ['\ufeffbom', '\ufeffbom'],
    ['cr\rx', 'cr\\#015x'],
    ['\u0085x', '\\#302\\#205x'],
  ])('%j is shown as %s where a terminal shows UTF-8', (text, shown) => {
    expect(escapeText(text, utf8)).toBe(shown);
  });

  it('keeps what is UTF-8 beside bytes that are not', () => {
    expect(escapeText(decodeName(Buffer.from('78c3bc79ff7a', 'hex')), utf8)).toBe('xüy\\#377z');
  });

  it('keeps all bytes above 127 with -8, but no control characters', () => {
    const name = decodeName(Buffer.from('74ff0a', 'hex'));
    expect(escapeText(name, eightBit)).toBe(`${decodeName(Buffer.from('74ff', 'hex'))}\\#012`);
  });
});

/** Which single bytes, as names, go out as they are. */
function rawBytes(style: TextStyle): number[] {
  return Array.from({ length: 256 }, (_, byte) => byte).filter(
    (byte) => escapeText(decodeName(Buffer.of(byte)), style) === decodeName(Buffer.of(byte)),
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

describe('each of the 256 bytes, alone in a name', () => {
  const ascii = [9, ...range(0x20, 0x7e)];

  it.each([
    ['a pipe', plain, [...ascii, 0x7f]],
    ['a pipe of UTF-8', utf8, [...ascii, 0x7f]],
    ['a pipe with -8', eightBit, [...ascii, 0x7f, ...range(0x80, 0xff)]],
    ['a terminal', { ...utf8, isTerminal: true }, ascii],
    ['a terminal with -8', { ...eightBit, isTerminal: true }, [...ascii, ...range(0x80, 0xff)]],
    ['a log file, as in one of rsync', { ...utf8, latin: true }, [...ascii, 0x7f, ...range(0xa0, 0xff)]],
  ])('goes to %s as it is, or as an octal number', (_, style, raw) => {
    expect(rawBytes(style)).toEqual(raw);
    for (const byte of range(0, 255).filter((one) => !raw.includes(one))) {
      const octal = byte.toString(8).padStart(3, '0');
      expect(escapeText(decodeName(Buffer.of(byte)), style)).toBe(`\\#${octal}`);
    }
  });
});

describe('characters that a terminal obeys', () => {
  const controls = range(0x80, 0x9f).map((point) => String.fromCodePoint(point));
  const turning = [...range(0x202a, 0x202e), ...range(0x2066, 0x2069)].map((point) =>
    String.fromCodePoint(point),
  );

  it.each([
    ['a pipe', utf8],
    ['a terminal', { ...utf8, isTerminal: true }],
    ['a log file', { ...utf8, latin: true }],
  ])('never reach %s: U+0080 to U+009F', (_, style) => {
    for (const control of controls) {
      const [, low = 0] = Buffer.from(control);
      expect(escapeText(`a${control}b`, style)).toBe(`a\\#302\\#${low.toString(8)}b`);
    }
  });

  it('never reach a terminal: DEL, and what turns the direction of writing', () => {
    const style = { ...utf8, isTerminal: true };
    expect(escapeText('a\u007fb', style)).toBe('a\\#177b');
    for (const character of turning) expect(escapeText(character, style)).toMatch(/^(?:\\#\d{3}){3}$/);
    expect(escapeText('\u200f\u05d0\u200e\u061c', style)).toBe('\u200f\u05d0\u200e\u061c');
  });

  it('stand as numbers in JSON, which says the same; bytes that are not UTF-8, too', () => {
    const bytes = decodeName(Buffer.from([0x80, 0x9b, 0x9f, 0xc4, 0xe3]));
    const text = [...controls, ...turning, '\u007f', '\u2028', 'ü', '😀', '\u001b', bytes].join('x');
    const record = escapeJson(`{"text":"${JSON.stringify(text).slice(1, -1)}","short":"${bytes}"}`);
    expect(record).not.toMatch(/[\p{Cc}\p{Cs}]|[\u2028-\u202e\u2066-\u2069]/u);
    expect(JSON.parse(record)).toEqual({ text, short: bytes });
  });
});

it('keeps the line breaks of a text that is ours', () => {
  expect(escapeLines('one\u001b\ntwo\u0085\n', utf8)).toBe('one\\#033\ntwo\\#302\\#205\n');
});

describe('a terminal', () => {
  it.each([
    [{}, false],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'zh_CN.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
    [{ LANG: 'zh_CN.GBK' }, false],
  ])('with %j shows UTF-8: %s', (environment, expected) => {
    expect(showsUtf8(environment)).toBe(expected);
  });
});
