import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import { checkPath, isPlainPath } from '../../../src/protocol/wire/plain-path.ts';

const ODD = [
  '',
  '.',
  '..',
  '/',
  '//',
  '/a',
  '/etc/passwd',
  'a/',
  'a//b',
  '//a',
  './a',
  'a/.',
  'a/./b',
  '../a',
  'a/..',
  'a/../b',
  'a/b/../../../c',
  '\0',
  'a\0',
  'a/\0b',
  'a\n/..',
  '..\n/../a',
  '\ud800',
  'a/\udc00',
  // The two bytes of an e with an acute accent, written as bytes that are not UTF-8.
  '\udcc3\udca9',
];

const PLAIN = [
  'a',
  'a/b',
  '...',
  '.a',
  'a.',
  '..a',
  'a..',
  'a/...',
  '.a/..b',
  ' ',
  '~',
  '-n',
  'a\nb',
  'a\\b',
  'a/b c/\u{1f600}',
  'caf\udce9/\udcd6\udcd0',
  'x'.repeat(255),
];

describe('a plain path', () => {
  it.each(PLAIN)('is %j', (path) => {
    expect(isPlainPath(path)).toBe(true);
    expect(() => checkPath('gone', path)).not.toThrow();
  });

  it.each(ODD)('is not %j', (path) => {
    expect(isPlainPath(path)).toBe(false);
    expect(() => checkPath('gone', path)).toThrow(UsageError);
  });

  it.each([undefined, null, 5, ['a'], {}, Symbol('a')])('is a string, not %o', (path) => {
    expect(isPlainPath(path)).toBe(false);
    expect(() => checkPath('gone', path)).toThrow(UsageError);
  });

  it('is told by field and value where it is none', () => {
    expect(() => checkPath('gone', 'a//b')).toThrow(/^gone: "a\/\/b" is not a path/);
  });

  it('has components that can each be a name', () => {
    const part = fc.constantFrom('', '.', '..', 'a', '.a', 'a.', '\0');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const isPlain = parts.every((name) => !['', '.', '..'].includes(name) && !name.includes('\0'));
        expect(isPlainPath(parts.join('/'))).toBe(isPlain);
      }),
    );
  });
});
