import { readFileSync } from 'node:fs';
import { decodeName } from '../protocol/index.ts';

const REPLACEMENT = '\ufffd';

/**
 * The words of our command line as names: Node shows a byte that is not UTF-8 as U+FFFD, which is no way back to the
 * file. Linux still has the bytes; without its /proc the words stay as they are shown.
 */
export function commandWords(shown: readonly string[], file = '/proc/self/cmdline'): readonly string[] {
  if (!shown.some((word) => word.includes(REPLACEMENT))) return shown;
  const words = bytesOf(file).map(decodeName);
  return words.length < shown.length ? shown : words.slice(words.length - shown.length);
}

function bytesOf(file: string): Buffer[] {
  try {
    return splitAtNul(readFileSync(file));
  } catch {
    // Another system, or a chroot without /proc.
    return [];
  }
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
