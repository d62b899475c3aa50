import { describe, expect, it } from 'vitest';
import { FileError, UsageError } from '../../../src/protocol/errors.ts';
import { parseFilters } from '../../../src/protocol/filter/parse-filters.ts';
import type { FilterRules } from '../../../src/protocol/filter/rule.ts';
import { FilterScope } from '../../../src/protocol/filter/scope.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { hiddenIn, listDeleted, treeOf } from '../../support/filtered-tree.ts';

const names = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/b', 'e/a', 'x.o'];

function filtersOf(rules: readonly string[], options: TransferOptions = {}): FilterRules {
  return parseFilters({ ...options, filters: rules.map((text) => ({ kind: 'filter', text })) });
}

interface Recorded {
  readonly it: string;
  readonly rules: readonly string[];
  /** Rule files; those with an absolute path are outside of the tree. */
  readonly files: Readonly<Record<string, string>>;
  /** What is hidden, without what is in a hidden folder; or the error that ends the walk. */
  readonly hidden: readonly string[] | typeof FileError | typeof UsageError;
}

/** Recorded from rsync 3.5.0, sending /srv/top/tree/. */
const recorded: readonly Recorded[] = [
  {
    it: 'holds from its folder on down',
    rules: [': .f'],
    files: { 'd/.f': '- a\n' },
    hidden: ['d/a', 'd/e/a'],
  },
  {
    it: 'is anchored to its folder',
    rules: [': .f'],
    files: { 'd/.f': '- /a\n' },
    hidden: ['d/a'],
  },
  {
    it: 'does not see the names above its folder when anchored',
    rules: [': .f'],
    files: { 'd/.f': '- /d/a\n' },
    hidden: [],
  },
  {
    it: 'sees them when not anchored',
    rules: [': .f'],
    files: { 'd/.f': '- d/a\n' },
    hidden: ['d/a'],
  },
  {
    it: 'is anchored to its folder with wildcards too',
    rules: [': .f'],
    files: { 'd/.f': '- /e*/**\n- /*.f' },
    hidden: ['d/.f', 'd/e/a', 'd/e/b'],
  },
  {
    it: 'reaches below its folder with two stars',
    rules: [': .f'],
    files: { 'd/.f': '- /**/a\n' },
    hidden: ['d/e/a'],
  },
  {
    it: 'is not inherited with n',
    rules: [':n .f'],
    files: { 'd/.f': '- a\n' },
    hidden: ['d/a'],
  },
  {
    it: 'excludes its own file with e',
    rules: [':e .f'],
    files: { 'd/.f': '- a\n' },
    hidden: ['d/.f', 'd/a', 'd/e/a'],
  },
  {
    it: 'is for one side with r',
    rules: [':r .f'],
    files: { 'd/.f': '- a\n' },
    hidden: [],
  },
  {
    it: 'makes all its rules absolute with /',
    rules: [':/ .f'],
    files: { 'd/.f': '- /a\n- tree/d/b\n- /srv/top/tree/d/e' },
    hidden: ['d/b', 'd/e/'],
  },
  {
    it: 'takes lines for patterns with -',
    rules: [':- .f'],
    files: { 'd/.f': 'a\n!\n# x\n- b\n' },
    hidden: ['d/a', 'd/e/a'],
  },
  {
    it: 'takes words for patterns in the manner of CVS',
    rules: [':C'],
    files: { '.cvsignore': 'a *.o', 'd/.cvsignore': 'a ! b' },
    hidden: ['a', 'd/b', 'x.o'],
  },
  {
    it: 'reads words',
    rules: [':w .f'],
    files: { 'd/.f': '-_a\t-_b' },
    hidden: ['d/a', 'd/b', 'd/e/a', 'd/e/b'],
  },
  {
    it: 'is overridden by rules further up in the list',
    rules: ['+ d/a', ': .f'],
    files: { '.f': '- a\n' },
    hidden: ['a', 'd/e/a', 'e/a'],
  },
  {
    it: 'overrides rules further down',
    rules: [': .f', '- a'],
    files: { 'd/.f': '+ a\n' },
    hidden: ['a', 'e/a'],
  },
  {
    it: 'comes before what is inherited',
    rules: [': .f'],
    files: { '.f': '- a\n', 'd/.f': '+ a' },
    hidden: ['a', 'e/a'],
  },
  {
    it: 'clears what it has inherited, and nothing else',
    rules: [': .f', '- x.o'],
    files: { '.f': '- a\n', 'd/.f': '!\n- b' },
    hidden: ['a', 'd/b', 'd/e/b', 'e/a', 'x.o'],
  },
  {
    it: 'inserts the list of -C',
    rules: [': .f'],
    files: { 'd/.f': '-C\n', 'd/x.o': '' },
    hidden: ['d/x.o'],
  },
  {
    it: 'may lead to another file in the same folder',
    rules: [': .f'],
    files: { 'd/.f': ': .g', 'd/.g': '- a', 'd/e/.g': '- b' },
    hidden: ['d/a', 'd/e/a', 'd/e/b'],
  },
  {
    it: 'keeps the other file in its place',
    rules: [': .f'],
    files: { '.f': '+ a\n: .g\n', '.g': '- a\n- b' },
    hidden: ['b', 'd/b', 'd/e/b'],
  },
  {
    it: 'forgets the other file with its own rules',
    rules: [': .f'],
    files: { '.f': ': .g', 'd/.f': '!', 'd/.g': '- a' },
    hidden: [],
  },
  {
    it: 'drops a second rule for the same file',
    rules: [': .f'],
    files: { 'd/.f': ': .g', 'd/.g': '- a', 'd/e/.f': '!\n: .g', 'd/e/.g': '- b' },
    hidden: ['d/a'],
  },
  {
    it: 'lets go of the other file where it is not inherited',
    rules: [':n .f'],
    files: { 'd/.f': ': .g', 'd/.g': '- a', 'd/e/.f': ': .g', 'd/e/.g': '- b' },
    hidden: ['d/a'],
  },
  {
    it: 'ignores a rule for itself',
    rules: [': .f'],
    files: { '.f': ': .f\n- a' },
    hidden: ['a', 'd/a', 'd/e/a', 'e/a'],
  },
  {
    it: 'merges a file by path from its folder',
    rules: [': .f'],
    files: { 'd/.f': '. ./.g', 'd/.g': '- a', '.g': '- b' },
    hidden: ['d/a', 'd/e/a'],
  },
  {
    it: 'merges a file by name from the transfer root',
    rules: [': .f'],
    files: { 'd/.f': '. .g', 'd/.g': '- a', '.g': '- b' },
    hidden: ['d/b', 'd/e/b'],
  },
  {
    it: 'merges a file by absolute path',
    rules: [': .f'],
    files: { 'd/.f': '. /srv/top/rules', '/srv/top/rules': '- a' },
    hidden: ['d/a', 'd/e/a'],
  },
  {
    it: 'leaves merged rules anchored to the transfer root',
    rules: [': .f'],
    files: { 'd/.f': '. ./.g', 'd/.g': '- /a\n- /d/b' },
    hidden: ['d/b'],
  },
  {
    it: 'does not go on without a merged file',
    rules: [': .f'],
    files: { 'd/.f': '. ./.g' },
    hidden: FileError,
  },
  {
    it: 'does not go on with a mistake',
    rules: [': .f'],
    files: { 'd/.f': 'foo' },
    hidden: UsageError,
  },
  {
    it: 'does not go on when both the merge rule and a rule name a side',
    rules: [':s .f'],
    files: { 'd/.f': '-s a' },
    hidden: UsageError,
  },
  {
    it: 'takes wildcards in the name of its folder for wildcards',
    rules: [': .f'],
    files: { 'x[1]/.f': '- /a\n', 'x[1]/a': '', 'y*/.f': '- /a', 'y*/a': '' },
    hidden: ['y*/a'],
  },
  {
    it: 'does not look into parents by a bare name',
    rules: [': .f'],
    files: { '/srv/top/.f': '- a' },
    hidden: [],
  },
  {
    it: 'looks into the parents from its path on',
    rules: [': /.f'],
    files: { '/srv/top/.f': '- a' },
    hidden: ['a', 'd/a', 'd/e/a', 'e/a'],
  },
  {
    it: 'looks into the parents from a relative path on',
    rules: [': ../.f'],
    files: { '/srv/top/.f': '- a', '/srv/.f': '- b' },
    hidden: ['a', 'd/a', 'd/e/a', 'e/a'],
  },
  {
    it: 'looks for nothing above its path',
    rules: [': /srv/top/.f'],
    files: { '/srv/top/.f': '- a', '/srv/.f': '- b' },
    hidden: ['a', 'd/a', 'd/e/a', 'e/a'],
  },
  {
    it: 'anchors rules of a parent to the parent',
    rules: [': /.f'],
    files: { '/srv/top/.f': '- /tree/d/a\n- /a\n- tree/d/b' },
    hidden: ['d/a'],
  },
  {
    it: 'inherits from parent to parent',
    rules: [': /.f'],
    files: { '/srv/top/.f': '+ d/a\n- b', '/srv/.f': '- a' },
    hidden: ['a', 'b', 'd/b', 'd/e/a', 'd/e/b', 'e/a'],
  },
  {
    it: 'has nothing from its parents if not inherited',
    rules: [':n /.f'],
    files: { '/srv/top/.f': '- b' },
    hidden: [],
  },
  {
    it: 'looks into parents when found on the way, from there',
    rules: [': .f'],
    files: { '.g': '- a', 'd/.f': ': /.g', 'd/.g': '- b' },
    hidden: ['d/a', 'd/b', 'd/e/a', 'd/e/b'],
  },
  {
    it: 'with a path that is no parent looks in no parent',
    rules: [': d/.f'],
    files: { 'd/.f': '- a' },
    hidden: ['d/a', 'd/e/a'],
  },
];

