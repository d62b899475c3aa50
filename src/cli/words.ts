import { readFileSync } from 'node:fs';
import { decodeName } from '../protocol/index.ts';

const REPLACEMENT = '\ufffd';

/**
 * The words of our command line as names: Node shows a byte that is not UTF-8 as U+FFFD, which is no way back to the
 * file. Linux still has the bytes.
 */
export function commandWords(shown: readonly string[]): readonly string[] {
  if (!shown.some((word) => word.includes(REPLACEMENT)) || process.platform !== 'linux') return shown;
  const words = splitAtNul(readFileSync('/proc/self/cmdline')).map(decodeName);
  return words.slice(words.length - shown.length);
}

/** Every word ends with a NUL, the last one too. */
function splitAtNul(bytes: Buffer): Buffer[] {
  const words: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    const stop = end === -1 ? bytes.length : end;
    words.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return words;
}
