import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import { patternRule } from '../../../src/protocol/filter/rule.ts';
import { FilterScope } from '../../../src/protocol/filter/scope.ts';
import { deletionRules } from '../../../src/protocol/trees/deletion-rules.ts';
import type { KeptInChanges } from '../../../src/protocol/trees/tree-change.ts';
import { encodeName } from '../../../src/protocol/wire/file-name.ts';
import { type PathsOfActions, treeChanges } from '../../support/tree-changes.ts';

const settings = { from0: false, deleteExcluded: false, cvsIgnore: {} };
const MAX_BYTES = 4095;

function rulesFor(
  { keptPaths, kept, keptFiles, ...paths }: PathsOfActions & KeptInChanges,
  protocol = 31,
  prunes = false,
): string[] {
  return deletionRules(treeChanges(paths), { keptPaths, kept, keptFiles, protocol, prunes });
}

/** Whether a receiver that heard these rules would delete a path. */
function deleterBy(rules: readonly string[]) {
  const parsed = rules.map((text) =>
    patternRule(text.startsWith('+') ? 'include' : 'exclude', text.slice(2)),
  );
  const scope = FilterScope.outside({ rules: parsed, settings }, 'receiver', '/srv');
  return (path: string, isFolder = false) => !scope.excludes(path, isFolder);
}

