import { describe, expect, it } from 'vitest';
import { statisticsLines, summaryLines } from '../../../src/cli/output/statistics.ts';

const none = { files: 0, folders: 0, symlinks: 0, devices: 0, specials: 0 };

const statistics = {
  totalFiles: 11,
  listed: { files: 6, folders: 3, symlinks: 1, devices: 0, specials: 1 },
  created: none,
  deleted: { files: 1, folders: 2, symlinks: 0, devices: 0, specials: 0 },
  transferredFiles: 6,
  transferredSize: 3_000_017,
  literalBytes: 3_000_017,
  matchedBytes: 0,
  matches: 0,
  hashHits: 0,
  falseAlarms: 0,
  totalSize: 3_000_022,
  listingMs: 1.4,
  sentBytes: 3_001_280,
  receivedBytes: 151,
};

const terms = { protocol: 32, readability: 1, isDryRun: false, seconds: 0 } as const;

/** The lines of rsync 3.5.0 for such a push. */
describe('the numbers of --stats', () => {
  it('are those of rsync', () => {
    expect(statisticsLines(statistics, terms)).toEqual([
      'Number of files: 11 (reg: 6, dir: 3, link: 1, special: 1)',
      'Number of created files: 0',
      'Number of deleted files: 3 (reg: 1, dir: 2)',
      'Number of regular files transferred: 6',
      'Total file size: 3,000,022 bytes',
      'Total transferred file size: 3,000,017 bytes',
      'Literal data: 3,000,017 bytes',
      'Matched data: 0 bytes',
      'File list size: 0',
      'File list generation time: 0.001 seconds',
      'File list transfer time: 0.000 seconds',
      'Total bytes sent: 3,001,280',
      'Total bytes received: 151',
    ]);
  });

  it.each([
    [
      27,
      ['Number of files: 11 (reg: 6, dir: 3, link: 1, special: 1)', 'Number of regular files transferred: 6'],
    ],
    [30, ['Number of files: 11 (reg: 6, dir: 3, link: 1, special: 1)', 'Number of created files: 0']],
  ])('are fewer with protocol %i', (protocol, expected) => {
    expect(statisticsLines(statistics, { ...terms, protocol }).slice(0, 2)).toEqual(expected);
    expect(statisticsLines(statistics, { ...terms, protocol }).join()).not.toContain('deleted');
  });

  it('count nothing deleted where the server has not counted', () => {
    const lines = statisticsLines({ ...statistics, deleted: undefined }, terms);
    expect(lines).toContain('Number of deleted files: 0');
  });

  it('name devices', () => {
    const listed = { ...none, files: 3, folders: 1, devices: 1, specials: 1 };
    const [line] = statisticsLines({ ...statistics, listed }, terms);
    expect(line).toBe('Number of files: 6 (reg: 3, dir: 1, dev: 1, special: 1)');
  });

  it('have units', () => {
    const lines = statisticsLines(statistics, { ...terms, readability: 2 });
    expect(lines).toContain('Total file size: 3.00M bytes');
    expect(lines).toContain('Total bytes received: 151');
  });
});

describe('the last two lines', () => {
  it.each([
    [terms, '6,002,862.00 bytes/sec', 'total size is 3,000,022  speedup is 1.00'],
    [{ ...terms, readability: 0 } as const, '6002862.00 bytes/sec', 'total size is 3000022  speedup is 1.00'],
    [{ ...terms, readability: 2 } as const, '6.00M bytes/sec', 'total size is 3.00M  speedup is 1.00'],
    [{ ...terms, seconds: 1 }, '2,000,954.00 bytes/sec', 'total size is 3,000,022  speedup is 1.00'],
    [
      { ...terms, isDryRun: true },
      '6,002,862.00 bytes/sec',
      'total size is 3,000,022  speedup is 1.00 (DRY RUN)',
    ],
  ])('%j', (given, speed, second) => {
    const [first = '', last] = summaryLines(statistics, given);
    expect(first.endsWith(`  ${speed}`)).toBe(true);
    expect(last).toBe(second);
  });

  it('tell a great speedup', () => {
    const [first, second] = summaryLines({ ...statistics, sentBytes: 299, receivedBytes: 257 }, terms);
    expect(first).toBe('sent 299 bytes  received 257 bytes  1,112.00 bytes/sec');
    expect(second).toBe('total size is 3,000,022  speedup is 5,395.72');
  });
});
