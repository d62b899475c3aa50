import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GarbageAtRest, ownHeap } from '../../src/cli/garbage-at-rest.ts';

const MB = 1024 ** 2;

let inUse: number;
let garbage: number;
let isAtRest: boolean;
let collections: number;
let collector: GarbageAtRest;

beforeEach(() => {
  vi.useFakeTimers();
  [inUse, garbage, isAtRest, collections] = [20 * MB, 0, true, 0];
  collector = new GarbageAtRest({
    heapBytes: () => inUse + garbage,
    isAtRest: () => isAtRest,
    collect: () => {
      collections += 1;
      garbage = 0;
    },
  });
});

afterEach(() => {
  collector.stop();
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.advanceTimersByTime(1000 * seconds);

/** The work before the first rest is over. */
function begin(): void {
  pass(2);
  collections = 0;
}

describe('garbage is collected', () => {
  it('within two seconds after work began and ended', () => {
    garbage = 50 * MB;
    pass(2);
    expect([collections, garbage]).toEqual([1, 0]);
  });

  it('once after each burst', () => {
    begin();
    for (let burst = 1; burst <= 3; burst++) {
      garbage += 9 * MB;
      pass(10);
      expect(collections).toBe(burst);
    }
  });

  it('when little by little has become much', () => {
    begin();
    for (let i = 0; i < 20; i++) {
      garbage += MB / 2;
      pass(1);
    }
    expect(collections).toBe(1);
  });

  it('when V8 has collected some by itself, too', () => {
    inUse = 60 * MB;
    begin();
    inUse = 20 * MB;
    pass(2);
    garbage = 9 * MB;
    pass(2);
    expect(collections).toBe(1);
  });
});

describe('garbage is left alone', () => {
  it('while somebody waits', () => {
    isAtRest = false;
    garbage = 50 * MB;
    pass(10);
    expect(collections).toBe(0);
    isAtRest = true;
    pass(1);
    expect(collections).toBe(1);
  });

  it('while the heap grows', () => {
    for (let i = 0; i < 10; i++) {
      garbage += 2 * MB;
      pass(1);
    }
    expect(collections).toBe(0);
  });

  it('when there is little of it', () => {
    begin();
    garbage = 7 * MB;
    pass(10);
    expect(collections).toBe(0);
  });

  it('when it is little beside what is in use, which takes long to go through', () => {
    inUse = 200 * MB;
    begin();
    garbage = 40 * MB;
    pass(10);
    expect(collections).toBe(0);
  });

  it('after the end', () => {
    garbage = 50 * MB;
    collector.stop();
    pass(10);
    expect(collections).toBe(0);
  });
});

it('the heap of this thread can be collected, and programs get no gc() by that', async () => {
  const { heapBytes, collect } = ownHeap();
  const litter = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  const before = heapBytes();
  expect(litter.splice(0)).toHaveLength(200_000);
  collect();
  expect(heapBytes()).toBeLessThan(before);
  expect(globalThis).not.toHaveProperty('gc');
});
