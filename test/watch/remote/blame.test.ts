import { describe, expect, it } from 'vitest';
import type { TreeAction } from '../../../src/protocol/index.ts';
import { changeOf } from '../../../src/watch/change.ts';
import type { ProblemReport } from '../../../src/watch/lanes/messages.ts';
import { blame } from '../../../src/watch/remote/blame.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import { excluding } from '../../support/event-filter.ts';
import { diskOf, found } from '../../support/found.ts';

function task(path: string, action: TreeAction = 'send'): Task {
  const what = action === 'send' ? found('file') : found('folder');
  return {
    todo: { action, path },
    path,
    found: what,
    changes: [changeOf(path, 'path', 7)],
    needsPruning: false,
  };
}

/** What is here, besides the tasks. */
const disk = diskOf({
  a: found('folder'),
  'a/b': found('file'),
  'a/x.svn': found('file'),
  link: found('file', { isSymlink: true }),
});
const filter = excluding('(.*)\\.svn');

function judge(
  tasks: readonly Task[],
  {
    problems = [],
    errors = [],
    isAbridged = false,
    folder = '',
  }: {
    problems?: readonly ProblemReport[];
    errors?: readonly string[];
    isAbridged?: boolean;
    folder?: string;
  },
) {
  const { failed, vanished, undone, done, unexplained } = blame(
    tasks,
    { problems, errors, isAbridged },
    { folder, disk, filter },
  );
  const paths = (each: readonly Task[]) => each.map(({ path }) => path);
  return {
    failed: failed.map(
      ({ change: { path, kind }, reason }) => `${kind === 'level' ? 'level ' : ''}${path}: ${reason}`,
    ),
    vanished,
    undone: paths(undone),
    done: paths(done),
    unexplained,
  };
}

/** Texts of rsync 3.5.0. */
const texts = {
  makeWay: 'could not make way for new regular file: a/b',
  notEmpty: 'cannot delete non-empty directory: a/b',
  refused: 'ERROR: daemon refused to receive file "x.bad"',
  noSpace: 'rsync: [receiver] write failed on "/a/b" (in m): No space left on device (28)',
  temporary: 'rsync: [receiver] mkstemp "/a/.b.Xy12Zz" (in m) failed: Permission denied (13)',
  summary: 'rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1)',
};

describe('an error of the server', () => {
  it.each([
    [texts.makeWay, 'a/b'],
    [texts.notEmpty, 'a/b'],
    [texts.refused, 'x.bad'],
    [texts.noSpace, 'a/b'],
    [texts.temporary, 'a/b'],
  ])('is the fault of the path that it names: %s', (text, path) => {
    const tasks = [task('other'), task('a/b'), task('x.bad')];
    const { failed, done, unexplained } = judge(tasks, { errors: [text, texts.summary] });
    expect(failed).toEqual([`${path}: ${text}`]);
    expect(done).not.toContain(path);
    expect([done.length, unexplained]).toEqual([2, undefined]);
  });

  it('names paths in the module, which are below the folder that we send to', () => {
    const { failed } = judge([task('b')], { errors: [texts.noSpace], folder: 'a/' });
    expect(failed).toEqual([`b: ${texts.noSpace}`]);
  });

  it('about something in a folder that was sent whole is about that alone', () => {
    const { failed, done } = judge([task('a', 'mirror')], { errors: [texts.noSpace] });
    expect(failed).toEqual([`a/b: ${texts.noSpace}`]);
    expect(done).toEqual(['a']);
  });

  it('about a folder is about all that was to go into it', () => {
    const text = 'rsync: [generator] recv_generator: mkdir "/a" (in m) failed: Permission denied (13)';
    const { failed, done } = judge([task('a/x'), task('a/y'), task('b')], { errors: [text] });
    expect(failed).toEqual([`a/x: ${text}`, `a/y: ${text}`]);
    expect(done).toEqual(['b']);
  });

  it('that names nothing we know makes everything suspect', () => {
    const { failed, done, unexplained } = judge([task('a'), task('b')], { errors: ['something is wrong'] });
    expect([failed, done, unexplained]).toEqual([[], ['a', 'b'], 'something is wrong']);
  });

  it('makes everything suspect if there were too many to tell', () => {
    expect(judge([task('a')], { isAbridged: true }).unexplained).toBe('too many errors to tell');
  });
});