describe('a per-directory rule', () => {
  it.each(recorded)('$it', ({ rules, files, hidden }) => {
    const inside = Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('/')));
    const tree = treeOf(...names, inside);
    const readOutside = (path: string) => (path in files ? Buffer.from(files[path] ?? '') : undefined);
    const hide = () => hiddenIn(tree, '/srv/top/tree', filtersOf(rules), readOutside);
    if (typeof hidden === 'function') expect(hide).toThrow(hidden);
    else expect(hide()).toEqual(hidden);
  });

  it('names file and line of a mistake, but not what stands there', () => {
    const tree = treeOf({ 'd/.f': '- a\r\n# remark\r\n-k b\n' });
    expect(() => hiddenIn(tree, '/srv', filtersOf([': .f']))).toThrow(
      /^d\/\.f:3: filter rule: it has a modifier that such a rule does not take$/,
    );
  });

  it('is limited to 32 files that merge each other', () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => [`f${i}`, i < length - 1 ? `. ./f${i + 1}\n` : '- a\n']),
      );
    expect(hiddenIn(treeOf('a', chain(32)), '/srv', filtersOf([': f0']))).toEqual(['a']);
    expect(() => hiddenIn(treeOf('a', chain(33)), '/srv', filtersOf([': f0']))).toThrow(FileError);
  });

  it('does not multiply without end', () => {
    const tenfold = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`f${i}`, `. ./f${i + 1}\n`.repeat(10)]),
    );
    const hide = (files: Readonly<Record<string, string>>) => () =>
      hiddenIn(treeOf(files), '/srv', filtersOf([': f0']));
    expect(hide({ ...tenfold, f9: '' })).toThrow('more than 250000 filter rules');
    const many = Array.from({ length: 1001 }, (_, i) => `: g${i}\n`).join('');
    expect(hide({ f0: many })).toThrow('more than 1000 per-directory rules');
  });

  it('asks for files by paths from the transfer root, and for those outside by absolute ones', () => {
    const asked: string[] = [];
    const read = (path: string) => {
      asked.push(path);
      return path === 'd/.f' ? Buffer.from('. ../up\n. /etc/rules\n') : Buffer.from('');
    };
    const scope = FilterScope.outside(filtersOf([': /.f']), 'sender', '/srv/tree/');
    scope.enter('.', read).enter('d', read);
    expect(asked).toEqual(['/.f', '/srv/.f', '.f', 'd/.f', 'up', '/etc/rules']);
  });

  it('leads out of a module only as far as its root', () => {
    const asked: string[] = [];
    const read = (path: string) => {
      asked.push(path);
      return path === '.f' ? Buffer.from('. ../../etc/rules\n') : Buffer.from('');
    };
    FilterScope.outside(filtersOf([': /.f']), 'sender', '/').enter('', read);
    expect(asked).toEqual(['.f', 'etc/rules']);
  });

  it('leaves the scope that was entered from as it was', () => {
    const read = (path: string) => (path === 'd/.f' ? Buffer.from('- a') : undefined);
    const root = FilterScope.outside(filtersOf([': .f']), 'sender', '/srv').enter('', read);
    expect(root.enter('d', read).excludes('d/a', false)).toBe(true);
    expect(root.enter('e', read).excludes('e/a', false)).toBe(false);
    expect(root.excludes('a', false)).toBe(false);
  });
});

