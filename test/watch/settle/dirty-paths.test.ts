import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirtyPaths, type SettledPath } from '../../../src/watch/settle/dirty-paths.ts';

const TIMES = { quietMs: 5, maxMs: 100 };
const paths = (taken: readonly SettledPath[]) => taken.map(({ path }) => path);

describe('a dirty path', () => {
  it('is due when it has been quiet for a while', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 1000);
    expect(dirty.dueAt()).toBe(1005);
    expect(dirty.take(1004, 10)).toEqual([]);
    expect(dirty.take(1005, 10)).toEqual([{ path: 'a', since: 1000, heardAt: 1000, isOverdue: false }]);
    expect([dirty.size, dirty.dueAt()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('knows when the system has told of it last, however often that is said once more', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('told', 1000, false);
    dirty.add('told', 1003, false);
    dirty.add('told', 1004, true);
    dirty.add('echo', 1000, true);
    const [told, echo] = dirty.take(1010, 10);
    expect([told?.heardAt, echo?.heardAt]).toEqual([1003, Number.NEGATIVE_INFINITY]);
  });

  it('that is given back while it is dirty again is still news', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 1000, false);
    const [taken] = dirty.takeAll(1005);
    dirty.add('a', 1006, true);
    if (taken !== undefined) dirty.hold(taken, 1007, 1020);
    expect(dirty.takeAll(1010)).toMatchObject([{ heardAt: 1000 }]);
  });

  it('waits as long as something happens to it, but not for ever', () => {
    const dirty = new DirtyPaths(TIMES);
    for (let now = 0; now < 100; now += 4) {
      dirty.add('a', now);
      expect(dirty.take(now, 10)).toEqual([]);
    }
    expect(dirty.take(100, 10)).toMatchObject([{ path: 'a', since: 0, isOverdue: true }]);
  });

  it('does not wait longer for an echo', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 0);
    dirty.add('a', 4, true);
    expect(paths(dirty.take(5, 10))).toEqual(['a']);
    dirty.add('b', 10, true);
    expect(paths(dirty.take(15, 10))).toEqual(['b']);
  });

  it('does not delay others', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 0);
    dirty.add('b', 3);
    dirty.add('a', 4);
    expect(paths(dirty.take(8, 10))).toEqual(['b']);
    expect(paths(dirty.take(9, 10))).toEqual(['a']);
  });

  it('is one of no more than are wanted', () => {
    const dirty = new DirtyPaths(TIMES);
    for (const [i, name] of ['a', 'b', 'c'].entries()) dirty.add(name, i);
    expect(paths(dirty.take(50, 2))).toEqual(['a', 'b']);
    expect(paths(dirty.take(50, 2))).toEqual(['c']);
  });

  it('may be taken before it is due', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 0);
    dirty.add('b', 1);
    expect(paths(dirty.takeAll(2))).toEqual(['a', 'b']);
    expect([dirty.size, dirty.take(500, 10)]).toEqual([0, []]);
  });

  it('that is given back waits as long as is said and until it is quiet, and its first time counts', () => {
    const dirty = new DirtyPaths(TIMES);
    dirty.add('a', 0);
    const again = (now: number, until: number) => {
      const [taken] = dirty.take(now, 1);
      if (taken === undefined) expect.unreachable();
      else dirty.hold(taken, now, until);
    };
    again(5, 30);
    expect([dirty.take(29, 1), dirty.dueAt()]).toEqual([[], 30]);
    again(30, 40);
    dirty.add('a', 39);
    expect([dirty.take(43, 1), dirty.dueAt()]).toEqual([[], 44]);
    again(44, 1000);
    expect(dirty.take(100, 1)).toMatchObject([{ path: 'a', since: 0, isOverdue: true }]);
  });
});

describe('a path that keeps changing', () => {
  /** Changes a path as soon as it was taken, and tells how long it waited. */
  function waits(dirty: DirtyPaths, rounds: number, from: number): { waits: number[]; now: number } {
    let now = from;
    const found: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      dirty.add('a', now);
      const since = now;
      while (dirty.take(now, 1).length === 0) now = dirty.dueAt();
      found.push(now - since);
    }
    return { waits: found, now };
  }

  it('waits longer and longer, up to a part of the longest wait', () => {
    const dirty = new DirtyPaths(TIMES);
    expect(waits(dirty, 10, 0).waits).toEqual([5, 5, 5, 5, 10, 20, 40, 50, 50, 50]);
  });

  it('waits less when it has calmed down', () => {
    const dirty = new DirtyPaths(TIMES);
    let { now } = waits(dirty, 8, 0);
    const later: (number | undefined)[] = [];
    for (let round = 0; round < 5; round += 1) {
      now += 2000;
      const calm = waits(dirty, 1, now);
      later.push(calm.waits[0]);
      now = calm.now;
    }
    expect(later).toEqual([25, 12.5, 6.25, 5, 5]);
  });
});

it('every path that is told is taken, in time', () => {
  const anyHint = fc.record({
    path: fc.constantFrom('a', 'b', 'c'),
    afterMs: fc.nat(30),
    isEcho: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyHint), (hints) => {
      const dirty = new DirtyPaths(TIMES);
      const dirtySince = new Map<string, number>();
      let now = 0;
      const take = () => {
        for (const { path, since } of dirty.take(now, 10)) {
          expect(since).toBe(dirtySince.get(path));
          expect(now - since).toBeLessThanOrEqual(TIMES.maxMs);
          dirtySince.delete(path);
        }
      };
      const wait = (until: number) => {
        while (dirty.dueAt() <= until) {
          now = Math.max(now, dirty.dueAt());
          take();
        }
        now = until;
      };
      for (const { path, afterMs, isEcho } of hints) {
        wait(now + afterMs);
        dirty.add(path, now, isEcho);
        if (!dirtySince.has(path)) dirtySince.set(path, now);
      }
      wait(now + TIMES.maxMs);
      expect([dirtySince.size, dirty.size]).toEqual([0, 0]);
    }),
  );
});
