import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatchUp } from '../../../src/watch/tree/catch-up.ts';

let compared: number[];
let catchUp: CatchUp;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  compared = [];
  catchUp = new CatchUp({ compare: () => compared.push(Date.now()), now: () => Date.now() });
});
afterEach(() => void vi.useRealTimers());

describe('everything is compared', () => {
  it('when it has been quiet for a while after trouble, once', () => {
    catchUp.plan();
    vi.advanceTimersByTime(3000);
    catchUp.plan();
    vi.advanceTimersByTime(60_000);
    expect(compared).toEqual([8000]);
  });

  it('at least every minute as long as there is no end of trouble', () => {
    for (let ms = 0; ms < 150_000; ms += 1000) {
      catchUp.plan();
      vi.advanceTimersByTime(1000);
    }
    expect(compared).toEqual([60_000, 120_000]);
  });

  it('not after the end', () => {
    catchUp.plan();
    catchUp.stop();
    vi.advanceTimersByTime(60_000);
    expect(compared).toEqual([]);
  });
});
