import { expect, it } from 'vitest';
import type { TreeAction } from '../../../src/protocol/index.ts';
import { changeOf } from '../../../src/watch/change.ts';
import { HalfSent } from '../../../src/watch/remote/half-sent.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import { found } from '../../support/found.ts';
import { MemoryDisk } from '../../support/memory-disk.ts';

function task(path: string, action: TreeAction = 'send', kind: 'file' | 'folder' = 'file'): Task {
  return {
    todo: { action, path },
    path,
    found: found(kind),
    changes: [changeOf(path, 'path', 0)],
    needsPruning: false,
  };
}

it('files that were half sent are those of the tasks, until they are sent', () => {
  const half = new HalfSent(new MemoryDisk(() => 0));
  half.add(['d/a', 'b', 'gone', 'folder']);
  const tasks = [task('d/a'), task('c'), task('gone', 'delete'), task('folder', 'send', 'folder')];
  expect(half.among(tasks)).toEqual(['d/a']);
  expect(half.takeNew()).toEqual(['d/a', 'b', 'gone', 'folder']);
  expect(half.takeNew()).toEqual([]);
  half.forget(tasks.map(({ path }) => path));
  expect([half.among(tasks), half.has('b')]).toEqual([[], true]);
});

it('a file that has something like a temporary file beside it here is left out', () => {
  const disk = new MemoryDisk(() => 0);
  for (const path of ['d/a', 'd/.a.Ab1cD2', 'd/b', 'd/.b.long-name']) disk.write(path, '');
  const half = new HalfSent(disk);
  half.add(['d/a', 'd/b']);
  expect(half.among([task('d/a'), task('d/b')])).toEqual(['d/b']);
});

it('they are kept in a bounded number', () => {
  const half = new HalfSent(new MemoryDisk(() => 0));
  half.add(Array.from({ length: 5000 }, (_, i) => `${i}`));
  expect(half.takeNew()).toHaveLength(1000);
});
