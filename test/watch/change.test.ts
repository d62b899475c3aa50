import { describe, expect, it } from 'vitest';
import { changeOf, covers, mergeChanges } from '../../src/watch/change.ts';

describe('two changes of one path', () => {
  it('become one that does both, and is as old as the older', () => {
    const path = { ...changeOf('a', 'path', 5), wasFolder: true };
    const tree = { ...changeOf('a', 'tree', 7), attempts: 2 };
    const both = { path: 'a', kind: 'tree', wasFolder: true, since: 5, heardAt: 7, attempts: 2 };
    expect(mergeChanges(path, tree)).toEqual(both);
    expect(mergeChanges(tree, path)).toEqual(both);
  });

  it.each([
    ['path', 'level', 'level'],
    ['level', 'tree', 'tree'],
    // What is wanted for the whole tree may leave newer files alone; a catch-up may not.
    ['all', 'tree', 'tree'],
  ] as const)('%s and %s make %s', (a, b, together) => {
    expect(mergeChanges(changeOf('.', a, 0), changeOf('.', b, 0)).kind).toBe(together);
  });
});

describe('a change of a folder', () => {
  const below = (kind: 'path' | 'tree') => changeOf('d/x', kind, 0);

  it('does all below it if it is about the whole folder', () => {
    expect(covers(changeOf('d', 'tree', 0), below('tree'), true)).toBe(true);
    expect(covers(changeOf('.', 'all', 0), below('tree'), false)).toBe(true);
  });

  it('does only what is directly in it if it is about that', () => {
    const level = changeOf('d', 'level', 0);
    expect(covers(level, below('path'), true)).toBe(true);
    expect(covers(level, below('path'), false)).toBe(false);
    expect(covers(level, below('tree'), true)).toBe(false);
  });

  it('does nothing below it if it is about the folder itself', () => {
    expect(covers(changeOf('d', 'path', 0), below('path'), true)).toBe(false);
  });
});
