import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeName } from '../../../src/protocol/index.ts';
import { PathPattern } from '../../../src/watch/filter/path-pattern.ts';
import { parseConfig } from '../../../src/watch/index.ts';

const gbk = (hex: string) => decodeName(Buffer.from(hex, 'hex'));
const GBK_CONFIG = join(import.meta.dirname, '../../../fixtures/confxml/gbk.xml');

describe('a pattern', () => {
  it('matches a whole path, or finds a part with its groups and what follows', () => {
    const whole = new PathPattern('site/([a-z]+)(x)?', { extent: 'whole', isBytewise: false });
    expect([whole.matches('site/img'), whole.matches('/site/img'), whole.matches('site/img/')]).toEqual([
      true,
      false,
      false,
    ]);
    const part = new PathPattern('site/([a-z]+)(x)?', { extent: 'part', isBytewise: false });
    expect(part.find('/srv/site/img/中/a.png')).toEqual({ groups: ['img', undefined], rest: '/中/a.png' });
    expect(part.find('/srv/')).toBeUndefined();
  });

  it('compares bytes where they are not UTF-8: C4 A3 alone is a letter of UTF-8, behind D6 C4 it is not', () => {
    const name = gbk('c4a3');
    const path = gbk('d6c4a3b0');
    expect(name).toBe('ģ');
    const bytewise = new PathPattern(`(.)(.)${gbk('a3b0')}`, { extent: 'whole', isBytewise: true });
    expect(bytewise.matches(path)).toBe(true);
    expect(bytewise.find(path)).toEqual({ groups: [gbk('d6'), gbk('c4')], rest: '' });
    expect(new PathPattern(gbk('a3b0'), { extent: 'part', isBytewise: false }).matches(path)).toBe(false);
  });

  it('gives the rest of a path as the name that it is', () => {
    const pattern = new PathPattern(`/${gbk('d6d0')}/`, { extent: 'part', isBytewise: true });
    expect(pattern.find(gbk('2fd6d02fd6d0ceC4'))?.rest).toBe(gbk('d6d0cec4'));
  });

  it('takes no byte for white space', () => {
    const pattern = new PathPattern('\\S+[\\S][^\\s]', { extent: 'whole', isBytewise: true });
    expect([pattern.matches(gbk('b0a0a0a0')), pattern.matches('a b')]).toEqual([true, false]);
  });

  it('says in characters where and what is wrong, even bytewise', () => {
    const kind = { extent: 'whole', isBytewise: true } as const;
    expect(() => new PathPattern(`${gbk('d6d0')}ģ*+`, kind)).toThrow(expect.objectContaining({ index: 4 }));
    expect(() => new PathPattern(`*${gbk('d6d0')}`, kind)).toThrow(
      expect.objectContaining({ remedy: `probably meant: (.*)${gbk('d6d0')}` }),
    );
  });
});

describe('the filter of a GBK config', () => {
  const { excludes } = parseConfig(readFileSync(GBK_CONFIG), 'gbk.xml').config.filter;

  it.each([
    ['c1d9cab12fc4a3', true], // 临时/模
    ['c1d9cab1', false], // 临时
    ['c4a3b0e62e747874', true], // 模版.txt
    ['d6c4a3c4a3bfe92e747874', true], // two bytes more, then 模块.txt
    ['c4a3bfe92e786d6c', false], // 模块.xml
  ])('leaves out %s: %s', (path, isLeftOut) => {
    expect(excludes.some((pattern) => pattern.matches(gbk(path)))).toBe(isLeftOut);
  });
});
