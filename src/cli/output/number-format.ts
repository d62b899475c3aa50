/** 0: plain digits, 1: groups of digits, 2: units of 1000, 3: units of 1024. */
export type Readability = 0 | 1 | 2 | 3;

const UNITS = ['K', 'M', 'G', 'T', 'P'];

/** A whole number, as rsync shows sizes and counts. */
export function formatInteger(value: number, readability: Readability): string {
  if (readability === 0) return value.toFixed(0);
  return inUnits(value, readability) ?? grouped(value.toFixed(0));
}

/** A number with two decimals, as rsync shows speeds. */
export function formatDecimal(value: number, readability: Readability): string {
  if (readability === 0) return twoDecimals(value);
  return inUnits(value, readability) ?? grouped(twoDecimals(value));
}

function inUnits(value: number, readability: Readability): string | undefined {
  if (readability < 2) return undefined;
  const base = readability === 2 ? 1000 : 1024;
  let scaled = value;
  let unit = '';
  for (const next of UNITS) {
    if (Math.abs(scaled) < base) break;
    scaled /= base;
    unit = next;
  }
  return unit === '' ? undefined : twoDecimals(scaled) + unit;
}

/** Rounds as printf does: what lies exactly between two decimals, such as 1.125, goes to the even one. */
function twoDecimals(value: number): string {
  const eighths = value * 8;
  const isTie = Number.isInteger(eighths) && eighths % 2 !== 0;
  if (!isTie) return value.toFixed(2);
  const below = Math.floor(value * 100);
  return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
}

function grouped(digits: string): string {
  return digits.replace(/\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','));
}
