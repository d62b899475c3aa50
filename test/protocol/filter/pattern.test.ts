import { describe, expect, it } from 'vitest';
import { parseFilters } from '../../../src/protocol/filter/parse-filters.ts';
import { byteString } from '../../../src/protocol/filter/pattern.ts';
import { FilterScope } from '../../../src/protocol/filter/scope.ts';
import { hiddenIn, treeOf } from '../../support/filtered-tree.ts';

const tree = treeOf(
  ...[
    'foo',
    'f.o',
    'x1',
    'x[1]',
    'b\\1',
    'ü',
    'x foo',
    'foo ',
    '.hid',
    'a/foo',
    'a/f.o',
    'a/b/f.o',
    'a/b/c/f.o',
  ],
  ...['foo1/bar/foo', 'foo1/bar/f.o', 'foo1/bar/baz/f.o', 'foo1/keep.c'],
);

/** Recorded from rsync 3.5.0: what the rules hide of the tree, without what is in a hidden folder. */
const recorded: ReadonlyArray<readonly [rules: readonly string[], hidden: readonly string[]]> = [
  [['- foo'], ['a/foo', 'foo', 'foo1/bar/foo']],
  [['- foo/'], []],
  [['- bar/'], ['foo1/bar/']],
  [['- /foo'], ['foo']],
  [['- bar/foo'], ['foo1/bar/foo']],
  [['- foo1/bar'], ['foo1/bar/']],
  [['- a/*/f.o'], ['a/b/f.o']],
  [['- a/**/f.o'], ['a/b/c/f.o', 'a/b/f.o']],
  [['- **/f.o'], ['a/b/c/f.o', 'a/b/f.o', 'a/f.o', 'f.o', 'foo1/bar/baz/f.o', 'foo1/bar/f.o']],
  [['- /**/f.o'], ['a/b/c/f.o', 'a/b/f.o', 'a/f.o', 'foo1/bar/baz/f.o', 'foo1/bar/f.o']],
  [['- /foo1/**/f.o'], ['foo1/bar/baz/f.o', 'foo1/bar/f.o']],
  [['- foo1/*'], ['foo1/bar/', 'foo1/keep.c']],
  [['- foo1/**'], ['foo1/bar/', 'foo1/keep.c']],
  [['- foo1/***'], ['foo1/']],
  [['- foo1***'], ['foo1/']],
  [['- foo1**'], ['foo1/']],
  [['- a**o'], ['a/b/c/f.o', 'a/b/f.o', 'a/f.o', 'a/foo']],
  [['- x[1]'], ['x1']],
  [['- x\\[1\\]'], ['x[1]']],
  [['- x[[]1]'], ['x[1]']],
  [['- x?1?'], ['x[1]']],
  [['- ??'], ['x1', 'ü']],
  [['- ?'], ['a/']],
  [['- b\\1'], ['b\\1']],
  [['- b\\\\1'], []],
  [['- b\\1*'], []],
  [['- b\\\\1*'], ['b\\1']],
  [['- b?1'], ['b\\1']],
  [['- ./foo'], []],
  [['- foo1//bar'], []],
  [['- foo1/bar//'], []],
  [['- */'], ['a/', 'foo1/']],
  [['- *'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [['- /*'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [['- /*/*'], ['a/b/', 'a/f.o', 'a/foo', 'foo1/bar/', 'foo1/keep.c']],
  [['- */*'], ['a/b/', 'a/f.o', 'a/foo', 'foo1/bar/', 'foo1/keep.c']],
  [['- */*/*'], ['a/b/c/', 'a/b/f.o', 'foo1/bar/baz/', 'foo1/bar/f.o', 'foo1/bar/foo']],
  [['- **'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [['- /**'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [['- ***'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [['- foo '], ['foo ']],
  [['- *foo'], ['a/foo', 'foo', 'foo1/bar/foo', 'x foo']],
  [['- * *'], ['foo ', 'x foo']],
  [['- .*'], ['.hid']],
  [['- [a-f]*'], ['a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/']],
  [['- *[!o]'], ['.hid', 'a/', 'b\\1', 'foo ', 'foo1/', 'x1', 'x[1]', 'ü']],
  [['- b/f.o'], ['a/b/f.o']],
  [['- b/c/f.o'], ['a/b/c/f.o']],
  [['- c/*'], ['a/b/c/f.o']],
  [['- *b/*'], ['a/b/c/', 'a/b/f.o']],
  [['- /a/*'], ['a/b/', 'a/f.o', 'a/foo']],
  [['- /a/b'], ['a/b/']],
  [['- b/'], ['a/b/']],
  [['- a/b/'], ['a/b/']],
  [['- /b'], []],
  [['- **b**'], ['a/b/', 'b\\1', 'foo1/bar/']],
  [['- **/b/**'], ['a/b/c/', 'a/b/f.o']],
  [['- /a/**b'], ['a/b/']],
  [['- f['], []],
  [['- *\\'], []],
  [['- /'], []],
  [['- //'], []],
  [['- -'], []],
  [['-! *.o'], ['.hid', 'a/', 'b\\1', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [
    ['-! */'],
    [
      '.hid',
      'a/b/c/f.o',
      'a/b/f.o',
      'a/f.o',
      'a/foo',
      'b\\1',
      'f.o',
      'foo',
      'foo ',
      'foo1/bar/baz/f.o',
      'foo1/bar/f.o',
      'foo1/bar/foo',
      'foo1/keep.c',
      'x foo',
      'x1',
      'x[1]',
      'ü',
    ],
  ],
  [
    ['-! foo1/'],
    ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/bar/', 'foo1/keep.c', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
  [
    ['-! /a'],
    ['.hid', 'a/b/', 'a/f.o', 'a/foo', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
  [['-! a/**'], ['.hid', 'a/', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü']],
  [
    ['+ */', '+ *.o', '- *'],
    ['.hid', 'a/foo', 'b\\1', 'foo', 'foo ', 'foo1/bar/foo', 'foo1/keep.c', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
  [
    ['+ foo1/', '+ foo1/bar/', '- *'],
    [
      '.hid',
      'a/',
      'b\\1',
      'f.o',
      'foo',
      'foo ',
      'foo1/bar/baz/',
      'foo1/bar/f.o',
      'foo1/bar/foo',
      'foo1/keep.c',
      'x foo',
      'x1',
      'x[1]',
      'ü',
    ],
  ],
  [['+ foo', '- foo', '- a'], ['a/']],
  [['- a', '+ a/b', '+ foo'], ['a/']],
  [
    ['+ /a', '+ /a/b/', '+ /a/b/**', '- *'],
    ['.hid', 'a/f.o', 'a/foo', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
  [
    ['S foo', 'H *'],
    ['.hid', 'a/', 'b\\1', 'f.o', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
  [
    ['R foo', 'P *', '- f.o'],
    ['a/b/c/f.o', 'a/b/f.o', 'a/f.o', 'f.o', 'foo1/bar/baz/f.o', 'foo1/bar/f.o'],
  ],
  [
    ['- *', '!', '- foo'],
    ['a/foo', 'foo', 'foo1/bar/foo'],
  ],
  [['-r *'], []],
  [['-s foo'], ['a/foo', 'foo', 'foo1/bar/foo']],
  [['-x foo'], []],
  [['-p foo'], ['a/foo', 'foo', 'foo1/bar/foo']],
  [
    ['+ a/***', '- *'],
    ['.hid', 'b\\1', 'f.o', 'foo', 'foo ', 'foo1/', 'x foo', 'x1', 'x[1]', 'ü'],
  ],
];

function filtersOf(rules: readonly string[]) {
  return parseFilters({ filters: rules.map((text) => ({ kind: 'filter', text })) });
}

describe('a pattern', () => {
  it.each(recorded)('%j hides %j', (rules, hidden) => {
    expect(hiddenIn(tree, '/srv', filtersOf(rules))).toEqual(hidden);
  });

  it('sees bytes, not characters', () => {
    const scope = FilterScope.outside(filtersOf(['- q??', '- \udcff[[:print:]]']), 'sender', '/srv');
    expect(scope.excludes('qü', false)).toBe(true);
    expect(scope.excludes('qa', false)).toBe(false);
    expect(scope.excludes('\udcffa', false)).toBe(true);
    expect(scope.excludes('\udcff\udcff', false)).toBe(false);
    expect(byteString('aü\udcff')).toBe('a\u00c3\u00bc\u00ff');
  });

  // Recorded from rsync 3.5.0 for a transfer of /srv/top/, where `a` and `d/a` are files.
  it.each([
    ['-/ /srv/top/a', ['a']],
    ['-/ /srv/top/d', ['d/']],
    ['-/ top/a', ['a']],
    ['-/ a', ['a', 'd/a']],
    ['-/ /a', []],
    ['-/ top/*/a', ['d/a']],
    ['-/ srv/**/a', ['a', 'd/a']],
    ['-/ top/***', ['a', 'd/']],
    ['-/ **/top/d', ['d/']],
    ['-/! /srv/top/a', ['d/']],
  ])('with a slash before it is absolute: %s', (rule, hidden) => {
    expect(hiddenIn(treeOf('a', 'd/a'), '/srv/top', filtersOf([rule]))).toEqual(hidden);
  });

  it('is absolute within a module if that is the root', () => {
    const hidden = (rule: string) => hiddenIn(treeOf('etc/hosts', 'd/etc'), '/', filtersOf([rule]));
    expect(hidden('-/ /etc')).toEqual(['etc/']);
    expect(hidden('-/ **/etc')).toEqual(['d/etc', 'etc/']);
    expect(hidden('-/ */etc')).toEqual(['d/etc']);
  });
});
