/** Whether the quick lane runs: `npm run test:quick`. */
export const isQuick = process.env.TSERSYNC_QUICK === '1';

/** How often a property is tried: a twentieth in the quick lane. */
export function runs(count: number): number {
  return isQuick ? Math.ceil(count / 20) : count;
}
