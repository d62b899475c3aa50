import { describe, expect, it } from 'vitest';
import { commandWords } from '../../../src/protocol/connect/command-words.ts';
import { UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';

describe('the words of a command', () => {
  it.each([
    ['ssh proxyhost nc %H 873', ['ssh', 'proxyhost', 'nc', 'h.example', '873']],
    ['  nc\t%H  873 ', ['nc', 'h.example', '873']],
    [`"/opt/my tools/nc" '%H' 873`, ['/opt/my tools/nc', 'h.example', '873']],
    [`a'b'"c"d`, ['abcd']],
    [`p "" ''`, ['p', '', '']],
    [`p "a\\"b\\\\c\\d" 'e\\f'`, ['p', 'a"b\\c\\d', 'e\\f']],
    [`p a\\ b \\;`, ['p', 'a b', ';']],
    [`p ';|&$(x)' "a;b|c"`, ['p', ';|&$(x)', 'a;b|c']],
    [`p a\\\nb "c\\\nd" 'e\\\nf' \\\n g`, ['p', 'ab', 'cd', 'e\\\nf', 'g']],
    ['exec nc %H 873', ['nc', 'h.example', '873']],
    ['p --to=[%H]'.replace('[', '\\[').replace(']', '\\]'), ['p', '--to=[h.example]']],
    ['p 100%% %H%%H %p %', ['p', '100%', 'h.example%H', '%p', '%']],
  ])('%s', (text, words) => {
    expect(commandWords(text, 'h.example')).toEqual(words);
  });

  it('do not have a host read once more', () => {
    expect(commandWords('p %H', '%H;$(x)')).toEqual(['p', '%H;$(x)']);
  });

  it.each([
    'touch ran; exit 7',
    'a | b',
    'a && b',
    'a &',
    'a > f',
    'a < f',
    'a 2>&1',
    'a $(b)',
    'a "$(b)"',
    'a `b`',
    'a "`b`"',
    'a $HOME',
    'a "$HOME"',
    'a *',
    'a ?',
    'a [b]',
    'a {b,c}',
    '~/bin/a',
    '! a',
    '# a',
    '(a)',
    'a\nb',
    'A=b c',
  ])('are refused where they need a shell: %j', (text) => {
    expect(() => commandWords(text, 'h')).toThrow(UnsupportedError);
    expect(() => commandWords(text, 'h')).toThrow(/RSYNC_CONNECT_PROG: .* needs a shell/);
  });

  it.each(['', '  ', `""`, 'exec', 'a "b', "a 'b", 'a\\', 'a\0b'])('are no command: %j', (text) => {
    expect(() => commandWords(text, 'h')).toThrow(UsageError);
  });

  it('are not repeated in an error', () => {
    for (const text of ['s3cret | b', 's3cret "x', 's3cret\\'])
      expect(() => commandWords(text, 'h')).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
      );
  });
});
