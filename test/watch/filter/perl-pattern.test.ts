import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../src/watch/filter/perl-pattern.ts';
import { ValueError } from '../../../src/watch/filter/value-error.ts';
import { runs } from '../../support/runs.ts';

interface Sample {
  readonly expression: string;
  readonly matches: readonly string[];
  readonly not: readonly string[];
}

/** What matches as a whole. Checked with Perl itself, as m/\A(?:EXPRESSION)\z/s, but for what boost alone has. */
const samples: readonly Sample[] = [
  // The expressions of sersync's own examples
  { expression: '(.*)\\.svn', matches: ['.svn', 'a/b.svn'], not: ['a.svn/', '.svn/entries'] },
  { expression: '^info/*', matches: ['info', 'info/', 'info//'], not: ['info/a', 'my/info'] },
  { expression: '(.*)\\.(jpg|gz)', matches: ['a.jpg', 'a/b.gz'], not: ['a.png', 'ajpg'] },
  { expression: '^static/.*$', matches: ['static/a/b'], not: ['static', 'x/static/a'] },
  // Repeats
  { expression: 'a{2}b{1,}c{0,1}', matches: ['aab', 'aabbbc'], not: ['abc', 'aabcc'] },
  { expression: 'a+?b*?c??', matches: ['a', 'aabbc'], not: ['b', 'acc'] },
  { expression: 'a{b}', matches: ['a{b}'], not: ['ab'] },
  { expression: '{1', matches: ['{1'], not: ['1'] },
  { expression: 'a]b}', matches: ['a]b}'], not: ['ab'] },
  { expression: '中{2}', matches: ['中中'], not: ['中'] },
  { expression: '😀+', matches: ['😀😀'], not: ['😀a'] },
  // Alternatives and groups
  { expression: 'a|b', matches: ['a', 'b'], not: ['ab', 'xa'] },
  { expression: '(a|)b', matches: ['ab', 'b'], not: ['a'] },
  { expression: '(?:ab)+', matches: ['abab'], not: ['aba'] },
  { expression: '(a)(b)\\2\\1', matches: ['abba'], not: ['abab'] },
  { expression: '(a)(b)\\g1\\g{-1}\\g{2}', matches: ['ababb'], not: ['abaab'] },
  { expression: "(?<one>a)(?'two'b)\\k<two>\\k'one'\\k{one}\\g{two}", matches: ['abbaab'], not: ['ababab'] },
  { expression: '(?P<one>a)\\k<one>', matches: ['aa'], not: ['a'] },
  { expression: '(?!tmp/).*', matches: ['a', 'a/tmp/'], not: ['tmp/', 'tmp/a'] },
  { expression: '.*(?<!\\.bak)', matches: ['a', '.ba'], not: ['a.bak'] },
  { expression: 'a(?=b).(?<=b)c', matches: ['abc'], not: ['acc'] },
  { expression: 'a(?#any name)b', matches: ['ab'], not: ['a'] },
  { expression: '(?i)readme\\.TXT', matches: ['README.txt'], not: ['README_txt'] },
  { expression: '(?s)a.b', matches: ['a\nb', 'a/b'], not: ['ab'] },
  // Escapes
  { expression: '\\d\\D\\w\\W\\s\\S', matches: ['1ab/ x', '1a_-\tx'], not: ['11a/ x'] },
  { expression: '\\h\\v\\H\\V', matches: [' \naa', '\t\raa'], not: ['a\naa', '  aa'] },
  { expression: '\\t\\n\\r\\f\\a\\e', matches: ['\t\n\r\f\x07\x1b'], not: ['tnrfae'] },
  { expression: '\\/\\.\\@\\-\\中', matches: ['/.@-中'], not: ['/x@-中'] },
  { expression: '\\Aa\\b.\\Bb\\z', matches: [], not: ['a b'] },
  { expression: '\\Aa\\b/\\bb\\z', matches: ['a/b'], not: ['a-b'] },
  { expression: 'a\\Bb', matches: ['ab'], not: ['a'] },
  { expression: 'a\\Z', matches: ['a'], not: ['a\n'] },
  { expression: 'a\\R', matches: ['a\r\n', 'a\n'], not: ['a'] },
  // Sets
  { expression: '[a-c.]+', matches: ['a.cb'], not: ['d'] },
  { expression: '[^/]+', matches: ['ab', '中', '\n'], not: ['a/b'] },
  { expression: '[]a]+', matches: ['a]'], not: ['b'] },
  { expression: '[^]a]', matches: ['b'], not: [']', 'a'] },
  { expression: '[a\\]\\-\\\\^]+', matches: ['a]-\\^'], not: ['b'] },
  { expression: '[a-]+[-a]+', matches: ['a--a'], not: ['b-'] },
  { expression: '[[:alpha:]_]+[[:digit:]]', matches: ['a_1'], not: ['_a', '11'] },
  { expression: '[^[:space:]]+', matches: ['a'], not: ['a b'] },
  { expression: '[[:punct:]]+', matches: ['!/:@[`{~-]'], not: ['a', ' '] },
  { expression: '[\\d\\s]+', matches: ['1 2'], not: ['a'] },
  { expression: '[\\S]', matches: ['a', '中'], not: [' '] },
  { expression: '[[]', matches: ['['], not: [']'] },
  { expression: '[$.*(){}|/&~]+', matches: ['$.*(){}|/&~'], not: ['a'] },
  { expression: '[一-龥]+', matches: ['中文'], not: ['a'] },
  { expression: '[\\x41-\\x43]', matches: ['B'], not: ['D'] },
  { expression: '[\\n\\t]', matches: ['\n'], not: ['n'] },
  // Boost alone: a reference has one digit, an octal number three behind the 0; \Q...\E; \l and \u are classes,
  // \< and \> the ends of a word, \` and \' those of the path
  { expression: '(a)\\10', matches: ['aa0'], not: ['aa'] },
  { expression: '\\x41\\x{42}\\0103\\cA', matches: ['ABC\x01'], not: ['ABCA'] },
  { expression: '\\Qa.b(*\\E+', matches: ['a.b(*', 'a.b(**'], not: ['axb('] },
  { expression: '\\Qa.b', matches: ['a.b'], not: ['axb'] },
  { expression: '\\l\\u\\L\\U', matches: ['aAAa'], not: ['AAAa'] },
  { expression: '[\\l\\U]', matches: ['a', '1'], not: ['A'] },
  { expression: '.*\\<tmp\\>.*', matches: ['a/tmp/b', 'tmp'], not: ['tmps', 'atmp'] },
  { expression: "\\`a\\'", matches: ['a'], not: ['b'] },
  // Bytes that are not UTF-8
  { expression: '.*\udcd6\udcd0', matches: ['a\udcd6\udcd0'], not: ['\udcd6'] },
];

