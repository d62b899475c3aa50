import { describe, expect, it } from 'vitest';
import { changeSetOf, makeBatches } from '../../../src/watch/remote/batches.ts';
import type { Deed, Task } from '../../../src/watch/remote/planner.ts';
import type { Found } from '../../../src/watch/tree/disk.ts';
import { filterOf } from '../../support/event-filter.ts';
import { found, missing } from '../../support/found.ts';

const MB = 1024 * 1024;
const LIMITS = { tasks: 3, deletions: 2, bytes: 10 * MB };

function task(path: string, deed: Deed = 'changed', what: Found = found('file')): Task {
  return { path, deed, found: what, changes: [], needsPruning: false };
}

const shown = (tasks: readonly Task[]) =>
  makeBatches(tasks, LIMITS).map(
    ({ comparison, tasks: each }) => `${comparison} ${each.map(({ path }) => path)}`,
  );

describe('tasks', () => {
  it('go together as far as the limits allow', () => {
    expect(shown(['a', 'b', 'c', 'd'].map((path) => task(path)))).toEqual(['always a,b,c', 'always d']);
    expect(shown(['a', 'b', 'c'].map((path) => task(path, 'gone', missing)))).toEqual([
      'always a,b',
      'always c',
    ]);
    const large = (path: string) => task(path, 'changed', found('file', { size: 6 * MB }));
    expect(shown([large('a'), large('b'), task('c')])).toEqual(['always a', 'always b,c']);
    expect(shown([])).toEqual([]);
  });

  it('do not wait behind a very large file', () => {
    const huge = task('huge', 'changed', found('file', { size: 10 * MB }));
    expect(shown([task('a'), huge, task('b')])).toEqual(['always huge', 'always a,b']);
  });

  it('that are about whole folders are compared by times, apart from the others', () => {
    const folders = (['added', 'mirrored', 'leveled'] as const).map((deed) =>
      task(deed, deed, found('folder')),
    );
    expect(shown([task('a'), ...folders])).toEqual(['always a', 'times added,mirrored,leveled']);
  });

  it('about a file do not trust its times, which a program may have set back after writing', () => {
    const setBack = found('file', { size: 5 * MB, mtimeMs: 5000, ctimeMs: 900_000 });
    expect(shown([task('a', 'changed', setBack)])).toEqual(['always a']);
  });
});

describe('a change set', () => {
  it('has the paths by what is to be done about them', () => {
    const tasks = [
      task('a'),
      task('r', 'replaced'),
      task('m', 'mirrored', found('folder')),
      task('l', 'leveled', found('folder')),
      task('n', 'added', found('folder')),
      task('g', 'gone', missing),
      task('gd', 'goneFolders', missing),
      task('gf', 'goneFiles', missing),
    ];
    expect(changeSetOf(tasks, filterOf({ ignoresHidden: true, ignoresTemporary: true }))).toEqual({
      changed: ['a', 'r'],
      replaced: ['r'],
      mirrored: ['m'],
      leveled: ['l'],
      added: ['n'],
      gone: ['g'],
      goneFolders: ['gd'],
      goneFiles: ['gf'],
      kept: [],
      keptFiles: ['.*', '*~', '4913'],
    });
  });
});
