import type { KindCounts, PushStatistics } from '../../protocol/index.ts';
import { formatDecimal, formatInteger, type Readability } from './number-format.ts';

export interface StatisticsContext {
  readonly protocol: number;
  readonly readability: Readability;
  readonly isDryRun: boolean;
  /** What the whole run took, in whole seconds. */
  readonly seconds: number;
}

/** From these versions on the other side says what it has created, and what it has deleted. */
const FIRST_TO_COUNT_CREATED = 29;
const FIRST_TO_COUNT_DELETED = 31;

/** The lines of `--stats`, without the last two. */
export function statisticsLines(statistics: PushStatistics, terms: StatisticsContext): string[] {
  const { protocol, readability } = terms;
  const integer = (value: number) => formatInteger(value, readability);
  const count = (counts: KindCounts) => formatCounts(counts, integer);
  return [
    `Number of files: ${count(statistics.listed)}`,
    ...(protocol >= FIRST_TO_COUNT_CREATED ? [`Number of created files: ${count(statistics.created)}`] : []),
    ...(protocol >= FIRST_TO_COUNT_DELETED
      ? [`Number of deleted files: ${count(statistics.deleted ?? NONE)}`]
      : []),
    `Number of regular files transferred: ${integer(statistics.transferredFiles)}`,
    `Total file size: ${integer(statistics.totalSize)} bytes`,
    `Total transferred file size: ${integer(statistics.transferredSize)} bytes`,
    `Literal data: ${integer(statistics.literalBytes)} bytes`,
    `Matched data: ${integer(statistics.matchedBytes)} bytes`,
    // A push never knows the size of its list, nor how long the other side took to read it; rsync says 0 as well.
    'File list size: 0',
    `File list generation time: ${(statistics.listingMs / 1000).toFixed(3)} seconds`,
    'File list transfer time: 0.000 seconds',
    `Total bytes sent: ${integer(statistics.sentBytes)}`,
    `Total bytes received: ${integer(statistics.receivedBytes)}`,
  ];
}

/** The two lines at the very end: bytes on the wire, and what they stood for. */
export function summaryLines(statistics: PushStatistics, terms: StatisticsContext): string[] {
  const { readability, isDryRun, seconds } = terms;
  const { sentBytes, receivedBytes, totalSize } = statistics;
  const moved = sentBytes + receivedBytes;
  const integer = (value: number) => formatInteger(value, readability);
  // Half a second more, as in rsync: a run of no time has a speed, too.
  const speed = formatDecimal(moved / (0.5 + seconds), readability);
  const speedup = formatDecimal(moved === 0 ? 0 : totalSize / moved, readability);
  return [
    `sent ${integer(sentBytes)} bytes  received ${integer(receivedBytes)} bytes  ${speed} bytes/sec`,
    `total size is ${integer(totalSize)}  speedup is ${speedup}${isDryRun ? ' (DRY RUN)' : ''}`,
  ];
}

const NONE: KindCounts = { files: 0, folders: 0, symlinks: 0, devices: 0, specials: 0 };

function formatCounts(counts: KindCounts, integer: (value: number) => string): string {
  const { files, folders, symlinks, devices, specials } = counts;
  const kinds = { reg: files, dir: folders, link: symlinks, dev: devices, special: specials };
  const named = Object.entries(kinds).filter(([, number]) => number > 0);
  const total = integer(files + folders + symlinks + devices + specials);
  if (named.length === 0) return total;
  return `${total} (${named.map(([kind, number]) => `${kind}: ${integer(number)}`).join(', ')})`;
}
