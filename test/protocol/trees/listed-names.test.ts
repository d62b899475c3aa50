import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseListedNames } from '../../../src/protocol/trees/listed-names.ts';
import { parseListedName } from '../../../src/protocol/trees/source-arguments.ts';

const MODULE = join(import.meta.dirname, '../../../src/protocol/trees/listed-names.ts');

describe('a list of names', () => {
  it('has one per line, whatever ends the line', () => {
    expect(parseListedNames(Buffer.from('a\nb c\r\nd\re \n\n'), false)).toEqual(['a', 'b c', 'd', 'e ']);
  });

  it('has names with line breaks where NULs end them', () => {
    expect(parseListedNames(Buffer.from('a\n\0b\r\0\0c'), true)).toEqual(['a\n', 'b\r', 'c']);
  });

  it('may have comments, with NULs too', () => {
    expect(parseListedNames(Buffer.from('#a\n;b\n #c\nd#\n'), false)).toEqual([' #c', 'd#']);
    expect(parseListedNames(Buffer.from('#a\0b\0;c'), true)).toEqual(['b']);
  });

  it('is cut at a NUL in a line', () => {
    expect(parseListedNames(Buffer.from('a\0b\n\0c\nd'), false)).toEqual(['a', 'd']);
  });

  it('keeps bytes that are not UTF-8', () => {
    expect(parseListedNames(Buffer.from('\xd6\xd0\n中', 'latin1'), false)[0]).toBe('\udcd6\udcd0');
  });

  it('may be all of standard input', () => {
    const script = `
      const { readListedNames } = await import(${JSON.stringify(MODULE)});
      console.log(JSON.stringify(await readListedNames('-', true)));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      input: 'a\0b\n\0',
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe('["a","b\\n"]\n');
  });
});

describe('a name in a list', () => {
  it.each([
    ['a', '/src/', ['a'], false],
    ['/a/b', '/src/', ['a', 'b'], false],
    ['../a', '/src/', ['a'], false],
    ['a/../../b', '/src/', ['b'], false],
    ['a/', '/src/', ['a'], true],
    ['a/b/.', '/src/', ['a', 'b'], true],
    ['a/b/..', '/src/', ['a'], true],
    ['.', '/src/.', [], true],
    ['..', '/src/.', [], true],
    ['a/./b/c', '/src/a/', ['b', 'c'], false],
    ['a/./', '/src/a/', [], true],
  ])('%s with --relative lies in %3$s', (text, base, components, isContents) => {
    const source = parseListedName('/src', text, true);
    expect(source).toMatchObject({ base, components, isContents });
  });

  it.each([
    ['/a//b', 'a/b'],
    ['../a/./b/', 'a/./b/'],
    ['a/../..', '.'],
  ])('%s is spoken of as %s', (text, shown) => {
    expect(parseListedName('/src', text, true).text).toBe(shown);
  });

  it('implies the folder in front of it where it starts with a dot', () => {
    expect(parseListedName('/src', './a', true).impliesRoot).toBe(true);
    expect(parseListedName('/src', 'a/././b', true).impliesRoot).toBe(true);
    expect(parseListedName('/src', 'a/./b', true).impliesRoot).toBe(false);
    expect(parseListedName('/src', 'a', true).impliesRoot).toBe(false);
  });

  it('loses its path without --relative', () => {
    expect(parseListedName('/src', 'a/b', false)).toMatchObject({ base: '/src/a/', components: ['b'] });
    expect(parseListedName('/src', 'a/b/', false)).toMatchObject({ base: '/src/a/b/', components: [] });
  });
});
