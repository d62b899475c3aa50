import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileError, UsageError } from '../../../src/protocol/errors.ts';
import { type FilterEnvironment, parseFilters } from '../../../src/protocol/filter/parse-filters.ts';
import { readRuleFile } from '../../../src/protocol/filter/rule-file.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { wireTexts } from '../../support/filter-texts.ts';

/** Rules as the server of a pull or a push gets to see them: recorded from the client of rsync 3.5.0. */
function pulled(options: TransferOptions, environment?: FilterEnvironment): string[] {
  return wireTexts(parseFilters(options, environment).rules, 'pull');
}

function pushed(options: TransferOptions, environment?: FilterEnvironment): string[] {
  return wireTexts(parseFilters({ delete: 'default', ...options }, environment).rules, 'push');
}

function filters(...rules: readonly string[]): TransferOptions {
  return { filters: rules.map((text) => ({ kind: 'filter', text })) };
}

/** An environment in which every rule file has this content. */
function withFile(content: string): FilterEnvironment {
  return { readFile: () => Buffer.from(content) };
}

const builtIn = [
  ...[
    'RCS',
    'SCCS',
    'CVS',
    'CVS.adm',
    'RCSLOG',
    'cvslog.*',
    'tags',
    'TAGS',
    '.make.state',
    '.nse_depinfo',
    '*~',
  ],
  ...['#*', '.#*', ',*', '_$*', '*$', '*.old', '*.bak', '*.BAK', '*.orig', '*.rej', '.del-*', '*.a', '*.olb'],
  ...['*.o', '*.obj', '*.so', '*.exe', '*.Z', '*.elc', '*.ln', 'core', '.svn/', '.git/', '.hg/', '.bzr/'],
];

describe('options', () => {
  it('give rules in their order', () => {
    const options: TransferOptions = {
      filters: [
        { kind: 'exclude', text: '*.o' },
        { kind: 'include', text: 'keep.o' },
        { kind: 'filter', text: 'P /top' },
        { kind: 'exclude', text: '+ dir/' },
        { kind: 'exclude', text: '' },
        { kind: 'filter', text: '' },
      ],
    };
    expect(pulled(options)).toEqual(['- *.o', '+ keep.o', '+ dir/']);
    expect(pushed(options)).toEqual(['- *.o', '+ keep.o', '-r /top', '+ dir/']);
  });

  it('forget what was before a clearing rule', () => {
    expect(pushed(filters('- a', ': .f', '!', '- b', ': .f'))).toEqual(['- b', ': .f']);
    expect(pushed({ filters: [...(filters('- a').filters ?? []), { kind: 'exclude', text: '!' }] })).toEqual(
      [],
    );
  });

  it('read patterns from files', () => {
    const content = 'a\n! \n# x\n; y\n- m\n+ p\n-n\n-s q\n';
    const from = (kind: 'exclude-from' | 'include-from') =>
      pulled({ filters: [{ kind, file: 'rf' }] }, withFile(content));
    expect(from('exclude-from')).toEqual(['- a', '- ! ', '- m', '+ p', '- -n', '- -s q']);
    expect(from('include-from')).toEqual(['+ a', '+ ! ', '- m', '+ p', '+ -n', '+ -s q']);
  });

  it('read them cut at NUL on request', () => {
    const options: TransferOptions = { from0: true, filters: [{ kind: 'exclude-from', file: 'rf' }] };
    expect(pulled(options, withFile('a\0b\nc\0#d\0f\r\0'))).toEqual(['- a', '- b\nc', '- f\r']);
  });

  it('read real files, and say which one they cannot read', () => {
    const options = (file: string): TransferOptions => ({ filters: [{ kind: 'exclude-from', file }] });
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'rules'), '# a remark\n*.o\n+ keep.o\n');
    expect(pulled(options(join(folder, 'rules')))).toEqual(['- *.o', '+ keep.o']);
    expect(() => parseFilters(options('/no/such'))).toThrow(FileError);
    expect(() => parseFilters(options('/no/such'))).toThrow(
      '--exclude-from: cannot read the rule file /no/such',
    );
  });

  it('say in which option or line a mistake is', () => {
    expect(() => parseFilters(filters('- a', '-k b'))).toThrow(UsageError);
    expect(() => parseFilters(filters('- a', '-k b'))).toThrow('--filter: filter rule "-k b"');
  });

  it('show nothing of what stands in a file, which who sees the message may not read', () => {
    for (const secret of ['root:x:0', '-k x', '- ', ':-+ x', '!x', 'Hs x', '. /no/such', 'mergex']) {
      const message = messageOf(() =>
        parseFilters(filters('. rf'), {
          readFile: (path, where, isShown) =>
            path === 'rf' ? Buffer.from(`- a\n${secret}\n`) : readRuleFile(path, where, isShown),
        }),
      );
      expect(message).toMatch(/^rf:2: /);
      for (const part of ['root', "'", 'k x', '!', 'Hs', '/no', 'mergex'])
        expect(message).not.toContain(part);
    }
  });

  it('that are too long are left out with a warning, and the others hold', () => {
    const long = 'x'.repeat(4096);
    const warnings: string[] = [];
    const files: Record<string, string> = { lines: `# c\n\n- ${long}\n- b\n`, words: `c ${long} d` };
    const { rules } = parseFilters(filters(`- ${long}`, '- a', '. lines', '.-w words', `: ${long}`), {
      readFile: (path) => Buffer.from(files[path] ?? ''),
      warn: (text) => void warnings.push(text),
    });
    expect(rules.map((rule) => rule.kind === 'pattern' && rule.pattern)).toEqual(['a', 'b', 'c', 'd']);
    expect(warnings).toEqual(
      [long, '<rule from lines line 3>', '<rule from words>', long].map(
        (what) => `discarding over-long filter: ${what}`,
      ),
    );
    expect(parseFilters(filters(`- ${'x'.repeat(4095)}`)).rules).toHaveLength(1);
  });

  it('of CVS that are too long are left out, too', () => {
    const warnings: string[] = [];
    const cvsIgnore = {
      variable: `${'v'.repeat(4096)} mine`,
      homeFile: Buffer.from(`${'é'.repeat(2048)} home`),
    };
    const { rules } = parseFilters(filters('-C'), { cvsIgnore, warn: (text) => void warnings.push(text) });
    const words = rules.flatMap((rule) =>
      rule.kind === 'cvs' ? rule.rules.map(({ pattern }) => pattern) : [],
    );
    expect(words.slice(-2)).toEqual(['home', 'mine']);
    expect(warnings).toHaveLength(2);
  });
});

