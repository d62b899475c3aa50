import { describe, expect, it } from 'vitest';
import { type CommandWord, commandWordsOf } from '../../../src/protocol/options/command-line.ts';

function option(name: string, value?: string): CommandWord {
  return value === undefined ? { kind: 'option', option: name } : { kind: 'option', option: name, value };
}

function operand(text: string): CommandWord {
  return { kind: 'operand', text };
}

describe('a command line is cut', () => {
  it.each<[string[], CommandWord[]]>([
    [['-artuz'], ['-a', '-r', '-t', '-u', '-z'].map((letter) => option(letter))],
    [['-vB700'], [option('-v'), option('-B', '700')]],
    [
      ['-vB', '700'],
      [option('-v'), option('-B', '700')],
    ],
    [['-B=7=0'], [option('-B', '7=0')]],
    [['-B='], [option('-B', '')]],
    [['-B', ''], [option('-B', '')]],
    [['-e', '-x'], [option('-e', '-x')]],
    [
      ['--exclude', '--', '--', '-v'],
      [option('--exclude', '--'), operand('-v')],
    ],
    [['--exclude=a=b'], [option('--exclude', 'a=b')]],
    [['--exclude='], [option('--exclude', '')]],
    [['--exclude'], [option('--exclude')]],
    [
      ['--recursive', 'x'],
      [option('--recursive'), operand('x')],
    ],
    [['--recursive=x'], [option('--recursive', 'x')]],
    [
      ['--no-timeout', '5'],
      [option('--no-timeout'), operand('5')],
    ],
    [['-a=1'], [option('-a', '1')]],
    [['-a-b'], [option('-a'), option('--'), option('-b')]],
    [['--=x'], [option('--', 'x')]],
    [['---r'], [option('---r')]],
    [
      ['-', '', 'x'],
      [operand('-'), operand(''), operand('x')],
    ],
    [['-😀v'], [option('-😀'), option('-v')]],
    [['-\udcff'], [option('-\udcff')]],
    [['-f- a\nb'], [option('-f', '- a\nb')]],
    [['--exclude=a\nb'], [option('--exclude', 'a\nb')]],
  ])('as in %j', (words, tokens) => {
    expect([...commandWordsOf(words)]).toEqual(tokens);
  });
});