describe('deletion rules', () => {
  it('refuse, for a receiver that searches from the root, what they cannot tell from a folder on the way', () => {
    // Only with the last name is the pattern too long.
    const deep = Array.from({ length: 8 }, () => '*'.repeat(240)).join('/');
    const long = '*'.repeat(200);
    const gone = [`A/${deep}/${long}`, `X/${deep}/sub/f`];
    expect(() => rulesFor({ delete: gone }, 29)).toThrow(UsageError);
    expect(() => rulesFor({ delete: [`A/${deep}/${long}`, 'X/sub/f'] }, 29)).not.toThrow();
    expect(() => rulesFor({ delete: gone }, 30)).not.toThrow();
  });

  it('name what is gone with all that is in it, and nothing else', () => {
    expect(rulesFor({ delete: ['a/old'] })).toEqual(['+ /a/old', '+ /a/old/**', '- *']);
    expect(rulesFor({ 'delete-folder': ['a/old'] })).toEqual(['+ /a/old/', '+ /a/old/**', '- *']);
    expect(rulesFor({ 'delete-file': ['a/old'] })).toEqual(['- /a/old/', '+ /a/old', '- *']);
  });

  it('lead old servers through the folders above, once', () => {
    expect(rulesFor({ delete: ['a/b', 'a/c'], 'delete-file': ['x/y/z'] }, 29)).toEqual([
      ...['+ /a/', '+ /x/', '+ /x/y/', '- /x/y/z/', '+ /x/y/z'],
      ...['+ /a/b', '+ /a/b/**', '+ /a/c', '+ /a/c/**', '- *'],
    ]);
  });

  it('keep paths in what is mirrored or gone, but for what is named in them', () => {
    for (const protocol of [29, 31]) {
      const mayDelete = deleterBy(
        rulesFor({ delete: ['d', 'v[1]/old'], mirror: ['.'], keptPaths: ['d/vol', 'v[1]'] }, protocol),
      );
      expect(['d', 'd/x', 'vol', 'd/volume', 'v1'].every((path) => mayDelete(path))).toBe(true);
      expect(mayDelete('v[1]/old') && mayDelete('v[1]/old/x')).toBe(true);
      expect(['d/vol', 'd/vol/x', 'd/vol/x/y', 'v[1]/x', 'v[1]'].some((path) => mayDelete(path))).toBe(false);
    }
  });

  it('keep more than a path, rather than less, if its rule would be too long', () => {
    const path = `${'*'.repeat(200)}/`.repeat(15) + '*'.repeat(200);
    const rules = rulesFor({ mirror: ['.'], keptPaths: [path] });
    expect(rules.every((rule) => encodeName(rule.slice(2)).length <= MAX_BYTES)).toBe(true);
    expect([deleterBy(rules)(path), deleterBy(rules)(`${path}/x`), deleterBy(rules)('x')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('quote wildcards, and backslashes where there is a wildcard', () => {
    expect(rulesFor({ delete: ['b\\c'] })).toEqual(['+ /b\\c', '+ /b\\\\c/**', '- *']);
    expect(rulesFor({ 'delete-file': ['a*\\[1]?'] }).slice(1, 2)).toEqual(['+ /a\\*\\\\\\[1]\\?']);
    expect(rulesFor({ 'delete-file': [' #-+'] }).slice(1, 2)).toEqual(['+ / #-+']);
  });

  it('let a receiver delete what is gone and what is below, but nothing beside it', () => {
    const plain = ['a', 'b\\c', 'x1', '\\', ' ', '#', '\udcff', 'ü?'];
    const names = [...plain, 'a*', 'a**', 'a***', 'b\\*', 'x[1]', '[', '?'];
    for (const victim of names.flatMap((name) => [name, `d/${name}`])) {
      for (const protocol of [29, 31]) {
        for (const kind of ['delete-folder', 'delete-file'] as const) {
          const isFolder = kind === 'delete-folder';
          const deletes = deleterBy(rulesFor({ [kind]: [victim] }, protocol));
          expect(deletes(victim, isFolder)).toBe(true);
          expect(deletes(victim, !isFolder)).toBe(false);
          expect(deletes(`${victim}/x/y`)).toBe(isFolder);
          const others = names.filter((name) => name !== victim && `d/${name}` !== victim);
          for (const other of others) expect(deletes(other), `${other} for ${victim}`).toBe(false);
        }
      }
    }
  });

  it('let temporary files go that a receiver left behind of a file, and nothing that anybody wrote', () => {
    const deletes = deleterBy([...rulesFor({ 'delete-temporary': ['d/big'], keptFiles: ['.*'] })]);
    expect(deletes('d/.big.aB3xYz')).toBe(true);
    const others = [
      'd/.big.backup',
      'd/.big.BACKUP',
      'd/.big.202611',
      'd/.big.aB3xYzz',
      'd/.big.aB3-Yz',
      'd/big.aB3xYz',
    ];
    expect([...others, '.big.aB3xYz', 'd/.small.aB3xYz', 'd/big'].filter((path) => deletes(path))).toEqual(
      [],
    );
    expect(deletes('d/.big.aB3xYz', true)).toBe(false);
  });

  it('protect everything if there is nothing to delete', () => {
    expect(rulesFor({})).toEqual(['- *']);
  });
});

describe('rules for paths that are long when they are quoted', () => {
  const stars = (letter: string, count = 13) =>
    Array.from({ length: count }, () => letter.repeat(200)).join('/');
  const kinds = ['delete', 'delete-folder', 'delete-file', 'replace', 'mirror', 'level'] as const;

  it.each(['*', '?', '[', '\\*', '\u20ac*'])('always fit: %s', (letter) => {
    for (const kind of kinds) {
      for (const count of [10, 11, 13, 16]) {
        const path = stars(letter, count);
        for (const protocol of [27, 29, 31]) {
          const rules = rulesFor({ [kind]: [path] }, protocol, protocol > 29);
          for (const rule of rules) expect(encodeName(rule.slice(2)).length).toBeLessThanOrEqual(MAX_BYTES);
        }
      }
    }
  });

  it('are about these paths and nothing else', () => {
    const path = `top/${stars('*')}`;
    const deletes = deleterBy(rulesFor({ delete: [path, 'short'] }));
    expect([deletes(path), deletes(path, true), deletes(`${path}/x`), deletes('short')]).not.toContain(false);
    const siblings = ['x', '*', 'x'.repeat(200), '*'.repeat(199), '*'.repeat(201)];
    const others = [...siblings.map((name) => `top/${stars('*', 12)}/${name}`), 'top', 'x', `${path}x`];
    expect(others.flatMap((other) => [deletes(other), deletes(other, true)])).not.toContain(true);
    expect(deletes(`top/${stars('*', 14)}`)).toBe(true);
    expect(deletes(`top/${stars('*', 12)}`)).toBe(false);
  });

  it('may be many in one folder', () => {
    const folder = stars('*', 12);
    const gone = ['*a', '*b', '[c]'].map((name) => `${folder}/${name}`);
    const deletes = deleterBy(rulesFor({ delete: gone }));
    expect(gone.map((path) => deletes(path))).toEqual([true, true, true]);
    expect(deletes(`${folder}/*c`)).toBe(false);
  });

  it('reach to the last byte that a server takes', () => {
    const name = 'x'.repeat(4093);
    expect(rulesFor({ 'delete-file': [name] })).toEqual([`- /${name}/`, `+ /${name}`, '- *']);
    expect(rulesFor({ 'delete-folder': [`dd/${name.slice(4)}`] })).toEqual([
      `+ /dd/${name.slice(4)}/`,
      `+ /*/${name.slice(4)}/**`,
      '- *',
    ]);
  });

  it('are refused where they would be about two paths of one session', () => {
    const [one, two] = [`one/${stars('*')}`, `two/${stars('*')}`];
    expect(() => rulesFor({ delete: [`${one}/a`, `${two}/b`] })).toThrow(UsageError);
    expect(() => rulesFor({ 'delete-file': [one], mirror: [`two/${stars('*', 12)}`] })).toThrow(
      'two sessions',
    );
    expect(() => rulesFor({ delete: [one], level: ['two'], keptFiles: ['.*'] })).toThrow('two sessions');
    expect(() => rulesFor({ delete: [one, 'three/a'], mirror: ['two'] })).not.toThrow();
  });
});
