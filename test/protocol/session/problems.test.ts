import { expect, it } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import { Problems } from '../../../src/protocol/session/problems.ts';

const problem = (path: string, doing: string, kind: Problem['kind']): Problem => ({
  path,
  doing,
  kind,
  cause: new Error(doing),
});

it('keeps one problem of a kind for each path, and counts the others', () => {
  const problems = new Problems();
  const told = [
    problem('a', 'open', 'vanished'),
    problem('a', 'open', 'vanished'),
    problem('b', 'open', 'vanished'),
    problem('a', 'open', 'failed'),
    problem('a', 'unlink', 'failed'),
  ].map((each) => problems.add(each));
  expect(told).toEqual([true, false, true, true, false]);
  expect(problems.list).toHaveLength(3);
  expect(problems.repeated).toBe(2);
});

it('keeps two of a file that could not be read to its end: it is asked for once more', () => {
  const problems = new Problems();
  const told = Array.from({ length: 4 }, () => problems.add(problem('a', 'read', 'failed')));
  expect(told).toEqual([true, true, false, false]);
  expect(problems.repeated).toBe(2);
});
