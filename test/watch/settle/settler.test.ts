import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Change, changeOf } from '../../../src/watch/change.ts';
import { Settler, type SettlerParts } from '../../../src/watch/settle/settler.ts';
import { found, missing } from '../../support/found.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LARGE = found('file', { size: 1_000_000 });

const SMALL = { look: () => found('file'), absolute: (path: string) => path };

function settlerOf(parts: Partial<SettlerParts> = {}) {
  const changes: Change[] = [];
  const troubles: string[] = [];
  const settler = new Settler({
    times: { quietMs: 5, maxMs: 100 },
    disk: { look: () => LARGE, absolute: (path) => `/root/${path}` },
    newFolderAt: () => undefined,
    beingWritten: () => new Set(),
    look: (path, since) => Promise.resolve(changeOf(path, 'path', since)),
    onChanges: (settled) => changes.push(...settled),
    othersOf: () => [],
    onFlood: () => expect.unreachable(),
    onTrouble: (error) => troubles.push(error.message),
    now: () => performance.now(),
    ...parts,
  });
  const paths = () => changes.splice(0).map(({ path }) => path);
  return { settler, paths, troubles };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a hint', () => {
  it('becomes a change when its path has settled', async () => {
    const { settler, paths } = settlerOf();
    settler.hint('a');
    await wait(4);
    expect([paths(), settler.size]).toEqual([[], 1]);
    settler.hint('a');
    await wait(4);
    expect(paths()).toEqual([]);
    await wait(1);
    expect([paths(), settler.size]).toEqual([['a'], 0]);
  });

  it('becomes nothing if there is nothing to be sent', async () => {
    const { settler, paths } = settlerOf({ look: () => Promise.resolve(undefined) });
    settler.hint('a');
    await wait(5);
    expect(paths()).toEqual([]);
  });

  it('was heard when it was told of last, and is as old as the first time', async () => {
    const changes: Change[] = [];
    const { settler } = settlerOf({
      now: () => Date.now(),
      onChanges: (settled) => changes.push(...settled),
      othersOf: () => ['other'],
    });
    const start = Date.now();
    settler.hint('a');
    await wait(3);
    settler.hint('a');
    await wait(10);
    expect(changes).toMatchObject([
      { path: 'a', since: start, heardAt: start + 3 },
      { path: 'other', since: start, heardAt: start + 3 },
    ]);
  });

  it('is about all names of a file', async () => {
    const { settler, paths } = settlerOf({ othersOf: (path) => (path === 'a' ? ['b', 'c'] : []) });
    settler.hint('a');
    await wait(5);
    expect(paths()).toEqual(['a', 'b', 'c']);
  });

  it('is looked at after those before it, however long that takes', async () => {
    const looks: string[] = [];
    const gate = Promise.withResolvers<void>();
    const { settler, paths } = settlerOf({
      disk: SMALL,
      look: async (path, since) => {
        looks.push(path);
        if (path === 'slow') await gate.promise;
        return changeOf(path, 'path', since);
      },
    });
    settler.hint('slow');
    await wait(5);
    settler.hint('next');
    await wait(20);
    expect(looks).toEqual(['slow']);
    gate.resolve();
    await settler.flush();
    expect(paths()).toEqual(['slow', 'next']);
  });

  it('settles at once when everything is to be sent', async () => {
    const { settler, paths } = settlerOf();
    settler.hint('a');
    settler.hint('b');
    await settler.flush();
    expect(paths()).toEqual(['a', 'b']);
    await wait(100);
    expect(paths()).toEqual([]);
  });

  it('is forgotten when it is over', async () => {
    const { settler, paths } = settlerOf();
    settler.hint('a');
    settler.stop();
    await wait(100);
    expect(paths()).toEqual([]);
  });

  it('of too many makes everything be compared', async () => {
    let floods = 0;
    const onFlood = () => {
      floods += 1;
    };
    const { settler, paths } = settlerOf({ onFlood });
    for (let i = 0; i <= 100_000; i += 1) settler.hint(`f${i}`);
    expect([floods, settler.size]).toEqual([1, 0]);
    await wait(200);
    expect(paths()).toEqual([]);
  });
});

