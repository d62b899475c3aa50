import type { CliIo } from '../io.ts';

const DEFAULT = 80;
const MIN = 40;
/** Longer lines are hard to read. */
const MAX = 100;

/** How wide a text of help may be: COLUMNS, else as the terminal is. */
export function helpWidth({ environment: { COLUMNS = '' }, columns }: CliIo): number {
  const width = /^\d+$/.test(COLUMNS) ? Number(COLUMNS) : (columns ?? DEFAULT);
  return Math.min(MAX, Math.max(MIN, width || DEFAULT));
}
