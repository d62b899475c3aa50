import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearPattern } from '../../../src/watch/filter/linear-pattern.ts';
import { compilePattern } from '../../../src/watch/filter/perl-pattern.ts';
import { runs } from '../../support/runs.ts';

function linear(source: string, flags = 'su'): LinearPattern {
  return new LinearPattern(source, flags);
}

describe('a linear pattern', () => {
  it.each([
    ['^(?:(.*)+\\.gz)$', 'a/b.gz'],
    ['(a|ab)(c|bcd)(d*)', 'xabcd'],
    ['(a*?)(a*)', 'aaa'],
    ['(?:a|)*b', 'aab'],
    ['(?:a*)*', 'aa'],
    ['(?:a*){2,3}b', 'aab'],
    ['\\bfoo\\B', 'a foox'],
    ['[^/]{2,}?/', 'abc/d'],
    ['(😀)+x', '😀😀x'],
    ['[😀é].', 'é😀'],
    ['(x)?y', 'y'],
    ['a{0}b', 'b'],
    ['^$', ''],
    ['$', 'ab'],
  ])('finds by %s in %s what JavaScript finds', (source, path) => {
    const expected = new RegExp(source, 'su').exec(path);
    const found = linear(source).exec(path);
    expect(found && [...found, found.index]).toEqual(expected && [...expected, expected.index]);
  });

  it('compares without case if told to', () => {
    expect(linear('(É|a)+z', 'isu').test('éAZ')).toBe(true);
  });

  it('finds the same as JavaScript whatever is asked', () => {
    // JavaScript looks between the halves of a pair, too, where nothing but nothing can be found.
    const atoms = fc.constantFrom('a', 'b', '.', '[^a]', '/', 'é', '\\b', '^', '$', '|', '(?:', '(', ')');
    const repeats = fc.constantFrom('', '', '', '*', '+?', '?', '{2}', '{1,3}');
    const sources = fc
      .array(fc.tuple(atoms, repeats), { maxLength: 9 })
      .map((parts) => parts.flat().join(''));
    const paths = fc
      .array(fc.constantFrom('a', 'b', '/', 'é'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(sources, paths, (source, path) => {
        let own: RegExp;
        try {
          own = new RegExp(source, 'su');
        } catch {
          return;
        }
        const expected = own.exec(path);
        const found = linear(source).exec(path);
        expect(found && [found[0], found.index]).toEqual(expected && [expected[0], expected.index]);
      }),
      { numRuns: runs(5000) },
    );
  });
});

/** Each took JavaScript's own engine hours or more with a path of this kind. */
const slow = [
  '(.*)+\\.gz',
  '(.*/)*cache/',
  '.*.*.*.*.*.*.*.*x',
  '(a|aa)+y',
  '(?:(?:a?){30}){30}a{900}b',
  '([a-z]+)*\\d',
  '(?i)(?:a|A|aa)*q',
  `${'(a|b|ab)'.repeat(40)}!`,
  `${'a?'.repeat(60)}${'a'.repeat(60)}`,
  '([^/]+/?)+\\.tmp',
];

describe('an expression that goes back and forth', () => {
  it('answers about long paths before a child process would be ended', () => {
    const modulePath = join(import.meta.dirname, '../../../src/watch/filter/perl-pattern.ts');
    const paths = ['a'.repeat(58), 'a'.repeat(4000), `${'a/'.repeat(2000)}`, `${'ab'.repeat(2000)}z`];
    const script = `
      const { compilePattern } = await import(${JSON.stringify(modulePath)});
      const answers = ${JSON.stringify(slow)}.map((expression) => {
        const pattern = compilePattern(expression, 'whole');
        return ${JSON.stringify(paths)}.map((path) => pattern.test(path));
      });
      console.log(JSON.stringify(answers.flat()));
    `;
    const options = { encoding: 'utf8', timeout: 100_000, killSignal: 'SIGKILL', input: script } as const;
    const words = ['--no-warnings', '--input-type=module', '-'];
    const answers = JSON.parse(execFileSync(process.execPath, words, options));
    expect(answers).toEqual(new Array(slow.length * paths.length).fill(false));
  });

  it('is refused at its place if only going back and forth could answer', () => {
    const thrown = (expression: string) => {
      try {
        return compilePattern(expression, 'whole');
      } catch (error) {
        return error;
      }
    };
    expect(thrown('ab(.*)+\\1')).toMatchObject({
      index: 7,
      remedy: 'repeat less, or do without a reference',
    });
    expect(thrown('a(?!(.*)+\\.gz).*')).toMatchObject({
      index: 1,
      remedy: 'repeat less, or do without a look ahead or behind',
    });
    expect(thrown('ab(?:a{1,900}b){1,900}')).toMatchObject({
      index: 6,
      remedy: 'repeat less, or do without a large count',
    });
  });

  it('is left to JavaScript where that is quick', () => {
    for (const expression of ['(.*)\\.(jpg|gz)', '^info/*', '(.*)/cache/(.*)', '(a)\\1', '(?!tmp/).*'])
      expect(compilePattern(expression, 'whole')).not.toBeInstanceOf(LinearPattern);
  });
});
