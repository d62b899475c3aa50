export interface BackOffTimes {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** How long to wait after a number of failures: twice as long each time, by chance between half of that and all of it. */
export function backOffMs(failures: number, { firstMs, maxMs }: BackOffTimes, random: () => number): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return longest * (0.5 + random() / 2);
}
