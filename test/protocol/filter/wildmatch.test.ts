import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcards } from '../../../src/protocol/filter/wildmatch.ts';
import { runs } from '../../support/runs.ts';

/** Recorded from rsync 3.5.0: the bytes (but NUL and the slash) that a set matches. */
const recordedSets: ReadonlyArray<readonly [set: string, bytes: string]> = [
  ['?', '01-. 0-ff'],
  ['[abc]', 'a-c'],
  ['[a-e]', 'a-e'],
  ['[!a]', '01-. 0-` b-ff'],
  ['[^a]', '01-. 0-` b-ff'],
  ['[]]', ']'],
  ['[!]]', '01-. 0-\\ ^-ff'],
  ['[]a]', '] a'],
  ['[^]a]', '01-. 0-\\ ^-` b-ff'],
  ['[]-a]', ']-a'],
  ['[a-]', '- a'],
  ['[-a]', '- a'],
  ['[e-a]', 'e'],
  ['[a-\\]]', 'a'],
  ['[\\]]', ']'],
  ['[\\a]', 'a'],
  ['[a\\-e]', '- a e'],
  ['[\\a-\\e]', 'a-e'],
  ['[a-c-e]', '- a-c e'],
  ['[\\!a]', '! a'],
  ['[!\\]a]', '01-. 0-\\ ^-` b-ff'],
  ['[!-a]', '01-, . 0-` b-ff'],
  ['[--a]', '--. 0-a'],
  ['[+--]', '+--'],
  ['[!!]', '01-20 "-. 0-ff'],
  ['[^^]', '01-. 0-] _-ff'],
  ['[.-0]', '. 0'],
  ['[*]', '*'],
  ['[[]', '['],
  ['[[a]', '[ a'],
  ['[[-a]', '[-a'],
  ['[z-[]', 'z'],
  ['[Z-[]', 'Z-['],
  ['[[:]', ': ['],
  ['[[:a]', ': [ a'],
  ['[[:-a]', ':-a'],
  ['[:alpha:]', ': a h l p'],
  ['[[:alpha:]]', 'A-Z a-z'],
  ['[![:alpha:]]', '01-. 0-@ [-` {-ff'],
  ['[[:alpha:]-z]', '- A-Z a-z'],
  ['[[:alpha:][:digit:]]', '0-9 A-Z a-z'],
  ['[[:digit:]a-c]', '0-9 a-c'],
  ['[[:alnum:]]', '0-9 A-Z a-z'],
  ['[[:blank:]]', '09 20'],
  ['[[:cntrl:]]', '01-1f 7f'],
  ['[[:graph:]]', '!-. 0-~'],
  ['[[:lower:]]', 'a-z'],
  ['[[:print:]]', '20-. 0-~'],
  ['[[:punct:]]', '!-. :-@ [-` {-~'],
  ['[[:space:]]', '09-0d 20'],
  ['[[:upper:]]', 'A-Z'],
  ['[[:xdigit:]]', '0-9 A-F a-f'],
  ['[a', ''],
  ['[', ''],
  ['[!', ''],
  ['[]', ''],
  ['[!]', ''],
  ['[a-', ''],
  ['[a\\', ''],
  ['[a-\\', ''],
  ['[[:foo:]]', ''],
  ['[![:foo:]]', ''],
  ['[[:ALPHA:]]', ''],
  ['[[:alpha:]', ''],
  ['[[:alpha:', ''],
  ['[[::]]', ''],
  ['?\\', ''],
  ['*\\', ''],
];

/** The bytes behind a `q` with which a pattern matches, as ranges. */
function matchedBytes(pattern: string): string {
  const matches = compileWildcards(`q${pattern}`);
  const bytes = Array.from({ length: 255 }, (_, i) => i + 1).filter(
    (byte) => byte !== 0x2f && matches(`q${String.fromCharCode(byte)}`),
  );
  const ranges: Array<[first: number, last: number]> = [];
  for (const byte of bytes) {
    const range = ranges.at(-1);
    if (range?.[1] === byte - 1) range[1] = byte;
    else ranges.push([byte, byte]);
  }
  const show = (byte: number) =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte.toString(16).padStart(2, '0');
  return ranges
    .map(([first, last]) => (first === last ? show(first) : `${show(first)}-${show(last)}`))
    .join(' ');
}

