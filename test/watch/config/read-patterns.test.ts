import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/watch/index.ts';
import { configErrorOf, confxml, notesOf, parse } from '../../support/confxml.ts';

const filter = (start: string, ...excludes: string[]) => ({
  head: `<filter start="${start}">${excludes.map((text) => `<exclude expression="${text}"/>`).join('')}</filter>`,
});

describe('<filter>', () => {
  it('is refused at the character that is wrong', () => {
    expect(configErrorOf(() => parse(filter('true', '(.*)\\.svn', '*.php')))).toBe(
      'c.xml:3:76: <exclude>: expression: nothing before * that it could repeat; probably meant: (.*)\\.php',
    );
    expect(configErrorOf(() => parse(filter('true', 'a&amp;&amp;(b')))).toBe(
      'c.xml:3:54: <exclude>: expression: ( is never closed; add ), or write \\(',
    );
  });

  it('that is off keeps what is right', () => {
    expect(notesOf(filter('false', 'a', '*.php'))).toEqual([
      '3:69: not in use, else an error: <exclude>: expression: nothing before * that it could repeat; probably meant: (.*)\\.php',
    ]);
    expect(
      parse(filter('false', 'a', '*.php')).config.filter.excludes.map(({ expression }) => expression),
    ).toEqual(['a']);
  });

  it('that is on and empty is noted', () => {
    expect(notesOf(filter('true'))).toEqual(['3:1: <filter> is on, but holds no <exclude>']);
    expect(notesOf(filter('false'))).toEqual([]);
  });
});

describe('an operator in a GBK expression', () => {
  function notesOfBytes(hex: string) {
    const [before, after] = confxml(filter('true', '@')).split('@') as [string, string];
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);
    return parseConfig(bytes, 'c.xml').notes.map(
      ({ line, column, message }) => `${line}:${column}: ${message}`,
    );
  }

  it('is noted where it may be half a character', () => {
    expect(notesOfBytes('b0a1d57c2e2a')).toEqual([
      '3:46: <exclude>: | is read as an operator; if it is half of a GBK character, write \\x7C',
    ]);
  });

  it('is not noted behind whole characters', () => {
    expect(notesOfBytes('b0a17cd541b0a17c')).toEqual([]);
  });
});
