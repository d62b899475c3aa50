import { describe, expect, it } from 'vitest';
import { pathsToPrune } from '../../src/watch/pruning.ts';
import { excluding, filterOf } from '../support/event-filter.ts';
import { diskOf, found } from '../support/found.ts';

const disk = diskOf({ here: found('folder'), 'here/file': found('file') });

describe('what a server would delete', () => {
  it('is deleted at the topmost path that is not here', () => {
    const victims = ['old/a/b', 'old/a/', 'old/', 'here/x', 'here/y/z', 'here/y/'];
    expect(pathsToPrune(victims, disk, filterOf())).toEqual(['old', 'here/x', 'here/y']);
  });

  it('is kept if the filter protects it, or something in it', () => {
    const filter = excluding('(.*)\\.svn', 'old/keep/');
    const victims = ['a.svn', 'old/x', 'old/keep/y', 'old/keep/', 'old/', 'here/b', 'here/b.svn'];
    expect(pathsToPrune(victims, disk, filter)).toEqual(['here/b']);
  });

  it('is looked at if it is here, of another kind perhaps', () => {
    expect(pathsToPrune(['here/file/', 'here/file/x'], disk, filterOf())).toEqual([
      'here/file',
      'here/file/x',
    ]);
  });
});
