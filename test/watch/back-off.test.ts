import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../src/watch/back-off.ts';

const times = { firstMs: 100, maxMs: 1000 };

describe('the time until the next try', () => {
  it('doubles each time, up to the longest', () => {
    const tries = [1, 2, 3, 4, 5, 1000].map((failures) => backOffMs(failures, times, () => 1));
    expect(tries).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('is shorter by chance, by half of it at most', () => {
    expect(backOffMs(2, times, () => 0)).toBe(100);
    expect(backOffMs(2, times, () => 0.5)).toBe(150);
  });
});
