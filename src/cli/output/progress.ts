import { formatInteger, type Readability } from './number-format.ts';

/** How far something is, at one moment. */
export interface Advance {
  /** Bytes that are done, and all there are. */
  readonly done: number;
  readonly total: number;
}

/** What stands behind the numbers when a file is complete. */
export interface Completion {
  readonly transferredFiles: number;
  /** Entries of the list that have not been looked at. */
  readonly toCheck: number;
  readonly listed: number;
  /** The list is still growing. */
  readonly isGrowing: boolean;
  /** The line is written over the one for the file before, which may have been longer. */
  readonly coversLast: boolean;
}

const UPDATE_MS = 1000;
/** A speed is that of the last few updates. */
const REMEMBERED_UPDATES = 5;
const BYTES_PER_KIB = 1024;
/** rsync shows no more than this. */
const MAX_HOURS = 9999;

/**
 * The line that shows how far a file (or the whole transfer) is. It begins with a carriage return, to be written over
 * the one before:
 *
 *   `        163,840  54%  117.97kB/s    0:00:01  `
 *   `        300,000 100%  110.35kB/s    0:00:02 (xfr#1, to-chk=1/3)`
 */
export class ProgressMeter {
  readonly #readability: Readability;
  readonly #now: () => number;
  #samples: Array<{ readonly at: number; readonly done: number }> = [];
  #start: { readonly at: number; readonly done: number } | undefined;
  #shownAt = 0;
  #checkLength = 0;

  /** `now` is a clock in milliseconds. */
  constructor(readability: Readability, now: () => number) {
    this.#readability = readability;
    this.#now = now;
  }

  /** From here on speed and time are counted anew, as for each file. */
  restart(done = 0): void {
    this.#start = { at: this.#now(), done };
    this.#samples = [];
    this.#shownAt = 0;
  }

  /** A line, if the last one is old enough; the speed is the present one, the time what remains. */
  update({ done, total }: Advance): string | undefined {
    const now = this.#now();
    if (this.#samples.length > 0 && now - this.#shownAt < UPDATE_MS) return undefined;
    this.#shownAt = now;
    const since = this.#samples[0] ?? this.#start ?? { at: now, done };
    this.#samples = [...this.#samples.slice(1 - REMEMBERED_UPDATES), { at: now, done }];
    const rate = rateOf(done - since.done, now - since.at);
    const seconds = rate === 0 ? 0 : (total - done) / BYTES_PER_KIB / rate;
    return `${this.#line({ done, total }, rate, seconds)}  `;
  }

  /** The last line about it; the speed is that of the whole, the time what it took. */
  complete({ done, total }: Advance, completion: Completion): string {
    const now = this.#now();
    const start = this.#start ?? { at: now, done };
    const elapsedMs = now - start.at;
    const rate = rateOf(done - start.done, elapsedMs);
    return this.#line({ done, total }, rate, elapsedMs / 1000) + this.#check(completion);
  }

  #check({ transferredFiles, toCheck, listed, isGrowing, coversLast }: Completion): string {
    const text = ` (xfr#${transferredFiles}, ${isGrowing ? 'ir' : 'to'}-chk=${toCheck}/${listed})`;
    const covered = this.#checkLength;
    this.#checkLength = text.length;
    return coversLast ? text.padEnd(covered) : text;
  }

  #line({ done, total }: Advance, rate: number, seconds: number): string {
    const percent = total === 0 || done === total ? 100 : Math.floor((100 * done) / total);
    const size = formatInteger(done, this.#readability).padStart(15);
    return `\r${size} ${String(percent).padStart(3)}% ${formatRate(rate)} ${formatSeconds(seconds)}`;
  }
}

/** KiB per second; what took no time that can be measured took a millisecond. */
function rateOf(bytes: number, ms: number): number {
  return bytes / BYTES_PER_KIB / (Math.max(ms, 1) / 1000);
}

function formatRate(kibibytes: number): string {
  const [rate, unit] =
    kibibytes > BYTES_PER_KIB ** 2
      ? [kibibytes / BYTES_PER_KIB ** 2, 'GB/s']
      : kibibytes > BYTES_PER_KIB
        ? [kibibytes / BYTES_PER_KIB, 'MB/s']
        : [kibibytes, 'kB/s'];
  return rate.toFixed(2).padStart(7) + unit;
}

function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  if (hours > MAX_HOURS) return '  ??:??:??';
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${String(hours).padStart(4)}:${minutes}:${rest}`;
}
