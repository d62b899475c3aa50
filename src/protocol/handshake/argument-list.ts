import { UsageError } from '../errors.ts';
import type { ServerArguments } from '../options/server-arguments.ts';
import type { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';

/** Servers cut longer ones without a word. */
const MAX_BYTES = 5119;
const NUL = 0;
const NEWLINE = 0x0a;

/**
 * Writes the argument list as a daemon reads it behind `@RSYNCD: OK`:
 *
 *   protocol 30 on:   each argument and a NUL, then one more NUL
 *   before:           each argument and a newline, then one more newline
 *   secluded ones:    a second list, always with NULs
 *
 * So no argument can be empty, and none can hold what ends it.
 *
 * Source: docs/protocol chapter 1, sections 7.1 and 7.4.
 *
 * @throws UsageError for an argument that cannot be sent; nothing is written then.
 */
export function encodeArguments(
  encoder: Encoder,
  { plain, secluded }: ServerArguments,
  protocol: number,
): void {
  const end = protocol < 30 ? NEWLINE : NUL;
  const bytes = Buffer.concat([
    encodeList(plain, end),
    ...(secluded === undefined ? [] : [encodeList(secluded, NUL)]),
  ]);
  encoder.bytes(bytes);
}

function encodeList(words: readonly string[], end: number): Buffer {
  const ended = words.flatMap((word) => [encodeArgument(word, end), Buffer.of(end)]);
  return Buffer.concat([...ended, Buffer.of(end)]);
}

function encodeArgument(word: string, end: number): Buffer {
  const bytes = encodeName(word);
  const isCut = bytes.includes(end) || bytes.includes(NUL) || (end === NEWLINE && bytes.includes('\r'));
  if (bytes.length === 0) throw new UsageError('an argument for the server is empty');
  if (isCut)
    throw new UsageError(`an argument cannot be sent, it holds ${nameOf(end)}: ${JSON.stringify(word)}`);
  if (bytes.length > MAX_BYTES) {
    throw new UsageError(
      `an argument of ${bytes.length} bytes is longer than ${MAX_BYTES}: ${word.slice(0, 60)}...`,
    );
  }
  return bytes;
}

function nameOf(end: number): string {
  return end === NUL ? 'a NUL' : 'a line break, which needs protocol 30 or later';
}
