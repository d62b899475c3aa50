import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/protocol/options/suggestion.ts';

describe('a suggestion', () => {
  const known = ['--delete', '--del', '--exclude', '--recursive', '-r'];

  it.each([
    ['--delet', '--delete'],
    ['--dle', '--del'],
    ['--exlcude', '--exclude'],
    ['--recursivly', '--recursive'],
    ['--DELETE', '--delete'],
  ])('for %s is %s', (written, meant) => {
    expect(nearest(written, known)).toBe(meant);
  });

  it.each([
    ['nmae', 'name'],
    ['Name', 'name'],
    ['nam', 'name'],
    ['names', 'name'],
    ['port', undefined],
    ['x', undefined],
  ])('for the name %s is %s', (written, meant) => {
    expect(nearest(written, ['name', 'watch'])).toBe(meant);
  });

  it('is not made when nothing is near', () => {
    expect(nearest('--frobnicate', known)).toBeUndefined();
    expect(nearest('x'.repeat(10_000), known)).toBeUndefined();
    expect(nearest('', [])).toBeUndefined();
    expect(nearest('--foo', ['--no-o', '--force'])).toBeUndefined();
    expect(nearest('--abc', ['--acls', '--no-g', '-a'])).toBeUndefined();
  });
});
