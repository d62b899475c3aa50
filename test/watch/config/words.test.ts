import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/watch/config/words.ts';
import { ValueError } from '../../../src/watch/filter/value-error.ts';

const lines = [
  '-artuz',
  '  -artuz\t--delete  ',
  '--exclude=\'a b\' --exclude="c d"',
  `-e "ssh -p 22 -i '/root/my key'"`,
  `a'b'"c"d`,
  `'' ""`,
  `'a\\b' "a\\b" a\\b`,
  `"a\\"b\\\\c\\$d\\\`e" '$x \`y\`'`,
  'a\\ b \\\' \\" \\$x \\; \\#',
  "--exclude=*.nothing --exclude='*.[ab]?'",
  'a#b a~ a} \\{a,b} "{a,b}" \\~',
  "--exclude='中文 😀'",
];

describe('the words of a line', () => {
  it('are those of a shell', () => {
    const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\n\\0'`).join('\n');
    const { stdout, status } = spawnSync('/bin/sh', ['-c', script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const told = stdout.split('\n\0').slice(0, -1);
    expect(lines.map(splitWords)).toEqual(told.map((words) => words.split('\0').slice(0, -1)));
  });

  it('are none in an empty line', () => {
    expect(splitWords(' \t')).toEqual([]);
  });

  it('keep bytes that are not UTF-8', () => {
    expect(splitWords('--exclude=\udcd6\udc7c \udcd6\udcd0')).toEqual([
      '--exclude=\udcd6\udc7c',
      '\udcd6\udcd0',
    ]);
  });

  it.each([
    ['-artuz; rm x', 6, '; has no meaning without a shell', 'remove it, or put it into quotes'],
    ['-a 2>&1', 4, '> has no meaning without a shell', 'remove it, or put it into quotes'],
    ['-a|b', 2, '| has no meaning without a shell', 'remove it, or put it into quotes'],
    ['-a & b', 3, '& has no meaning without a shell', 'remove it, or put it into quotes'],
    ['-a (b)', 3, '( has no meaning without a shell', 'remove it, or put it into quotes'],
    [
      '-a $HOME',
      3,
      '$ is not expanded, for no shell is run',
      "write what it stands for, or put it into '...'",
    ],
    ['"a$b"', 2, '$ is not expanded, for no shell is run', "write what it stands for, or put it into '...'"],
    ['a`b`', 1, '` is not expanded, for no shell is run', "write what it stands for, or put it into '...'"],
    [
      '--exclude={a,b}',
      10,
      '{ is not expanded, for no shell is run',
      "write what it stands for, or put it into '...'",
    ],
    ['-a ~/b', 3, '~ is not expanded, for no shell is run', "write what it stands for, or put it into '...'"],
    ['-a #b', 3, '# begins a comment in a shell', 'remove it, or put it into quotes'],
    ["-a 'b", 3, "' is never closed", "add a '"],
    ['-a "b\\"', 3, '" is never closed', 'add a "'],
    ['-a \\', 3, 'a \\ at the end', 'remove it'],
    ['-a –delete', 3, 'U+2013 is no ASCII minus', 'options begin with - or --'],
    ['-a\u3000-b', 2, 'U+3000 between words', 'write an ordinary space'],
  ])('are refused where a shell would do more: %s', (line, index, message, remedy) => {
    expect(() => splitWords(line)).toThrow(ValueError);
    expect(() => splitWords(line)).toThrow(expect.objectContaining({ index, message, remedy }));
  });
});
