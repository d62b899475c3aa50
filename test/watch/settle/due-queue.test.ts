import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from '../../../src/watch/settle/due-queue.ts';

describe('a queue of times', () => {
  it('gives the earliest first, whatever the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (times) => {
        const queue = new DueQueue<number>();
        for (const time of times) queue.push(time, time);
        const sorted = times.toSorted((a, b) => a - b);
        for (const time of sorted) {
          expect(queue.dueAt).toBe(time);
          expect(queue.pop()).toBe(time);
        }
        expect([queue.pop(), queue.dueAt]).toEqual([undefined, Number.POSITIVE_INFINITY]);
      }),
    );
  });

  it('is empty when it has been cleared', () => {
    const queue = new DueQueue<string>();
    queue.push(1, 'a');
    queue.clear();
    expect(queue.pop()).toBeUndefined();
  });
});
