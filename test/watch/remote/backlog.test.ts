import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, type ChangeKind, changeOf } from '../../../src/watch/change.ts';
import { ancestorsOf, parentOf } from '../../../src/watch/path-tree.ts';
import { Backlog, type BacklogLimits } from '../../../src/watch/remote/backlog.ts';

const RETRY = { firstMs: 1000, maxMs: 60_000 };

function backlogOf(limits: Partial<BacklogLimits> = {}): Backlog {
  const wide = { maxInFolder: 1000, most: 1000 };
  return new Backlog({ limits: { ...wide, ...limits }, retry: RETRY, random: () => 1 });
}

const change = (path: string, kind: ChangeKind = 'path', since = 0) => changeOf(path, kind, since);
const all = () => true;
const shown = (changes: readonly Change[]) => changes.map(({ path, kind }) => `${kind} ${path}`);

describe('a backlog', () => {
  it('gives changes in the order in which they came, as many as are wanted', () => {
    const backlog = backlogOf();
    backlog.add([change('b'), change('a'), change('c')]);
    expect(shown(backlog.take(0, 2, all))).toEqual(['path b', 'path a']);
    expect(shown(backlog.take(0, 2, all))).toEqual(['path c']);
    expect([backlog.size, backlog.isReady]).toEqual([0, false]);
  });

  it('makes one of two changes of a path', () => {
    const backlog = backlogOf();
    backlog.add([change('a', 'path', 3), change('a', 'tree', 5)]);
    expect(backlog.take(0, 9, all)).toEqual([changeOf('a', 'tree', 3, 5)]);
  });

  it('keeps what may not be sent now', () => {
    const backlog = backlogOf();
    backlog.add([change('a'), change('b')]);
    expect(shown(backlog.take(0, 9, (path) => path === 'b'))).toEqual(['path b']);
    expect(backlog.size).toBe(1);
  });

  it('lets a whole folder swallow what is below it, before and after', () => {
    const backlog = backlogOf();
    backlog.add([change('d/x', 'path', 1), change('d/e/y', 'tree', 2), change('other', 'path', 3)]);
    backlog.add([change('d', 'tree', 4), change('d/later', 'path', 5)]);
    expect(backlog.take(0, 9, all)).toEqual([changeOf('other', 'path', 3), changeOf('d', 'tree', 1, 4)]);
  });

  it('keeps apart what a comparison of the folder would not do', () => {
    const backlog = backlogOf();
    const named: Change = { ...change('d/x'), needsName: true };
    backlog.add([named, change('d', 'tree'), change('.', 'tree'), { ...change('d/y'), needsName: true }]);
    expect(shown(backlog.take(0, 9, all))).toEqual(['path d/x', 'tree .', 'path d/y']);
  });

  it('lets the root swallow everything', () => {
    const backlog = backlogOf();
    backlog.add([change('a'), change('b/c', 'tree'), change('.', 'tree')]);
    expect(shown(backlog.take(0, 9, all))).toEqual(['tree .']);
  });

  it('makes one change of a folder of too many in it', () => {
    const backlog = backlogOf({ maxInFolder: 3 });
    backlog.add([change('d', 'path'), ...['1', '2', '3', '4', '5'].map((name) => change(`d/${name}`))]);
    expect(shown(backlog.take(0, 9, all))).toEqual(['level d']);
  });

  it('keeps a folder in a crowded one apart', () => {
    const backlog = backlogOf({ maxInFolder: 2 });
    backlog.add([change('d/new', 'tree'), change('d/1'), change('d/2'), change('d/3')]);
    expect(shown(backlog.take(0, 9, all)).sort()).toEqual(['level d', 'tree d/new']);
  });

  it('makes one change of the whole tree of too many changes', () => {
    const backlog = backlogOf({ most: 4 });
    backlog.add(['a', 'b', 'c', 'd', 'e'].map((name, i) => change(`${name}/x`, 'path', i + 1)));
    expect(backlog.take(0, 9, all)).toEqual([changeOf('.', 'tree', 1)]);
  });
});

describe('a path that failed', () => {
  it('comes back later each time, and counts meanwhile', () => {
    const backlog = backlogOf();
    expect(backlog.fail(change('a'), 'why', 0)).toEqual({
      path: 'a',
      reason: 'why',
      attempts: 1,
      nextAt: 1000,
    });
    expect([backlog.size, backlog.isReady, backlog.retryAt]).toEqual([1, false, 1000]);
    expect(backlog.take(999, 9, all)).toEqual([]);
    const [again] = backlog.take(1000, 9, all);
    expect(again).toMatchObject({ path: 'a', attempts: 1, wasFolder: true });
    if (again === undefined) expect.unreachable();
    else expect(backlog.fail(again, 'why', 1000)).toMatchObject({ attempts: 2, nextAt: 3000 });
    expect(backlog.failures).toEqual([{ path: 'a', reason: 'why', attempts: 2, nextAt: 3000 }]);
  });

  it('is not in the way of others', () => {
    const backlog = backlogOf();
    backlog.fail(change('a'), 'why', 0);
    backlog.add([change('b')]);
    expect(shown(backlog.take(0, 9, all))).toEqual(['path b']);
  });

  it('is tried at once when something happens to it', () => {
    const backlog = backlogOf();
    backlog.fail(change('a', 'tree'), 'why', 0);
    backlog.add([change('a', 'tree', 5)]);
    expect(shown(backlog.take(6, 9, all))).toEqual(['tree a']);
    expect(backlog.failures).toEqual([]);
  });

  it('is not when it failed as a whole folder, and only the folder itself has changed', () => {
    const backlog = backlogOf();
    backlog.fail(change('d', 'tree'), 'why', 0);
    backlog.add([change('d', 'path', 5)]);
    expect(shown(backlog.take(6, 9, all))).toEqual(['path d']);
    expect(backlog.failures).toHaveLength(1);
  });

  it('is swallowed by a change of the folder above', () => {
    const backlog = backlogOf();
    backlog.fail(change('d/a'), 'why', 0);
    backlog.add([change('d', 'tree')]);
    expect([backlog.failures, backlog.size]).toEqual([[], 1]);
  });

  it('becomes a change of the whole tree when there are too many', () => {
    const backlog = backlogOf({ most: 2 });
    for (const path of ['a', 'b', 'c']) backlog.fail(change(path), 'why', 0);
    expect(backlog.failures).toEqual([]);
    expect(shown(backlog.take(0, 9, all))).toEqual(['tree .']);
  });
});