describe('an expression', () => {
  it.each(samples)('$expression matches what it does in Perl', ({ expression, matches, not }) => {
    const regex = compilePattern(expression, 'whole');
    expect(matches.filter((path) => !regex.test(path))).toEqual([]);
    expect(not.filter((path) => regex.test(path))).toEqual([]);
  });

  it('may match a part', () => {
    expect(compilePattern('site/([a-z]+)', 'part').exec('/srv/site/img/a')?.[1]).toBe('img');
  });
});

describe('an expression is refused at the place of what is wrong or not the same in JavaScript:', () => {
  it.each([
    ['*.php', 0, 'nothing before * that it could repeat', 'probably meant: (.*)\\.php'],
    ['a|*', 2, 'nothing before * that it could repeat', 'a plain * is written \\*'],
    ['a(+b)', 2, 'nothing before + that it could repeat', 'a plain + is written \\+'],
    ['a**', 2, 'nothing before * that it could repeat', 'a plain * is written \\*'],
    ['^*', 1, 'nothing before * that it could repeat', 'a plain * is written \\*'],
    ['(?=a)*', 5, 'nothing before * that it could repeat', 'a plain * is written \\*'],
    ['\\b+', 2, 'nothing before + that it could repeat', 'a plain + is written \\+'],
    ['{2}', 0, 'nothing before {2} that it could repeat', 'a plain {2} is written \\{2}'],
    ['a++', 2, 'possessive repeats are not supported', 'leave out this +'],
    ['a{2,1}', 1, '{2,1} ends before it begins', 'probably meant: {1,2}'],
    ['a{1001}', 1, '{1001} counts beyond 1000', 'use + or *'],
    ['a{1001,}', 1, '{1001,} counts beyond 1000', 'use + or *'],
    ['a(b', 1, '( is never closed', 'add ), or write \\('],
    ['ab)', 2, ') closes nothing', 'remove it, or write \\)'],
    ['a[b', 1, '[ is never closed', 'add ], or write \\['],
    ['a[]', 1, '[ is never closed', 'add ], or write \\['],
    ['[a\\', 0, '[ is never closed', 'add ], or write \\['],
    ['[b-a]', 2, 'a range that ends before it begins', 'put the - at the end of the [...]'],
    ['[a-\\d]', 2, 'a class cannot be the end of a range', 'put the - at the end of the [...]'],
    ['[[:foo:]]', 1, '[:foo:] is not supported', 'list the characters'],
    ['[[.a.]]', 1, '[.a.] is not supported', 'list the characters'],
    ['[[=a=]]', 1, '[=a=] is not supported', 'list the characters'],
    ['[\\p{L}]', 1, '\\p is not supported', 'list the characters in [...]'],
    ['a\\', 1, 'a \\ at the end', 'remove it, or write \\\\'],
    ['a\\1(b)', 1, '\\1 refers to no group before it', 'count the ( from the left'],
    ['(a)\\k<b>', 3, '\\k<b> refers to no group before it', 'count the ( from the left'],
    ['(a)\\g{-2}', 3, '\\g{-2} refers to no group before it', 'count the ( from the left'],
    ['\\k', 0, 'this refers to no group before it', 'count the ( from the left'],
    ['\\pL', 0, '\\p is not supported', 'list the characters in [...]'],
    ['a\\X', 1, '\\X is not supported', 'list the characters in [...]'],
    ['\\xZ', 0, '\\x without a number', 'write \\x41 or \\x{41}'],
    ['\\xe4', 0, '\\xe4 is beyond ASCII', 'write the character itself'],
    ['\\c', 0, '\\c without a letter', 'write \\\\c for a plain \\c'],
    ['(?>a)', 0, '(?>a begins a group that is not supported', 'use (...) or (?:...)'],
    ['a(?|b)', 1, '(?|b begins a group that is not supported', 'use (...) or (?:...)'],
    ['(?R)', 0, '(?R) begins a group that is not supported', 'use (...) or (?:...)'],
    ['(?x)a b', 0, '(?x) begins a group that is not supported', 'use (...) or (?:...)'],
    ['(?i:a)', 0, '(?i: begins a group that is not supported', 'use (...) or (?:...)'],
    ['a(?i)b', 1, '(?i) is supported at the start only', 'move it there'],
    ['('.repeat(101), 100, 'groups are nested more than 100 deep', 'use several expressions'],
    ['a'.repeat(4097), 4096, 'longer than 4096 characters', 'use several expressions'],
  ])('%s', (expression, index, message, remedy) => {
    expect(() => compilePattern(expression, 'whole')).toThrow(ValueError);
    expect(() => compilePattern(expression, 'whole')).toThrow(
      expect.objectContaining({ index, message, remedy }),
    );
  });
});

const pieces = fc.constantFrom(
  ...[
    'a',
    '-',
    '^',
    '$',
    '.',
    '*',
    '+',
    '?',
    '{',
    '}',
    '{2}',
    '{1,3}',
    '(',
    ')',
    '(?:',
    '(?=',
    '(?<!',
    '(?<n>',
    '|',
  ],
  ...[
    '[',
    ']',
    '[^',
    '[:alpha:]',
    '\\',
    '\\d',
    '\\b',
    '\\1',
    '\\k<n>',
    '\\Q',
    '\\E',
    '\\x{1F}',
    '\\S',
    '(?i)',
    '/',
  ],
  ...['中', '😀', '\udcd6', ',', '0', '&'],
);

describe('any expression', () => {
  it('is either compiled or refused with a place inside it', () => {
    const expressions = fc.oneof(
      fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(expressions, (expression) => {
        try {
          expect(compilePattern(expression, 'whole')).toBeInstanceOf(RegExp);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ValueError);
          expect((thrown as ValueError).index).toBeLessThanOrEqual(expression.length);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
