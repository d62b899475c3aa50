import { describe, expect, it } from 'vitest';
import { type Change, type ChangeKind, changeOf } from '../../../src/watch/change.ts';
import { planTasks, RootGoneError, type SendRules } from '../../../src/watch/remote/planner.ts';
import type { Found } from '../../../src/watch/tree/disk.ts';
import { excluding, filterOf } from '../../support/event-filter.ts';
import { diskOf, found, missing } from '../../support/found.ts';

const RULES: SendRules = {
  filter: filterOf(),
  deletes: true,
  sendsFiles: true,
  sendsFolders: true,
  followsLinks: false,
};
const [file, folder] = [found('file'), found('folder')];

const change = (path: string, kind: ChangeKind = 'path') => changeOf(path, kind, 0);
const replaced = (path: string): Change => ({ ...change(path), wasFolder: true });

/** `action path` for each task. */
function plan(
  changes: readonly Change[],
  paths: Readonly<Record<string, Found>>,
  rules: Partial<SendRules> = {},
): string[] {
  const { tasks } = planTasks(changes, diskOf(paths), { ...RULES, ...rules });
  return tasks.map(
    ({ todo: { action, path }, needsPruning }) => `${action} ${path}${needsPruning ? ' and prune' : ''}`,
  );
}

describe('a plan', () => {
  it('sends what exists, and deletes what does not', () => {
    const paths = { d: folder, 'd/a': file };
    expect(plan([change('d/a'), change('d/b'), change('d')], paths)).toEqual([
      'send d/a',
      'delete d/b',
      'send d',
    ]);
  });

  it('deletes the topmost path that is missing, once', () => {
    expect(plan([change('d/e/a'), change('d/e/b'), change('d/x')], {})).toEqual(['delete d']);
  });

  it('deletes by its own name what a comparison of the folder would not', () => {
    const paths = { d: folder, 'd/here': file };
    const named = (path: string): Change => ({ ...change(path), needsName: true });
    const changes = [change('d', 'tree'), named('d/here'), named('d/x'), change('d/y')];
    expect(plan(changes, paths)).toEqual(['mirror d', 'delete d/x']);
  });

  it('sends the file that stands where a folder was', () => {
    expect(plan([change('d/a')], { d: file })).toEqual(['replace d']);
    expect(plan([replaced('d')], { d: file })).toEqual(['replace d']);
    expect(plan([replaced('d')], { d: file }, { deletes: false })).toEqual(['send d']);
  });

  it('has a folder with its contents compared as far as was asked', () => {
    const paths = { d: folder };
    expect(plan([change('d', 'tree')], paths)).toEqual(['mirror d']);
    expect(plan([change('d', 'level')], paths)).toEqual(['level d']);
    expect(plan([change('d', 'tree')], paths, { deletes: false })).toEqual(['send-tree d']);
  });

  it('does the most that is asked of a path, and remembers all that asked for it', () => {
    const { tasks } = planTasks(
      [change('d'), change('d', 'tree'), change('d/a')],
      diskOf({ d: folder, 'd/a': file }),
      RULES,
    );
    expect(tasks).toMatchObject([{ path: 'd', todo: { action: 'mirror', path: 'd' } }]);
    expect(tasks[0]?.changes.map(({ path }) => path)).toEqual(['d', 'd', 'd/a']);
  });

  it('sets aside what cannot be looked at', () => {
    const cause = new Error('EIO');
    const { tasks, unknown } = planTasks([change('a')], diskOf({ a: { kind: 'unknown', cause } }), RULES);
    expect(tasks).toEqual([]);
    expect(unknown).toEqual([{ change: change('a'), cause }]);
  });

  it('does nothing about what is away, nor about anything in it', () => {
    const paths = { vol: { kind: 'away' }, 'd/vol': { kind: 'away' }, d: folder } as const;
    expect(
      plan([change('vol', 'tree'), change('vol/x'), change('d/vol/y/z'), change('d', 'tree')], paths),
    ).toEqual(['mirror d']);
  });

  it('concludes nothing when the root is gone', () => {
    expect(() => plan([change('a')], { '.': missing })).toThrow(RootGoneError);
    expect(() => plan([change('.')], { '.': file })).toThrow(RootGoneError);
  });
});

describe('the switches', () => {
  it('keep what is not here at the remote where deletions are off', () => {
    const { tasks, idle } = planTasks([change('a')], diskOf({}), { ...RULES, deletes: false });
    expect([tasks, idle]).toEqual([[], [change('a')]]);
  });

  it('leave files out where nothing sends files', () => {
    expect(plan([change('a'), change('d')], { a: file, d: folder }, { sendsFiles: false })).toEqual([
      'send d',
    ]);
  });

  it('leave folders for themselves out where they are not wanted', () => {
    const off = { sendsFolders: false };
    expect(plan([change('d'), change('d/a')], { d: folder, 'd/a': file }, off)).toEqual(['send d/a']);
    expect(plan([change('d', 'tree')], { d: folder }, off)).toEqual(['mirror d']);
  });
});

describe('a symlink', () => {
  const link = found('file', { isSymlink: true, isRegular: false });

  it('is sent as a link', () => {
    expect(plan([change('l')], { l: link })).toEqual(['send l']);
  });

  it('that is followed may be a folder, and is sent with all that is in it', () => {
    expect(plan([change('l')], { l: link }, { followsLinks: true })).toEqual(['mirror l']);
    expect(plan([change('l')], { l: link }, { followsLinks: true, deletes: false })).toEqual(['send-tree l']);
    expect(plan([change('l')], { l: link }, { followsLinks: true, sendsFiles: false })).toEqual([]);
    expect(plan([change('f')], { f: file }, { followsLinks: true })).toEqual(['send f']);
  });
});

describe('a filter', () => {
  it('keeps what it excludes from being sent and from being deleted', () => {
    const filter = excluding('(.*)\\.svn');
    expect(
      plan([change('a.svn'), change('b.svn'), change('c')], { 'a.svn': file, c: file }, { filter }),
    ).toEqual(['send c']);
  });

  it('tells a deletion which kind is protected', () => {
    const filter = filterOf({ ignoresHidden: true });
    expect(plan([change('.x')], {}, { filter })).toEqual(['delete-folder .x']);
    expect(plan([replaced('.x')], { '.x': file }, { filter })).toEqual(['delete-folder .x']);
  });

  it('that the server does not understand has folders pruned afterwards', () => {
    const filter = excluding('(.*)\\.svn');
    expect(plan([change('d', 'tree')], { d: folder }, { filter })).toEqual(['send-tree d and prune']);
    expect(plan([change('d', 'tree')], { d: folder }, { filter, deletes: false })).toEqual(['send-tree d']);
  });

  it('excludes all that is in an excluded folder', () => {
    const filter = excluding('cache/');
    expect(
      plan([change('cache/a'), change('cache', 'tree')], { cache: folder, 'cache/a': file }, { filter }),
    ).toEqual([]);
  });
});