describe('suspects', () => {
  it('are taken in halves until the culprit is alone', () => {
    const backlog = backlogOf();
    const culprit = 'c';
    let batch = ['a', 'b', 'c', 'd', 'e'].map((path) => change(path));
    const innocent: string[] = [];
    for (;;) {
      if (batch.length === 1 && batch[0]?.path === culprit) break;
      if (batch.some(({ path }) => path === culprit)) backlog.suspect(batch);
      else innocent.push(...batch.map(({ path }) => path));
      batch = backlog.take(0, 9, all);
    }
    while (backlog.isReady) innocent.push(...backlog.take(0, 9, all).map(({ path }) => path));
    expect(innocent.sort()).toEqual(['a', 'b', 'd', 'e']);
  });

  it('take turns with what comes later, however many groups they are', () => {
    const backlog = backlogOf();
    for (const group of ['abcd', 'efgh']) backlog.suspect([...group].map((path) => change(path)));
    for (const path of ['x', 'y', 'z']) backlog.add([change(path)]);
    const taken = Array.from({ length: 6 }, () =>
      backlog
        .take(0, 1, all)
        .map(({ path }) => path)
        .join(''),
    );
    expect(taken.filter((paths) => /[xyz]/.test(paths))).toEqual(['x', 'y', 'z']);
  });

  it('wait while one of them is under way, and count', () => {
    const backlog = backlogOf();
    backlog.suspect([change('a'), change('b'), change('c'), change('d')]);
    expect([backlog.size, backlog.isReady]).toEqual([4, true]);
    expect(shown(backlog.take(0, 9, (path) => path !== 'a'))).toEqual(['path c', 'path d']);
    expect(backlog.take(0, 9, (path) => path !== 'a')).toEqual([]);
  });
});

it('nothing that was added is lost, whatever is swallowed, failed or collapsed', () => {
  const anyPath = fc
    .array(fc.constantFrom('a', 'b'), { maxLength: 4 })
    .map((parts) => (parts.length === 0 ? '.' : parts.join('/')));
  const anyChange = fc
    .tuple(anyPath, fc.constantFrom<ChangeKind>('path', 'level', 'tree'))
    .map(([path, kind]) => change(path, kind));
  const anyDeed = fc.tuple(fc.constantFrom('add', 'add', 'fail', 'suspect'), anyChange, anyChange);
  fc.assert(
    fc.property(fc.array(anyDeed), (deeds) => {
      const backlog = backlogOf({ maxInFolder: 2, most: 6 });
      const wanted: Change[] = [];
      for (const [deed, one, other] of deeds) {
        wanted.push(one, other);
        if (deed === 'fail') for (const each of [one, other]) backlog.fail(each, 'why', 0);
        else if (deed === 'suspect') backlog.suspect([one, other]);
        else backlog.add([one, other]);
        expect(backlog.failures.length).toBeLessThanOrEqual(6);
      }
      const taken: Change[] = [];
      for (let now = 0; backlog.size > 0; now += 10_000) taken.push(...backlog.take(now, 3, all));
      for (const each of wanted) expect(taken.some((other) => does(other, each))).toBe(true);
    }),
  );
});

describe('a folder in which some paths stand in the way of deletions', () => {
  it('is done again when they are, and not before, however often they are tried', () => {
    const backlog = backlogOf();
    backlog.putOff(change('.', 'all'), 'a is closed', 0, ['a']);
    backlog.fail(change('a', 'tree'), 'closed', 0);
    const tries: string[] = [];
    for (let now = 0; now < 300_000; now += 500) {
      const taken = backlog.take(now, 9, all);
      tries.push(...shown(taken));
      if (now < 200_000) for (const each of taken) backlog.fail(each, 'closed', now);
    }
    expect(tries.filter((each) => each === 'tree a').length).toBeGreaterThan(5);
    expect(tries.slice(-2)).toEqual(['tree a', 'all .']);
    expect(tries.filter((each) => each === 'all .')).toHaveLength(1);
    expect(backlog.size).toBe(0);
  });

  it('counts how often a path has failed, also if the whole folder was tried meanwhile', () => {
    const backlog = backlogOf();
    expect(backlog.fail(change('a'), 'closed', 0).attempts).toBe(1);
    expect(backlog.fail(change('a'), 'closed', 0).attempts).toBe(2);
  });
});

/** Whether one change does what another wants. */
function does(one: Change, wanted: Change): boolean {
  const isAbove = ancestorsOf(wanted.path).includes(one.path);
  if (one.kind === 'tree') return isAbove || one.path === wanted.path;
  if (one.path === wanted.path) return one.kind === wanted.kind || wanted.kind === 'path';
  return one.kind === 'level' && wanted.kind === 'path' && parentOf(wanted.path) === one.path;
}
