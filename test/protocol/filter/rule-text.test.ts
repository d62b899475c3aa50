import { describe, expect, it } from 'vitest';
import { splitRules, type TextLayout } from '../../../src/protocol/filter/rule-text.ts';

function split(text: string | Buffer, layout: Partial<TextLayout> = {}): string[] {
  const whole = { isWordwise: false, from0: false, ...layout };
  return [...splitRules(Buffer.from(text), whole)].map(({ text: rule, line }) => `${line} ${rule}`);
}

describe('a rule file', () => {
  it('has a rule on each line, however lines end, but for empty ones and remarks', () => {
    expect(split('a\nb\r\nc\rd\n\n# x\n; y\n #z\n  lead\ntrail  ')).toEqual([
      ...['1 a', '2 b', '3 c', '4 d', '8  #z', '9   lead', '10 trail  '],
    ]);
  });

  it('keeps bytes that are not text', () => {
    expect(split(Buffer.from('61ff0ac3bc0a', 'hex'))).toEqual(['1 a\udcff', '2 ü']);
  });

  it('is cut at NUL on request, where newlines belong to a rule', () => {
    expect(split('a\0b\nc\0#d\0;e\0\0f\r\0', { from0: true })).toEqual(['1 a', '2 b\nc', '6 f\r']);
  });

  it('loses what is behind a NUL otherwise', () => {
    expect(split('a\0b\nc')).toEqual(['1 a', '2 c']);
  });

  it('may have words instead, which know no remarks', () => {
    const layout = { isWordwise: true };
    expect(split('foo bar  baz\nqux\tx\vy\fz #c ;d\n', layout)).toEqual([
      ...['1 foo', '1 bar', '1 baz', '2 qux', '2 x', '2 y', '2 z', '2 #c', '2 ;d'],
    ]);
    expect(split('a\0b', { ...layout, from0: true })).toEqual(['1 a', '2 b']);
  });
});
