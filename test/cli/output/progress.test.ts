import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../../src/cli/output/progress.ts';

/** A meter with a clock that the test moves. */
function meter(readability: 0 | 1 | 2 | 3 = 1) {
  let now = 1_000_000;
  const measuring = new ProgressMeter(readability, () => now);
  measuring.restart();
  return { meter: measuring, wait: (ms: number) => (now += ms) };
}

const completion = { transferredFiles: 1, toCheck: 1, listed: 3, isGrowing: false, coversLast: false };

/** The columns are those of rsync 3.5.0. */
describe('a progress line', () => {
  it('shows how far a file is', () => {
    const { meter: one, wait } = meter();
    wait(1);
    expect(one.update({ done: 32_768, total: 200_000_000 })).toBe(
      '\r         32,768   0%   31.25MB/s    0:00:06  ',
    );
  });

  it('shows that a file is complete', () => {
    const { meter: one, wait } = meter();
    wait(2719);
    expect(one.complete({ done: 300_000, total: 300_000 }, completion)).toBe(
      '\r        300,000 100%  107.75kB/s    0:00:02 (xfr#1, to-chk=1/3)',
    );
  });

  it('takes at least a millisecond', () => {
    expect(meter().meter.complete({ done: 5000, total: 5000 }, completion)).toBe(
      '\r          5,000 100%    4.77MB/s    0:00:00 (xfr#1, to-chk=1/3)',
    );
    expect(meter().meter.complete({ done: 0, total: 0 }, { ...completion, toCheck: 5, listed: 7 })).toBe(
      '\r              0 100%    0.00kB/s    0:00:00 (xfr#1, to-chk=5/7)',
    );
  });

  it('says that the list still grows', () => {
    const line = meter().meter.complete({ done: 1, total: 1 }, { ...completion, isGrowing: true });
    expect(line).toContain('(xfr#1, ir-chk=1/3)');
  });

  it('covers the line before it, where that was longer and must be covered', () => {
    const { meter: one } = meter();
    const lines = [100, 99, 98].map((toCheck) =>
      one.complete({ done: 1, total: 1 }, { ...completion, toCheck, listed: 137, coversLast: true }),
    );
    expect(lines.map((line) => line.slice(line.indexOf('to-chk')))).toEqual([
      'to-chk=100/137)',
      'to-chk=99/137) ',
      'to-chk=98/137)',
    ]);
    expect(one.complete({ done: 1, total: 1 }, { ...completion, toCheck: 9 })).toMatch(/to-chk=9\/3\)$/);
  });

  it('comes once a second', () => {
    const { meter: one, wait } = meter();
    expect(one.update({ done: 1000, total: 10_000 })).toBeDefined();
    wait(999);
    expect(one.update({ done: 2000, total: 10_000 })).toBeUndefined();
    wait(1);
    expect(one.update({ done: 3000, total: 10_000 })).toBe('\r          3,000  30%    1.95kB/s    0:00:03  ');
  });

  it('shows the speed of the last few seconds, not of the whole', () => {
    const { meter: one, wait } = meter();
    const lines: Array<string | undefined> = [];
    for (let second = 0; second < 10; second += 1) {
      lines.push(one.update({ done: second < 5 ? 0 : (second - 4) * 1024, total: 102_400 }));
      wait(1000);
    }
    expect(lines.at(-1)).toBe('\r          5,120   5%    1.00kB/s    0:01:35  ');
  });

  it.each([
    [2, '\r        200.00M 100%'],
    [3, '\r        190.73M 100%'],
    [0, '\r      200000000 100%'],
  ] as const)('has numbers of kind %i', (readability, expected) => {
    const line = meter(readability).meter.complete({ done: 2e8, total: 2e8 }, completion);
    expect(line.startsWith(expected)).toBe(true);
  });

  it('does not say 100% before the end', () => {
    const { meter: one } = meter();
    expect(one.update({ done: 99_999_999, total: 100_000_000 })).toContain('  99% ');
  });

  it('gives up on times beyond its column', () => {
    const { meter: one, wait } = meter();
    wait(1000);
    expect(one.update({ done: 1, total: 2 ** 40 })).toMatch(/ {2}\?\?:\?\?:\?\? {2}$/);
  });
});
