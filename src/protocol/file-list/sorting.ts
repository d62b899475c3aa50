/** Entries that are sorted in one piece, or merged: some milliseconds. */
const PIECE = 8192;

/**
 * Sorts like `toSorted`, and yields after each piece of the work.
 *
 * @returns the sorted items, those that compare equal in their old order
 */
export function* sortInPieces<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, readonly T[], void> {
  if (items.length <= PIECE) return items.toSorted(compare);
  let runs: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += PIECE) {
    runs.push(items.slice(at, at + PIECE).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left = [], right] = runs.slice(at, at + 2);
      longer.push(right === undefined ? left : yield* merge(left, right, compare));
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): Generator<void, readonly T[], void> {
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i] as T, right[j] as T];
    const takesLeft = compare(a, b) <= 0;
    merged.push(takesLeft ? a : b);
    if (takesLeft) i += 1;
    else j += 1;
    if (merged.length % PIECE === 0) yield;
  }
  return merged.concat(left.slice(i), right.slice(j));
}
