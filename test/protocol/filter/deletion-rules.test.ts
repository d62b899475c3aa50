import { describe, expect, it } from 'vitest';
import { deletionRules } from '../../../src/protocol/filter/deletion-rules.ts';
import { FilterScope } from '../../../src/protocol/filter/scope.ts';
import { wireTexts } from '../../support/filter-texts.ts';

const settings = { from0: false, deleteExcluded: false, cvsIgnore: {} };

const oldFile = { path: 'a/old.txt', isDirectory: false };
const oldFolder = { path: 'a/olddir', isDirectory: true };

describe('deletion rules', () => {
  it('name a file, a folder with all that is in it, and nothing else', () => {
    const { rules, tooLong } = deletionRules([oldFile, oldFolder], 31);
    expect(wireTexts(rules, 'push')).toEqual(['+ /a/old.txt', '+ /a/olddir/', '+ /a/olddir/**', '- *']);
    expect(tooLong).toEqual([]);
  });

  it('lead old servers through the folders above, once', () => {
    const { rules } = deletionRules([oldFile, oldFolder, { path: 'x/y/z', isDirectory: false }], 29);
    expect(wireTexts(rules, 'push', 28)).toEqual([
      ...['+ /a/', '+ /a/old.txt', '+ /a/olddir/', '+ /a/olddir/**'],
      ...['+ /x/', '+ /x/y/', '+ /x/y/z', '*'],
    ]);
  });

  it('quote wildcards, and backslashes where there is a wildcard', () => {
    const textsFor = (path: string, isDirectory: boolean) =>
      wireTexts(deletionRules([{ path, isDirectory }], 31).rules, 'push').slice(0, -1);
    expect(textsFor('b\\c', false)).toEqual(['+ /b\\c']);
    expect(textsFor('b\\c', true)).toEqual(['+ /b\\c/', '+ /b\\\\c/**']);
    expect(textsFor('a*\\[1]?', false)).toEqual(['+ /a\\*\\\\\\[1]\\?']);
    expect(textsFor(' #-+', false)).toEqual(['+ / #-+']);
  });

  it('let a receiver delete the victims and what is below, but nothing beside them', () => {
    const names = [
      'a',
      'a*',
      'a**',
      'a***',
      'b\\c',
      'b\\*',
      'x[1]',
      'x1',
      '[',
      '?',
      '\\',
      ' ',
      '#',
      '\udcff',
      'ü?',
    ];
    for (const victim of names.flatMap((name) => [name, `d/${name}`])) {
      for (const protocol of [29, 31]) {
        for (const isDirectory of [true, false]) {
          const { rules } = deletionRules([{ path: victim, isDirectory }], protocol);
          const scope = FilterScope.outside({ rules, settings }, 'receiver', '/srv');
          expect(scope.excludes(victim, isDirectory)).toBe(false);
          expect(scope.excludes(`${victim}/x/y`, false)).toBe(!isDirectory);
          const others = names.filter((name) => name !== victim && `d/${name}` !== victim);
          for (const other of others)
            expect(scope.excludes(other, false), `${other} for ${victim}`).toBe(true);
        }
      }
    }
  });

  it('report a victim whose rule the server would drop', () => {
    const long = 'x'.repeat(4094);
    const starry = '*'.repeat(2100);
    const victims = [`${long}x`, long, starry, 'short'].map((path) => ({ path, isDirectory: false }));
    const { rules, tooLong } = deletionRules(victims, 31);
    expect(tooLong).toEqual([`${long}x`, starry]);
    expect(wireTexts(rules, 'push')).toEqual([`+ /${long}`, '+ /short', '- *']);
    expect(deletionRules([{ path: long, isDirectory: true }], 31).tooLong).toEqual([long]);
  });

  it('protect everything if there is no victim', () => {
    expect(wireTexts(deletionRules([], 31).rules, 'push')).toEqual(['- *']);
  });
});