describe('a merged file', () => {
  it('stands where its rule stands', () => {
    expect(pulled(filters('- z', '. rf', '+ y'), withFile('- a\n\n# x\n+ b\n'))).toEqual([
      ...['- z', '- a', '+ b', '+ y'],
    ]);
    expect(pulled(filters('- z', '. rf', '+ y'), withFile('- a\n!\n+ b\n'))).toEqual(['+ b', '+ y']);
  });

  it.each([
    ['.s', ['-s a', '+s b', '-sp c', '-/s d', '-!s e']],
    ['.p', ['-p a', '+p b', '-p c', '-/p d', '-!p e']],
    ['./', ['-/ a', '+/ b', '-/p c', '-/ d', '-/! e']],
    ['.sp', ['-sp a', '+sp b', '-sp c', '-/sp d', '-!sp e']],
    ['.sr', ['-sr a', '+sr b', '-srp c', '-/sr d', '-!sr e']],
    ['.x', ['- a', '+ b', '-p c', '-/ d', '-! e']],
    ['.n', ['- a', '+ b', '-p c', '-/ d', '-! e']],
    ['.e', ['- rf', '- a', '+ b', '-p c', '-/ d', '-! e']],
    ['.n-', ['- - a', '- + b', '- -p c', '- -/ d', '- -! e']],
    ['.+', ['+ - a', '+ + b', '+ -p c', '+ -/ d', '+ -! e']],
    ['.C', ['- -', '- a', '- +', '- b', '- -p', '- c', '- -/', '- d', '- -!', '- e']],
    ['.r', []],
  ])('gives its rules what "%s" says', (rule, expected) => {
    expect(pulled(filters(`${rule} rf`), withFile('- a\n+ b\n-p c\n-/ d\n-! e\n'))).toEqual(expected);
  });

  it('may contain per-directory rules, which inherit too', () => {
    const content = ': .f\n:n- .h\n:C\n:e .g\n-C\n';
    expect(pulled(filters('.sp/ rf'), withFile(content))).toEqual([
      ...[':/sp .f', ':/n-sp .h', ':/Csp .cvsignore', '- .g', ':/sp .g', '-/Csp '],
    ]);
  });

  it('may be of words', () => {
    expect(pulled(filters('.w rf'), withFile('-_e\t+_f -_g_h'))).toEqual(['- e', '+ f', '- g_h']);
    expect(pulled(filters('.w- rf'), withFile('foo - !  #c'))).toEqual(['- foo', '- -', '- !', '- #c']);
    expect(pulled(filters('.C rf'), withFile('foo ! - e bar'))).toEqual(['- -', '- e', '- bar']);
    expect(() => pulled(filters('.w rf'), withFile('- e'))).toThrow('it ends too early');
  });

  it('may merge others, 32 deep', () => {
    const chain = (length: number): FilterEnvironment => ({
      readFile: (path) => Buffer.from(Number(path) < length ? `. ${Number(path) + 1}\n` : '- a\n'),
    });
    expect(pulled(filters('. 1'), chain(32))).toEqual(['- a']);
    expect(() => pulled(filters('. 1'), chain(33))).toThrow(FileError);
    expect(() => pulled(filters('. rf'), withFile('. rf'))).toThrow('merged more than 32 deep');
  });
});

