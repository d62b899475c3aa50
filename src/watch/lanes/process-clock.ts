/** A clock that all threads of the process share, in ms; `performance.now()` begins anew in each of them. */
export function processClock(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
