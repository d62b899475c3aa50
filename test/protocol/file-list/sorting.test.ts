import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortInPieces } from '../../../src/protocol/file-list/sorting.ts';

const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;

/** The sorted items, and how often others had a turn. */
function sort(items: readonly { key: number; place: number }[]) {
  const steps = sortInPieces(items, byKey);
  for (let turns = 0; ; turns += 1) {
    const step = steps.next();
    if (step.done === true) return { sorted: step.value, turns };
  }
}

describe('sorting in pieces', () => {
  it('gives what sorting at once does, equal items in their old order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (length, keys) => {
          const items = Array.from({ length }, (_, place) => ({ key: (place * 7919) % keys, place }));
          expect(sort(items).sorted).toEqual(items.toSorted(byKey));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is done at once for a short list, and in many pieces for a long one', () => {
    const items = (length: number) => Array.from({ length }, (_, place) => ({ key: -place, place }));
    expect(sort(items(8000)).turns).toBe(0);
    expect(sort(items(100_000)).turns).toBeGreaterThan(20);
  });

  it('leaves the list as it was', () => {
    const items = Array.from({ length: 20_000 }, (_, place) => ({ key: -place, place }));
    sort(items);
    expect(items[0]?.place).toBe(0);
  });
});