describe('the receiver', () => {
  /** What rsync 3.5.0 deletes of this tree if it was sent `a` and `d/` only. */
  const tree = (files: Readonly<Record<string, string>> = {}) =>
    treeOf('a', 'b', 'd/a', 'x.o', 'z/a', 'z/x.o', 'z/y/x.o', files);
  const deleted = (rules: readonly string[], options: TransferOptions = {}, files = {}) =>
    listDeleted(tree(files), '/srv', filtersOf(rules, options), new Set(['a', 'd/'])).sort();

  it('deletes what was not sent', () => {
    expect(deleted([])).toEqual(['b', 'd/a', 'x.o', 'z/', 'z/a', 'z/x.o', 'z/y/', 'z/y/x.o']);
    expect(deleted(['H *'])).toEqual(deleted([]));
  });

  it.each([
    [['P x.o'], ['b', 'd/a', 'z/a']],
    [['- x.o'], ['b', 'd/a', 'z/a']],
    [['P z/'], ['b', 'd/a', 'x.o']],
    [
      ['R a', 'R z', 'P *'],
      ['d/a', 'z/a'],
    ],
    [['P z/y/x.o'], ['b', 'd/a', 'x.o', 'z/a', 'z/x.o']],
  ])('keeps what %j protects, and the folders around it', (rules, expected) => {
    expect(deleted(rules)).toEqual(expected);
  });

  it('heeds perishable rules, but not in a folder that goes away', () => {
    expect(deleted(['-p x.o'])).toEqual(['b', 'd/a', 'z/', 'z/a', 'z/x.o', 'z/y/', 'z/y/x.o']);
    expect(deleted([], { cvsExclude: true })).toEqual(deleted(['-p x.o']));
    expect(deleted(['-p z'])).toEqual(['b', 'd/a', 'x.o']);
  });

  it('reads its own per-directory files, also in a folder that goes away', () => {
    const files = { 'z/.f': '- a\n' };
    expect(deleted([': .f'], {}, files)).toEqual(['b', 'd/a', 'x.o', 'z/.f', 'z/x.o', 'z/y/', 'z/y/x.o']);
    expect(deleted([':p .f'], {}, files)).toContain('z/');
  });

  it('with --delete-excluded protects only what rules for the receiver name', () => {
    const options = { deleteExcluded: true };
    expect(deleted(['- x.o'], options)).toEqual(deleted([]));
    expect(deleted(['-sr x.o'], options)).toEqual(deleted(['P x.o']));
    expect(deleted([': .f'], options, { '.f': '- x.o\nP b\n' })).not.toContain('b');
    expect(deleted([': .f'], options, { '.f': '- x.o\nP b\n' })).toContain('x.o');
  });
});
