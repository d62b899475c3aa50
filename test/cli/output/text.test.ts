import { describe, expect, it } from 'vitest';
import { escapeText, showsUtf8 } from '../../../src/cli/output/text.ts';
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
