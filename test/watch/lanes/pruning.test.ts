import { describe, expect, it } from 'vitest';
import type { EventFilter } from '../../../src/watch/filter/event-filter.ts';
import { Pruning } from '../../../src/watch/lanes/pruning.ts';
import { excluding, filterOf } from '../../support/event-filter.ts';
import { diskOf, found } from '../../support/found.ts';

const disk = diskOf({
  here: found('folder'),
  'here/file': found('file'),
  link: found('file', { isSymlink: true }),
});

/** What may be deleted by the names that a server tells; folders end with a slash. */
function deletionsOf(names: Iterable<string>, filter: EventFilter = filterOf(), folders = ['.']) {
  const pruning = new Pruning(folders, disk, filter);
  for (const name of names) {
    const isFolder = name.endsWith('/');
    pruning.add(isFolder ? name.slice(0, -1) : name, isFolder);
  }
  return pruning.deletions;
}

const pathsOf = (...asked: Parameters<typeof deletionsOf>) => deletionsOf(...asked).paths;

describe('what a server would delete', () => {
  it('is deleted at the topmost path that is not here', () => {
    const names = ['old/a/b', 'old/a/', 'old/', 'here/x', 'here/y/z', 'here/y/'];
    expect(pathsOf(names)).toEqual(['old', 'here/x', 'here/y']);
  });

  it('is kept if the filter protects it, or something in it', () => {
    const filter = excluding('(.*)\\.svn', 'old/keep/');
    const names = ['a.svn', 'old/x', 'old/keep/y', 'old/keep/', 'old/', 'here/b', 'here/b.svn'];
    expect(pathsOf(names, filter)).toEqual(['here/b']);
  });

  it('is looked at if it is here and of another kind', () => {
    expect(pathsOf(['here/file/', 'here/file/x', 'here/file'])).toEqual(['here/file']);
  });

  it.each(['../outside', 'here/../../outside', '/etc/passwd', 'here//x', 'here/./x', '', '.', '..', 'a\0b'])(
    'is dropped if it is no plain path: %j',
    (name) => {
      expect(pathsOf([name, `${name}/`])).toEqual([]);
    },
  );

  it('is never looked for behind a symlink', () => {
    expect(pathsOf(['link/passwd', 'link/etc/'])).toEqual(['link']);
  });

  it('is dropped if it lies in other folders than those in question', () => {
    expect(pathsOf(['here/x', 'old', 'here', 'hereafter'], filterOf(), ['here'])).toEqual(['here/x']);
  });

  it('is told in any number, and kept in a small one', () => {
    const flood = function* () {
      for (let i = 0; i < 100_000; i += 1) yield `${i}`;
      yield '7.svn';
    };
    const { paths, isAbridged } = deletionsOf(flood(), excluding('(.*)\\.svn'));
    expect([paths.length, isAbridged]).toEqual([5000, true]);
  });

  it('is one path for all that is in a folder, and protected by what is told last', () => {
    const flood = function* () {
      for (let i = 0; i < 10_000; i += 1) yield `old/${i}`;
      for (let i = 0; i < 10_000; i += 1) yield `${i}`;
      yield 'old/7.svn';
    };
    const { paths } = deletionsOf(flood(), excluding('(.*)\\.svn'));
    expect(paths).not.toContain('old');
  });
});
