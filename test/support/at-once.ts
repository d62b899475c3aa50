/** An answer that has to be there at once: a tree on a local disk makes nobody wait for a few files. */
export function atOnce<T>(answer: T | Promise<T>): T {
  if (answer instanceof Promise) throw new Error('the answer comes later');
  return answer;
}