describe('a per-directory rule', () => {
  it('is dropped if there is one for that file name', () => {
    expect(pulled(filters(': .f', ':n .f', ': /.f', ': x.f'))).toEqual([': .f', ': x.f']);
    expect(pulled(filters(':s .f', ':r .f'))).toEqual([':s .f']);
    expect(pulled(filters(':r .f', ':s .f'))).toEqual([]);
  });

  it('excludes its own file with e', () => {
    expect(pulled(filters(':e .f', ':es /.g'))).toEqual(['- .f', ': .f', '- .g', ':s /.g']);
  });
});

describe('automatic rules', () => {
  it('protect partial files, in a folder that stays', () => {
    const partial = (partialDir: string) => pushed({ ...filters('- z'), partialDir });
    expect(partial('pd')).toEqual(['- z', '-p pd/']);
    expect(partial('./a//pd/')).toEqual(['- z', '-p a/pd/']);
    expect(partial('a/../pd')).toEqual(['- z', '-p pd/']);
    expect(partial('/abs/pd')).toEqual(['- z']);
    expect(partial('.')).toEqual(['- z']);
    expect(partial('')).toEqual(['- z']);
    expect(pulled({ partialDir: 'pd' })).toEqual(['-p pd/']);
    expect(pulled({ delayUpdates: true })).toEqual(['-p .~tmp~/']);
    expect(pulled({ delayUpdates: true, partialDir: 'pd' })).toEqual(['-p pd/']);
    expect(pulled({ deleteExcluded: true, partialDir: 'pd' })).toEqual(['-sp pd/']);
    expect(pushed({ deleteExcluded: true, partialDir: 'pd' })).toEqual([]);
  });

  it('protect backups among the files', () => {
    expect(pushed({ ...filters('- z'), backup: true, partialDir: 'pd' })).toEqual(['- z', '-r *~', '-p pd/']);
    expect(pushed({ backup: true, suffix: '.b*k' })).toEqual(['-r *.b*k']);
    expect(pushed({ backup: true, backupDir: 'bd' })).toEqual([]);
    expect(pushed({ backup: true, deleteExcluded: true })).toEqual([]);
    expect(pulled({ backup: true, delete: 'during' })).toEqual([]);
    expect(parseFilters({ backup: true }).rules).toEqual([]);
  });

  it('of -C come last, and are left to the server when pulling', () => {
    const options: TransferOptions = { ...filters('- z'), cvsExclude: true, partialDir: 'pd' };
    const list = builtIn.map((pattern) => `-p ${pattern}`);
    expect(pushed(options)).toEqual(['- z', '-p pd/', ':C .cvsignore', ...list]);
    expect(pulled(options)).toEqual(['- z', '-p pd/']);
    expect(pushed({ ...options, ...filters(':C') })).toEqual([':C .cvsignore', '-p pd/', ...list]);
    expect(pushed({ cvsExclude: true, deleteExcluded: true })).toEqual([]);
  });

  it('of CVS include what its environment says, which is not perishable', () => {
    const ignoring = (homeFile: string, variable: string): FilterEnvironment => ({
      cvsIgnore: { homeFile: Buffer.from(homeFile), variable },
    });
    const options: TransferOptions = { ...filters('- z'), cvsExclude: true };
    expect(pushed(options, ignoring('foo  bar\n#c', 'e1 e2\te3')).slice(-7)).toEqual([
      ...['-p .bzr/', '- foo', '- bar', '- #c', '- e1', '- e2', '- e3'],
    ]);
    expect(pushed(options, ignoring('foo ! bar', 'e1'))).toEqual(['- z', ':C .cvsignore', '- bar', '- e1']);
    expect(pushed(options, ignoring('foo', 'e1 ! e2'))).toEqual(['- z', ':C .cvsignore', '- e2']);
  });

  it('of a -C rule stand where it stands', () => {
    expect(pushed(filters('- a', '-C', '- b')).slice(-2)).toEqual(['-p .bzr/', '- b']);
    expect(pushed(filters('+C'))[0]).toBe('+p RCS');
    expect(pushed(filters('-/C'))[0]).toBe('-/p RCS');
    expect(pushed(filters('-Cr'))[0]).toBe('-rp RCS');
    expect(pushed(filters('-!C'))[0]).toBe('-!p RCS');
    expect(pushed(filters('-Cx'))[0]).toBe('-p RCS');
    expect(pushed(filters('-Cs'))).toEqual([]);
    expect(pulled(filters('-!C', '-Cx'))).toEqual(['-!C ', '-Cx ']);
  });
});

describe('--delete-excluded', () => {
  it('makes rules without a side rules of the sender', () => {
    const options = { ...filters('- a', ':e .f', '-sr b', 'P c', ':s .g', '-C'), deleteExcluded: true };
    expect(pushed(options)).toEqual([': .f', '-sr b', '-r c']);
    // The real client leaves out the `s` for `.f`, which makes no difference to a sender.
    expect(pulled(options)).toEqual(['-s a', '-s .f', ': .f', '-sr b', ':s .g', '-Cs ']);
  });
});

function messageOf(action: () => void): string {
  try {
    action();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was thrown');
}
