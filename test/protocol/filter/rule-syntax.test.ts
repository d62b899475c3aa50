import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import { plainTraits } from '../../../src/protocol/filter/rule.ts';
import { parseRule, type RuleDefaults, type RuleFormat } from '../../../src/protocol/filter/rule-syntax.ts';

const defaults: RuleDefaults = { side: 'any', isAbsolute: false, isPerishable: false, deleteExcluded: false };

function parse(text: string, format: RuleFormat = 'rules', changes: Partial<RuleDefaults> = {}) {
  return parseRule(text, format, { ...defaults, ...changes }, 'test');
}

function exclude(pattern: string, changes = {}) {
  return { ...plainTraits, kind: 'pattern', verdict: 'exclude', pattern, isNegated: false, ...changes };
}

function include(pattern: string, changes = {}) {
  return exclude(pattern, { verdict: 'include', ...changes });
}

describe('a filter rule', () => {
  it.each([
    ['- foo', exclude('foo')],
    ['-_foo', exclude('foo')],
    ['-, foo', exclude('foo')],
    ['exclude foo', exclude('foo')],
    ['exclude_foo', exclude('foo')],
    ['exclude,_foo', exclude('foo')],
    ['-  foo', exclude(' foo')],
    ['-__foo', exclude('_foo')],
    ['- foo ', exclude('foo ')],
    ['- foo/', exclude('foo/')],
    ['- /', exclude('/')],
    ['- a\nb', exclude('a\nb')],
    ['+ foo', include('foo')],
    ['include foo', include('foo')],
    ['-p foo', exclude('foo', { isPerishable: true })],
    ['exclude,p foo', exclude('foo', { isPerishable: true })],
    ['-,p_foo', exclude('foo', { isPerishable: true })],
    ['-!/xp foo', exclude('foo', { isNegated: true, isAbsolute: true, isXattr: true, isPerishable: true })],
    ['-s foo', exclude('foo', { side: 'sender' })],
    ['-r foo', exclude('foo', { side: 'receiver' })],
    ['+sr foo', include('foo', { side: 'both' })],
    ['H foo', exclude('foo', { side: 'sender' })],
    ['hide foo', exclude('foo', { side: 'sender' })],
    ['S foo', include('foo', { side: 'sender' })],
    ['show,p foo', include('foo', { side: 'sender', isPerishable: true })],
    ['P foo', exclude('foo', { side: 'receiver' })],
    ['protect foo', exclude('foo', { side: 'receiver' })],
    ['R/ foo', include('foo', { side: 'receiver', isAbsolute: true })],
    ['risk foo', include('foo', { side: 'receiver' })],
  ])('%j is read', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each(['!', '!,', 'clear', 'clear,'])('%s clears', (text) => {
    expect(parse(text)).toEqual({ kind: 'clear' });
  });

  const merge = {
    ...plainTraits,
    kind: 'merge',
    excludesItself: false,
    isInherited: true,
    isWordwise: false,
  };
  const cvs = { content: 'cvs', isInherited: false, isWordwise: true };
  it.each([
    ['. file', { ...merge, file: 'file', content: 'rules' }],
    ['merge,- a file', { ...merge, file: 'a file', content: 'excludes' }],
    ['.Cps x', { ...merge, ...cvs, file: 'x', isPerishable: true, side: 'sender' }],
    [': .f', { ...merge, kind: 'dir-merge', file: '.f', content: 'rules' }],
    ['dir-merge .f', { ...merge, kind: 'dir-merge', file: '.f', content: 'rules' }],
    [':C', { ...merge, ...cvs, kind: 'dir-merge', file: '.cvsignore' }],
    [':Cn ', { ...merge, ...cvs, kind: 'dir-merge', file: '.cvsignore' }],
    [
      ':wn+e .f',
      {
        ...{ ...merge, kind: 'dir-merge', file: '.f', content: 'includes' },
        ...{ isInherited: false, isWordwise: true, excludesItself: true },
      },
    ],
  ])('%j merges a file', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each(['-C', '-C foo', 'exclude,C'])('%s stands for the list of CVS', (text) => {
    expect(parse(text)).toEqual({ ...plainTraits, kind: 'cvs', verdict: 'exclude', isNegated: false });
  });

  it.each([
    ['', 'it does not begin with the name of a rule'],
    [' - foo', 'it does not begin with the name of a rule'],
    ['# foo', 'it does not begin with the name of a rule'],
    ['foo', 'it does not begin with the name of a rule'],
    ['excludes foo', 'it does not begin with the name of a rule'],
    ['excludep foo', 'it does not begin with the name of a rule'],
    ['-foo', "'f' is not a modifier of such a rule"],
    ['-\tfoo', "'\t' is not a modifier of such a rule"],
    ['-s,r foo', "',' is not a modifier of such a rule"],
    ['-e foo', "'e' is not a modifier of such a rule"],
    ['Hs foo', "'s' is not a modifier of such a rule"],
    ['PC', "'C' is not a modifier of such a rule"],
    [':! foo', "'!' is not a modifier of such a rule"],
    [':-+ foo', "'-+' contradict each other"],
    [':C- foo', "'C-' contradict each other"],
    [':e foo/', 'a folder cannot be read'],
    ['-', 'it ends too early'],
    ['- ', 'it ends too early'],
    ['exclude', 'it ends too early'],
    [':n', 'it ends too early'],
    ['. ', 'it ends too early'],
    ['! ', 'nothing may follow'],
    ['!foo', 'nothing may follow'],
    ['clear foo', 'nothing may follow'],
  ])('%j is refused', (text, reason) => {
    const refused = () => parse(text);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(`test: ${reason}`);
  });

  it('has a pattern of at most 4095 bytes', () => {
    expect(parse(`- ${'ü'.repeat(2047)}x`)).toEqual(exclude(`${'ü'.repeat(2047)}x`));
    expect(() => parse(`- ${'ü'.repeat(2048)}`)).toThrow('4096 bytes; a pattern has at most 4095');
  });
});

describe('the value of --exclude and --include', () => {
  it.each([
    ['foo', exclude('foo'), include('foo')],
    ['- foo', exclude('foo'), exclude('foo')],
    ['+ foo', include('foo'), include('foo')],
    ['- - foo', exclude('- foo'), exclude('- foo')],
    ['-foo', exclude('-foo'), include('-foo')],
    ['  - b', exclude('  - b'), include('  - b')],
    ['-_b', exclude('-_b'), include('-_b')],
    ['-p b', exclude('-p b'), include('-p b')],
    ['! ', exclude('! '), include('! ')],
    ['!', { kind: 'clear' }, { kind: 'clear' }],
  ])('%j is a pattern with an optional sign', (text, asExclude, asInclude) => {
    expect(parse(text, 'exclude-option')).toEqual(asExclude);
    expect(parse(text, 'include-option')).toEqual(asInclude);
  });

  it('is not just a sign', () => {
    expect(() => parse('- ', 'exclude-option')).toThrow('it ends too early');
  });
});

describe('a bare pattern', () => {
  it('is taken as it is', () => {
    for (const text of ['- foo', '!', ': .f', ' x']) {
      expect(parse(text, 'excludes')).toEqual(exclude(text));
      expect(parse(text, 'includes')).toEqual(include(text));
    }
  });

  it('may be a lone exclamation mark for CVS, which clears', () => {
    expect(parse('!', 'cvs')).toEqual({ kind: 'clear' });
    expect(parse('!x', 'cvs')).toEqual(exclude('!x'));
    expect(parse('-', 'cvs')).toEqual(exclude('-'));
  });
});

describe('what a rule inherits', () => {
  it('is what the merge rule of its file said', () => {
    const inherited = { side: 'sender', isAbsolute: true, isPerishable: true } as const;
    expect(parse('- foo', 'rules', inherited)).toEqual(exclude('foo', inherited));
    expect(parse('foo', 'includes', inherited)).toEqual(include('foo', inherited));
    expect(parse(':n .f', 'rules', inherited)).toMatchObject(inherited);
  });

  it('keeps it from naming a side again', () => {
    for (const text of ['-s foo', '-r foo', 'H foo', 'R foo', ':s .f', '.r x']) {
      expect(() => parse(text, 'rules', { side: 'both' })).toThrow('names the side already');
    }
  });

  it('is the side of the sender with --delete-excluded, but for files whose rules can name another', () => {
    const options = { deleteExcluded: true };
    expect(parse('- foo', 'rules', options)).toMatchObject({ side: 'sender' });
    expect(parse('-C', 'rules', options)).toMatchObject({ side: 'sender' });
    expect(parse('P foo', 'rules', options)).toMatchObject({ side: 'receiver' });
    expect(parse('-sr foo', 'rules', options)).toMatchObject({ side: 'both' });
    expect(parse(': .f', 'rules', options)).toMatchObject({ side: 'any' });
    expect(parse(':- .f', 'rules', options)).toMatchObject({ side: 'sender' });
  });
});
