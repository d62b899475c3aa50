import { describe, expect, it } from 'vitest';
import { OutFormat } from '../../../src/cli/output/out-format.ts';

const values = {
  text: (letter: string) => ({ i: '<f+++++++++', n: 'big', L: '', m: '' })[letter],
  number: (letter: string) => ({ l: 3_000_000, b: 3_000_407, c: 16 })[letter],
};

/** What rsync 3.5.0 printed for a file `big` of 3,000,000 bytes. */
describe('a format', () => {
  it.each([
    ['%i %n%L', '<f+++++++++ big'],
    ['%10l|%-10l|%l|', '   3000000|3000000   |3000000|'],
    ['%20n|%-20n|', '                 big|big                 |'],
    ["%'l|%''l|%'''l|%''''l", '3,000,000|3.00M|2.86M|2.86M'],
    ["%'10l|%-'10l|%'-10l|", " 3,000,000|%-'10l|3,000,000 |"],
    ['%x%y%%%', '%x%y%%'],
    ['%5%|%5i|%14i|%-14i|', '    %|<f+++++++++|   <f+++++++++|<f+++++++++   |'],
    ['%.5n|%010l', '%.5n|   3000000'],
    ['tail %', 'tail %'],
    ['%i %I', '<f+++++++++ %I'],
    ["%'b %'c %''b", '3,000,407 16 3.00M'],
    ['a\\nb\\t%n', 'a\\nb\\tbig'],
    ['%e %S %T %Z %E', '%e %S %T %Z %E'],
    ["%1n %3n %'n", 'big big big'],
    ['%-', '%-'],
    ['[%m][%h][%a][%u][%P]', '[][%h][%a][%u][%P]'],
    ['', ''],
  ])('%s', (format, expected) => {
    expect(new OutFormat(format).line(values)).toBe(expected);
  });

  it('counts bytes for its widths', () => {
    const umlaut = { text: () => 'ü', number: () => undefined };
    expect(new OutFormat('%4n|%-4n|').line(umlaut)).toBe('  ü|ü  |');
  });

  it('keeps its fields within bounds, however wide they are wished', () => {
    expect(new OutFormat('%99999999n').line(values)).toHaveLength(1000);
  });

  it('knows what it asks for', () => {
    const format = new OutFormat("%n %''b %%C");
    expect(['n', 'b', 'C', 'xb', 'i'].map((letters) => format.has(letters))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
