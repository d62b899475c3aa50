import { UsageError } from '../errors.ts';

/** Where a value was found, for the message when it is a bad one. */
export interface ValueOf {
  /** As the user wrote it: `--block-size`, `-B`. */
  readonly option: string;
  readonly value: string;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

const INT32_MIN = -0x8000_0000;
const INT32_MAX = 0x7fff_ffff;

/** The complaint about a value; `allowed` says what would be right. */
export function badValue({ option, value }: ValueOf, allowed: string): UsageError {
  return new UsageError(`${option}: '${value}' is not ${allowed}`);
}

/** A whole number as strtol(3) reads it with base 0: `16`, `0x10` and `020` are the same, and nothing is 0. */
export function parseInteger(of: ValueOf, { min = INT32_MIN, max = INT32_MAX }: Bounds = {}): number {
  const match = /^\s*([+-]?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.exec(of.value);
  if (match === null && of.value !== '') throw badValue(of, 'a whole number');
  const [, sign = '', digits = '0'] = match ?? [];
  const magnitude = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const number = sign === '-' && magnitude > 0 ? -magnitude : magnitude;
  if (number < min || number > max) throw badValue(of, `in [${min}, ${max}]`);
  return number;
}

const UNITS = 'bkmgtp';

/**
 * A size in bytes: a number, perhaps with a fraction, then a unit (`k` and `KiB` are 1024, `KB` is 1000), and at the
 * very end `+1` or `-1` for one byte more or less. Without a unit `defaultUnit` counts.
 */
export function parseSize(of: ValueOf, defaultUnit: 'b' | 'k' = 'b'): number {
  const match = /^(?![+-])(\d*\.?\d*)([bkmgtp]?)(b|ib)?([+-]1)?$/i.exec(of.value);
  if (match === null) throw badValue(of, 'a size such as 700, 1.5m, 10GB or 64k-1');
  const [, digits = '', letter = '', kind = '', oneMore = '0'] = match;
  const unit = letter === '' ? defaultUnit : letter.toLowerCase();
  const base = kind.toLowerCase() === 'b' ? 1000 : 1024;
  const size = Math.trunc(Number.parseFloat(`0${digits}`) * base ** UNITS.indexOf(unit)) + Number(oneMore);
  if (size < 0 || size >= 2 ** 63) throw badValue(of, 'a size from 0 to 8 EiB');
  return size;
}

/** KiB per second, rounded; sizes without a unit are KiB here. 0 is no limit. */
export function parseBandwidth(of: ValueOf): number {
  const bytes = parseSize(of, 'k');
  if (bytes > 0 && bytes < 512) throw badValue(of, 'at least 512 bytes per second, or 0 for no limit');
  const kibibytes = Math.floor((bytes + 512) / 1024);
  if (kibibytes > INT32_MAX) throw badValue(of, `at most ${INT32_MAX} KiB per second`);
  return kibibytes;
}

/** Items of `--chmod`, checked but not yet applied: `D755`, `Fu+x`, `go-w`, `g=u`. */
export function parseChmod(of: ValueOf): readonly string[] {
  const items = of.value.split(',');
  const isMode = (item: string) => /^(?:D*|F*)(?:0*[0-7]{1,4}|[ugoa]*[-+=](?:[rwxXst]*|[ugo]))$/.test(item);
  if (!items.every(isMode)) throw badValue(of, 'a list of modes such as D755,F644,go-w,u+X,g=u');
  return items;
}

/** The word of `choices` that the value abbreviates; an empty value abbreviates nothing. */
export function parseChoice<T extends string>(of: ValueOf, choices: readonly T[]): T {
  const chosen = choices.find((choice) => of.value !== '' && choice.startsWith(of.value));
  if (chosen === undefined) throw badValue(of, `one of ${choices.join(', ')}`);
  return chosen;
}