describe('a path that a server makes up', () => {
  const named = (name: string) =>
    `rsync: [receiver] write failed on "${name}" (in m): No space left on device (28)`;
  const whole: readonly Task[] = [task('.', 'mirror')];

  it.each([
    '../outside/secret',
    'a/../../outside/secret',
    'a/./b',
    'a//b',
    '..',
    '.',
    '',
    '/',
    '/etc/passwd\0',
    'a/x.svn',
    'link/../../secret',
  ])('is dropped if it is no path of ours: %j', (name) => {
    const { failed, unexplained } = judge(
      whole.map((one) => ({ ...one, todo: { action: 'send-tree' as const, path: one.path } })),
      {
        errors: [named(name)],
      },
    );
    expect([failed, unexplained]).toEqual([[], named(name)]);
  });

  it('is not taken for one of the root: what is not here is deleted in the folder that is', () => {
    const { failed } = judge(whole, { errors: [named('/etc/passwd')] });
    expect(failed).toEqual([`level .: ${named('/etc/passwd')}`]);
    expect(judge(whole, { errors: [named('a/old/x')] }).failed).toEqual([`level a: ${named('a/old/x')}`]);
  });

  it('behind a symlink is about the symlink', () => {
    expect(judge(whole, { errors: [named('link/passwd')] }).failed).toEqual([
      `link: ${named('link/passwd')}`,
    ]);
  });

  it('behind a symlink that is not sent is dropped', () => {
    const hidden = diskOf({ a: found('folder'), 'link.svn': found('file', { isSymlink: true }) });
    const errors = [named('link.svn/passwd')];
    const judged = blame(
      whole,
      { problems: [], errors, isAbridged: false },
      { folder: '', disk: hidden, filter },
    );
    expect([judged.failed, judged.unexplained]).toEqual([[], errors[0]]);
  });

  it('is dropped if the session was about something else', () => {
    const { failed, unexplained } = judge([task('c')], { errors: [named('a/b')] });
    expect([failed, unexplained]).toEqual([[], named('a/b')]);
  });

  it('may have quotes in its name', () => {
    const quoted = named('he said "a" and "b"');
    expect(judge([task('he said "a" and "b"')], { errors: [quoted] }).failed).toHaveLength(1);
    expect(judge([task('c')], { errors: ['rename "x" -> "c" failed'] }).failed).toHaveLength(1);
  });

  it('costs little to look for, however long the text', () => {
    const texts = Array.from({ length: 1000 }, () => '"\\"'.repeat(100_000));
    expect(judge([task('c')], { errors: texts }).failed).toEqual([]);
  });
});

describe('a problem of ours', () => {
  const problem = (path: string, doing: string, kind: ProblemReport['kind'] = 'failed'): ProblemReport => ({
    path,
    doing,
    kind,
    reason: 'EACCES',
  });

  it('with reading a file fails that file', () => {
    const { failed, done, undone } = judge([task('a'), task('g', 'delete')], {
      problems: [problem('a', 'open')],
    });
    expect(failed).toEqual(['a: open a: EACCES']);
    expect([done, undone]).toEqual([['g'], []]);
  });

  it('with listing keeps the server from deleting: what was to be deleted is still to be done', () => {
    const tasks = [task('a'), task('g', 'delete'), task('m', 'mirror'), task('b')];
    const { failed, done, undone } = judge(tasks, { problems: [problem('a', 'lstat')] });
    expect(failed).toEqual(['a: lstat a: EACCES']);
    expect([done, undone]).toEqual([['b'], ['g', 'm']]);
  });

  it('with listing something in a whole folder fails that alone; deletions in the folder wait for it', () => {
    const tasks = [task('m', 'mirror'), task('n', 'send-tree'), task('o', 'mirror')];
    const problems = [problem('m/x', 'readdir'), problem('m/y/z', 'lstat'), problem('n/x', 'readdir')];
    const { failed, done, undone } = judge(tasks, { problems });
    expect(failed).toEqual([
      'm/x: readdir m/x: EACCES',
      'm/y/z: lstat m/y/z: EACCES',
      'n/x: readdir n/x: EACCES',
    ]);
    expect([done, undone]).toEqual([['n'], ['o']]);
    const outcome = { problems, errors: [], isAbridged: false };
    const { undeleted } = blame(tasks, outcome, { folder: '', disk, filter });
    expect([...undeleted].map(([{ path }, paths]) => [path, paths])).toEqual([['m', ['m/x', 'm/y/z']]]);
  });

  it('with reading something in a whole folder fails that alone', () => {
    const { failed, done } = judge([task('m', 'mirror')], { problems: [problem('m/x', 'read')] });
    expect(failed).toEqual(['m/x: read m/x: EACCES']);
    expect(done).toEqual(['m']);
  });

  it("that something has vanished is nobody's fault", () => {
    const { failed, vanished, done } = judge([task('a')], { problems: [problem('a', 'open', 'vanished')] });
    expect([failed, vanished, done]).toEqual([[], ['a'], ['a']]);
  });
});
