import { describe, expect, it } from 'vitest';
import type { TreeAction } from '../../../src/protocol/index.ts';
import { changesOf, makeBatches } from '../../../src/watch/remote/batches.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import type { Found } from '../../../src/watch/tree/disk.ts';
import { found, missing } from '../../support/found.ts';

const MB = 1024 * 1024;
const LIMITS = { tasks: 3, deletions: 2, bytes: 10 * MB };

function task(path: string, action: TreeAction = 'send', what: Found = found('file')): Task {
  return { todo: { action, path }, path, found: what, changes: [], needsPruning: false };
}

const shown = (tasks: readonly Task[]) =>
  makeBatches(tasks, LIMITS).map(
    ({ comparison, tasks: each }) => `${comparison} ${each.map(({ path }) => path)}`,
  );

describe('tasks', () => {
  it('go together as far as the limits allow', () => {
    expect(shown(['a', 'b', 'c', 'd'].map((path) => task(path)))).toEqual(['always a,b,c', 'always d']);
    expect(shown(['a', 'b', 'c'].map((path) => task(path, 'delete', missing)))).toEqual([
      'always a,b',
      'always c',
    ]);
    const large = (path: string) => task(path, 'send', found('file', { size: 6 * MB }));
    expect(shown([large('a'), large('b'), task('c')])).toEqual(['always a', 'always b,c']);
    expect(shown([])).toEqual([]);
  });

  it('do not wait behind a very large file', () => {
    const huge = task('huge', 'send', found('file', { size: 10 * MB }));
    expect(shown([task('a'), huge, task('b')])).toEqual(['always huge', 'always a,b']);
  });

  it('that are about whole folders are compared by times, apart from the others', () => {
    const folders = (['send-tree', 'mirror', 'level'] as const).map((action) =>
      task(action, action, found('folder')),
    );
    expect(shown([task('a'), ...folders])).toEqual(['always a', 'times send-tree,mirror,level']);
  });

  it('about a file do not trust its times, which a program may have set back after writing', () => {
    const setBack = found('file', { size: 5 * MB, mtimeMs: 5000, ctimeMs: 900_000 });
    expect(shown([task('a', 'send', setBack)])).toEqual(['always a']);
  });
});

describe('what the library is told of a batch', () => {
  it('is what the planner said, and which files may have been left half sent', () => {
    const tasks = [task('a'), task('m', 'mirror', found('folder')), task('g', 'delete', missing)];
    expect(changesOf(tasks, ['a'])).toEqual([
      { action: 'send', path: 'a' },
      { action: 'mirror', path: 'm' },
      { action: 'delete', path: 'g' },
      { action: 'delete-temporary', path: 'a' },
    ]);
  });
});
