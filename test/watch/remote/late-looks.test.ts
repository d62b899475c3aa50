import { expect, it } from 'vitest';
import { type Change, changeOf } from '../../../src/watch/change.ts';
import { LateLooks } from '../../../src/watch/remote/late-looks.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import { found } from '../../support/found.ts';

function task(path: string, change: Partial<Change> = {}, other: Partial<Task> = {}): Task {
  const changes = [{ ...changeOf(path, 'path', 0), settledAt: 0, ...change }];
  return {
    todo: { action: 'send', path },
    path,
    found: found('file'),
    changes,
    needsPruning: false,
    ...other,
  };
}

const all = () => new LateLooks((paths) => new Set(paths));
const written = (tasks: readonly Task[], now = 5000) =>
  all()
    .written(tasks, now)
    .map(({ path }) => path);

it('files that settled long ago are looked at once more, and no others', () => {
  expect(
    written([
      task('old'),
      task('new', { settledAt: 4500 }),
      task('never', { settledAt: undefined as never }),
    ]),
  ).toEqual(['old']);
});

it('what more is known of than that something happened is not made to settle again, or it would be forgotten', () => {
  const known = [
    task('folder before', { wasFolder: true }),
    task('late mount', { needsName: true }),
    task('failed', { attempts: 1 }),
    task('whole', { kind: 'tree' }),
    task('deleted', {}, { todo: { action: 'delete', path: 'deleted' }, found: { kind: 'missing' } }),
    task('folder', {}, { found: found('folder') }),
    task('pipe', {}, { found: found('file', { isRegular: false }) }),
  ];
  expect(written(known)).toEqual([]);
});

it('a bounded number settles again', () => {
  const looks = all();
  const tasks = Array.from({ length: 1500 }, (_, i) => task(`${i}`));
  expect(looks.written(tasks, 5000)).toHaveLength(1000);
  expect(looks.written(tasks, 5000)).toEqual([]);
  looks.forget(tasks.slice(0, 10));
  expect(looks.written(tasks, 5000)).toHaveLength(10);
});
