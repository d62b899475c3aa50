/** What can be done about what servers say, by their words. */
const remedies: ReadonlyArray<readonly [RegExp, string]> = [
  [/module is read only/, 'its rsyncd.conf needs "read only = no" for this module'],
  [/configured to refuse -/, 'leave that option out, or take it from "refuse options" in its rsyncd.conf'],
  [/mkdir .* failed: No such file or directory/, 'folders above the last one are made only with --mkpath'],
  [/No space left on device|Disk quota exceeded/, 'make room on its disk'],
];

/** What to do about the reason for which a server gave up, if that is known. */
export function adviceOn(reason: string): string | undefined {
  return remedies.find(([words]) => words.test(reason))?.[1];
}