describe('a file that somebody writes to', () => {
  it('waits until it is closed', async () => {
    const writers = new Set(['/root/a']);
    const { settler, paths } = settlerOf({ beingWritten: () => writers });
    settler.hint('a');
    settler.hint('b');
    await wait(5);
    expect(paths()).toEqual(['b']);
    writers.clear();
    await wait(80);
    expect(paths()).toEqual(['a']);
  });

  it('has the new folder wait in which it lies, and all that is in that', async () => {
    const asked: string[] = [];
    const writers = new Set(['/root/new/']);
    const { settler, paths } = settlerOf({
      newFolderAt: (path) => (path.startsWith('new') ? 'new' : undefined),
      beingWritten: (all) => {
        asked.push(...all);
        return writers;
      },
    });
    for (const path of ['new', 'new/a', 'b']) settler.hint(path);
    await wait(5);
    expect([paths(), asked]).toEqual([['b'], ['/root/b', '/root/new/']]);
    writers.clear();
    await wait(80);
    expect(paths()).toEqual(['new', 'new/a']);
  });

  it('is sent all the same when it has waited for too long', async () => {
    const { settler, paths } = settlerOf({ beingWritten: (all) => new Set(all) });
    settler.hint('a');
    await wait(99);
    expect(paths()).toEqual([]);
    await wait(1);
    expect(paths()).toEqual(['a']);
  });

  it('is sent all the same when everything is to be sent', async () => {
    const { settler, paths } = settlerOf({ beingWritten: (all) => new Set(all) });
    settler.hint('a');
    await wait(5);
    settler.hint('b');
    await settler.flush();
    expect([paths().sort(), settler.size]).toEqual([['a', 'b'], 0]);
  });

  it('is looked for whatever its size, if it is a file', async () => {
    const asked: string[] = [];
    const looks: Record<string, typeof LARGE> = {
      small: found('file', { size: 1 }),
      empty: found('file', { size: 0 }),
      folder: found('folder', { size: 1_000_000 }),
      fifo: { ...LARGE, isRegular: false },
    };
    const { settler, paths } = settlerOf({
      disk: { look: (path) => looks[path] ?? missing, absolute: (path) => path },
      beingWritten: (all) => {
        asked.push(...all);
        return new Set(all);
      },
    });
    for (const path of ['small', 'empty', 'folder', 'fifo', 'gone']) settler.hint(path);
    await wait(5);
    expect([paths().sort(), [...new Set(asked)].sort()]).toEqual([
      ['fifo', 'folder', 'gone'],
      ['empty', 'small'],
    ]);
  });

  it('is sent soon after it is closed, however long it was written', async () => {
    for (const openMs of [20, 100, 400, 3000]) {
      const writers = new Set(['/root/a']);
      const { settler, paths } = settlerOf({
        times: { quietMs: 5, maxMs: 10_000 },
        beingWritten: () => writers,
      });
      settler.hint('a');
      await wait(openMs);
      expect(paths()).toEqual([]);
      writers.clear();
      await wait(Math.min(100, 5 + openMs / 8));
      expect(paths()).toEqual(['a']);
    }
  });
});

/** Throws as often as is said, and does then what it is for. */
function failing<A extends unknown[], R>(times: number, call: (...all: A) => R): (...all: A) => R {
  let left = times;
  return (...all) => {
    left -= 1;
    if (left >= 0) throw new Error('a fault');
    return call(...all);
  };
}

describe('an error of the program', () => {
  const look: SettlerParts['look'] = (path, since) => Promise.resolve(changeOf(path, 'path', since));

  it.each<[string, Partial<SettlerParts>]>([
    ['in a look', { disk: SMALL, look: failing(3, look) }],
    [
      'in a look that rejects',
      { disk: SMALL, look: (...all) => Promise.resolve().then(() => flaky(...all)) },
    ],
    ['at the names of hard links', { disk: SMALL, othersOf: failing(3, () => []) }],
    ['at files that are open', { beingWritten: failing(3, () => new Set()) }],
    ['at the disk', { disk: { ...SMALL, look: failing(3, () => LARGE) } }],
  ])("%s loses nothing, is told once, and is in nobody else's way", async (_, parts) => {
    const { settler, paths, troubles } = settlerOf(parts);
    settler.hint('a');
    await wait(5);
    settler.hint('b');
    await wait(60_000);
    expect(new Set(paths())).toEqual(new Set(['a', 'b']));
    expect(troubles.length).toBeGreaterThan(0);
    expect([settler.size, new Set(troubles)]).toEqual([0, new Set(['a fault'])]);
  });

  const flaky = failing(3, look);

  it('while changes are handed on keeps what was found out, which a second look might not find', async () => {
    const kept: Change[] = [];
    let looks = 0;
    const { settler, troubles } = settlerOf({
      disk: SMALL,
      look: (path, since) => {
        looks += 1;
        return Promise.resolve(changeOf(path, looks === 1 ? 'tree' : 'path', since));
      },
      onChanges: failing(4, (changes: readonly Change[]) => kept.push(...changes)),
    });
    settler.hint('a');
    await wait(100);
    expect([kept, settler.size]).toEqual([[], 1]);
    await wait(60_000);
    expect(kept).toMatchObject([{ path: 'a', kind: 'tree' }]);
    expect([troubles, settler.size, looks]).toEqual([['a fault'], 0, 1]);
  });

  it('that never ends is not tried all the time, and lets others be sent at the end', async () => {
    let tries = 0;
    const { settler, paths, troubles } = settlerOf({
      disk: SMALL,
      look: (path, since, sure) => {
        if (path !== 'bad') return look(path, since, sure);
        tries += 1;
        throw new Error('a fault');
      },
    });
    settler.hint('bad');
    settler.hint('good');
    await wait(600_000);
    expect([paths(), troubles]).toEqual([['good'], ['a fault']]);
    expect(tries).toBeLessThan(20);
    settler.hint('later');
    await settler.flush();
    expect([paths(), settler.size]).toEqual([['later'], 1]);
  });

  it('about a flood keeps all of it', () => {
    const { settler } = settlerOf({ onFlood: failing(1, () => {}) });
    for (let i = 0; i < 100_000; i += 1) settler.hint(`f${i}`);
    expect(() => settler.hint('last')).toThrow('a fault');
    expect(settler.size).toBe(100_001);
    settler.stop();
  });
});
