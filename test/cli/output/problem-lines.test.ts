import { expect, it } from 'vitest';
import { problemLine } from '../../../src/cli/output/problem-lines.ts';
import { SourcePaths } from '../../../src/cli/source-paths.ts';
import { ChangedError, type Problem } from '../../../src/protocol/index.ts';

const paths = new SourcePaths(['src/', 'none', 'a/b/c'], { relative: false, hasList: false, folder: '/lab' });

function failure(code: string, errno: number): Error {
  return Object.assign(new Error(`${code}: in Node's words`), { code, errno });
}

const missing = failure('ENOENT', -2);
const denied = failure('EACCES', -13);

/** What rsync 3.5.0 printed in such cases. */
it.each<[Problem, boolean, string]>([
  [
    { path: 'none', doing: 'lstat', cause: missing, kind: 'missing-source' },
    true,
    'rsync: [sender] link_stat "/lab/none" failed: No such file or directory (2)',
  ],
  [
    { path: 'a/b/c', doing: 'chdir', cause: denied, kind: 'failed' },
    true,
    'rsync: [sender] change_dir "/lab/a/b" failed: Permission denied (13)',
  ],
  [
    { path: 'closed', doing: 'readdir', cause: denied, kind: 'failed' },
    true,
    'rsync: [sender] opendir "/lab/src/closed" failed: Permission denied (13)',
  ],
  [
    { path: 'secret', doing: 'open', cause: denied, kind: 'failed' },
    true,
    'rsync: [sender] send_files failed to open "/lab/src/secret": Permission denied (13)',
  ],
  [
    { path: 'loop', doing: 'lstat', cause: failure('ELOOP', -40), kind: 'failed' },
    true,
    'rsync: [sender] readlink_stat("/lab/src/loop") failed: Too many levels of symbolic links (40)',
  ],
  [
    { path: 'bad', doing: 'read', cause: failure('EIO', -5), kind: 'failed' },
    true,
    'rsync: [sender] read errors mapping "/lab/src/bad": Input/output error (5)',
  ],
  [
    { path: 'short', doing: 'read', cause: new Error('it shrank'), kind: 'failed' },
    true,
    'rsync: [sender] read errors mapping "/lab/src/short": it shrank',
  ],
  [
    { path: 'dangling', doing: 'stat', cause: missing, kind: 'failed' },
    true,
    'symlink has no referent: "/lab/src/dangling"',
  ],
  [
    { path: 'a', doing: 'unlink', cause: failure('EPERM', -1), kind: 'failed' },
    true,
    'rsync: [sender] sender failed to remove a: Operation not permitted (1)',
  ],
  [
    { path: 'sub/b', doing: 'unlink', cause: new ChangedError('it has changed'), kind: 'failed' },
    true,
    'ERROR: Skipping sender remove for changed file: sub/b',
  ],
  [
    { path: '$& %', doing: 'copy', cause: failure('EXDEV', -18), kind: 'failed' },
    true,
    'rsync: [sender] copy "/lab/src/$& %" failed: cross-device link not permitted (18)',
  ],
  [
    { path: 'gone', doing: 'open', cause: missing, kind: 'vanished' },
    true,
    'file has vanished: "/lab/src/gone"',
  ],
  [{ path: 'src/', doing: 'list', cause: missing, kind: 'skipped' }, false, 'skipping directory .'],
])('%j', (problem, isError, text) => {
  expect(problemLine(problem, paths)).toEqual({ isError, text });
});
