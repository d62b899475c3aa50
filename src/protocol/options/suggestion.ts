import { checkText } from '../arguments.ts';

/**
 * The nearest of `known` to what was written, if one is near enough to be meant: one letter of three may differ, and
 * dashes in front are no letters. A letter of the other case is the same one.
 */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  checkText(written, 'written');
  let best: string | undefined;
  const letters = written.replace(/^-+/, '').length;
  let least = Math.max(1, Math.floor(letters / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - written.length) >= least) continue;
    const away = distance(written.toLowerCase(), candidate.toLowerCase());
    if (away < least) {
      best = candidate;
      least = away;
    }
  }
  return best;
}

/** How many letters must be added, dropped or replaced; swapped neighbours count as one. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
