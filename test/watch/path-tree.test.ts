import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ancestorsOf, joinPath, PathTree, parentOf } from '../../src/watch/path-tree.ts';

describe('a path', () => {
  it('lies in a folder, except for the root', () => {
    expect([parentOf('a/b/c'), parentOf('a'), parentOf('.')]).toEqual(['a/b', '.', undefined]);
    expect([joinPath('.', 'a'), joinPath('a', 'b')]).toEqual(['a', 'a/b']);
  });

  it('has ancestors, the root first', () => {
    expect(ancestorsOf('a/b/c')).toEqual(['.', 'a', 'a/b']);
    expect(ancestorsOf('a')).toEqual(['.']);
    expect(ancestorsOf('.')).toEqual([]);
  });
});

function treeOf(...paths: string[]): PathTree<{ path: string }> {
  const tree = new PathTree<{ path: string }>();
  for (const path of paths) tree.set(path, { path });
  return tree;
}

const names = (found: Iterable<readonly [string, unknown]>) => [...found].map(([path]) => path);

describe('values by path', () => {
  it('are found above and below', () => {
    const tree = treeOf('.', 'a', 'a/b/c', 'a/b/d', 'ab');
    expect(names(tree.above('a/b/c'))).toEqual(['.', 'a']);
    expect(names(tree.above('x/y'))).toEqual(['.']);
    expect(names(tree.below('a'))).toEqual(['a/b/c', 'a/b/d']);
    expect(names(tree.below('.'))).toEqual(['a', 'a/b/c', 'a/b/d', 'ab']);
    expect(tree.countIn('a/b')).toBe(2);
    expect(tree.countIn('nowhere')).toBe(0);
  });

  it('go one by one, or with all that is below', () => {
    const tree = treeOf('a', 'a/b', 'a/b/c', 'd');
    expect(tree.delete('a')).toEqual({ path: 'a' });
    expect(tree.delete('a')).toBeUndefined();
    expect(names(tree.below('.'))).toEqual(['a/b', 'a/b/c', 'd']);
    tree.deleteTree('a');
    expect([names(tree.below('.')), tree.size]).toEqual([['d'], 1]);
    tree.clear();
    expect(tree.size).toBe(0);
  });

  it('touch a path from above, from below and at it, not from beside', () => {
    const tree = treeOf('a/b');
    expect(['.', 'a', 'a/b', 'a/b/c'].map((path) => tree.touches(path))).toEqual([true, true, true, true]);
    expect(['a/c', 'ab', 'b', 'a/bc'].map((path) => tree.touches(path))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    tree.delete('a/b');
    expect(tree.touches('.')).toBe(false);
  });

  it('are those of a plain list, whatever is done to them', () => {
    const anyPath = fc
      .array(fc.constantFrom('a', 'b'), { maxLength: 4 })
      .map((parts) => (parts.length === 0 ? '.' : parts.join('/')));
    const anyDeed = fc.tuple(fc.constantFrom('set', 'delete', 'deleteTree'), anyPath);
    const isBelow = (path: string, folder: string) => ancestorsOf(path).includes(folder);
    fc.assert(
      fc.property(fc.array(anyDeed), anyPath, (deeds, asked) => {
        const tree = treeOf();
        const list = new Set<string>();
        for (const [deed, path] of deeds) {
          if (deed === 'set') {
            tree.set(path, { path });
            list.add(path);
          } else if (deed === 'delete') {
            tree.delete(path);
            list.delete(path);
          } else {
            tree.deleteTree(path);
            for (const each of list) if (each === path || isBelow(each, path)) list.delete(each);
          }
        }
        const all = [...list];
        expect(tree.size).toBe(list.size);
        expect(tree.get(asked)?.path).toBe(list.has(asked) ? asked : undefined);
        expect(names(tree.below(asked)).sort()).toEqual(all.filter((each) => isBelow(each, asked)).sort());
        expect(names(tree.above(asked))).toEqual(ancestorsOf(asked).filter((each) => list.has(each)));
        const touching = all.filter((each) => each === asked || isBelow(each, asked) || isBelow(asked, each));
        expect(tree.touches(asked)).toBe(touching.length > 0);
      }),
    );
  });
});