describe('wildcards', () => {
  it.each(recordedSets)('%s matches one byte of: %s', (set, bytes) => {
    expect(matchedBytes(set)).toBe(bytes);
  });

  it.each([
    ['[[:alpha]]', 'l]'],
    ['[a-[:alpha:]]', 'a]'],
    ['[[.a.]]', 'a]'],
    ['[[:]]', ':]'],
    ['[a]]', 'a]'],
  ])('%s ends where the first bracket closes it, so that it matches %s', (pattern, text) => {
    expect(compileWildcards(pattern)(text)).toBe(true);
  });

  it.each([
    ['*', '', true],
    ['*', 'abc', true],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['***', 'a/b/', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*c', 'abbc', true],
    ['a*c', 'ab/c', false],
    ['a**c', 'ab/c', true],
    ['a*/c', 'ab/c', true],
    ['a*/c', 'a/b/c', false],
    ['a**/c', 'a/b/c', true],
    ['a/**/c', 'a/c', false],
    ['*/*', 'a/b', true],
    ['*/*', 'a/b/c', false],
    ['**/x*y', 'a/xb/xcy', true],
    ['**x*y/z', 'x/xay/z', true],
    ['**x*y/z', 'xa/y/z', false],
    ['*a*b', 'aab', true],
    ['*ab', 'aab', true],
    ['**ab*', 'aaab/ab', true],
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['', '', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\bc*', 'abcd', true],
    ['?', '/', false],
  ])('%s against %s is %s', (pattern, text, expected) => {
    expect(compileWildcards(pattern)(text)).toBe(expected);
  });

  it('agree with a matcher that tries everything', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '/', '?', '*', '**', '[ab]'), { maxLength: 9 });
    const text = fc.array(fc.constantFrom('a', 'a', 'b', '/'), { maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (pieces, characters) => {
        // Side by side, two stars would be one `**`.
        const parts = pieces.filter((piece, i) => !(piece.startsWith('*') && pieces[i - 1]?.startsWith('*')));
        expect(compileWildcards(parts.join(''))(characters.join(''))).toBe(matchesSlowly(parts, characters));
      }),
      { numRuns: runs(3000) },
    );
  });

  it.each(['*a', '**a', '*[a]', '**[ab]*?a', '*a/', '**a*'])('do not blow up on many %s', (piece) => {
    const matches = compileWildcards(`${piece.repeat(300)}b`);
    for (const text of ['a'.repeat(4000), 'a/'.repeat(2000), `${'a'.repeat(200)}/`.repeat(19)]) {
      expect(matches(text)).toBe(false);
    }
  });

  it('do not blow up on long segments that start over and over', () => {
    const text = `${'a'.repeat(250)}/`.repeat(16);
    expect(compileWildcards(`**a*${'a'.repeat(2000)}b`)(text)).toBe(false);
    expect(compileWildcards(`**a*${'?'.repeat(200)}*a/${'[a]'.repeat(260)}`)(text)).toBe(false);
  });
});

function matchesSlowly(pattern: readonly string[], text: readonly string[]): boolean {
  const [piece, ...rest] = pattern;
  const [character, ...behind] = text;
  if (piece === undefined) return text.length === 0;
  if (piece.startsWith('*')) {
    if (matchesSlowly(rest, text)) return true;
    return character !== undefined && (piece === '**' || character !== '/') && matchesSlowly(pattern, behind);
  }
  const isWild = piece === '?' || piece === '[ab]';
  return (
    character !== undefined &&
    (isWild ? character !== '/' : piece === character) &&
    matchesSlowly(rest, behind)
  );
}
