import { describe, expect, it } from 'vitest';
import { isUnsafeTarget, unmungedTarget } from '../../../src/protocol/trees/link-target.ts';

/** What rsync 3.5.0 follows with --copy-unsafe-links, for links in folders that are 0, 1, 2 and 3 deep. */
const UNSAFE_UP_TO: ReadonlyArray<readonly [string, number]> = [
  ['x', -1],
  ['.', -1],
  ['./x', -1],
  ['..x', -1],
  ['...', -1],
  ['a/..b', -1],
  ['a//x', -1],
  ['..', 0],
  ['../', 0],
  ['../x', 0],
  ['..//x', 0],
  ['../.', 0],
  ['.././x', 0],
  ['../..x', 0],
  ['../../x', 1],
  ['..//../x', 1],
  ['../../', 1],
  ['../../.', 1],
  ['../../../x', 2],
  ['', 3],
  ['/x', 3],
  ['//x', 3],
  ['../..', 3],
  ['../../..', 3],
  ['a/..', 3],
  ['a/../x', 3],
  ['./..', 3],
  ['./../x', 3],
  ['.././../x', 3],
  ['../a/../x', 3],
  ['.../..', 3],
  ['x/..x/..', 3],
];

describe('a symlink leads out of the tree', () => {
  it.each(UNSAFE_UP_TO)('with the target %j up to a depth of %i', (target, most) => {
    const depths = [0, 1, 2, 3].filter((depth) => isUnsafeTarget(target, `${'d/'.repeat(depth)}link`));
    expect(depths).toEqual([0, 1, 2, 3].filter((depth) => depth <= most));
  });
});

describe('a munged target', () => {
  it.each([
    ['/rsyncd-munged/a/b', 'a/b'],
    ['/rsyncd-munged//etc/passwd', '/etc/passwd'],
    ['/rsyncd-munged//rsyncd-munged/x', '/rsyncd-munged/x'],
    ['/rsyncd-munged/', '/rsyncd-munged/'],
    ['/rsyncd-munged', '/rsyncd-munged'],
    ['rsyncd-munged/x', 'rsyncd-munged/x'],
    ['a', 'a'],
  ])('%s was %s', (munged, target) => {
    expect(unmungedTarget(munged)).toBe(target);
  });
});
