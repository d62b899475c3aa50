import { createReadStream } from 'node:fs';
import { UsageError } from '../errors.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';

const NUL = '\0';

/**
 * Reads the names of `--files-from`; `-` is standard input.
 *
 * @throws UsageError if the file cannot be read.
 */
export async function readListedNames(file: string, isFrom0: boolean): Promise<string[]> {
  const chunks: Buffer[] = [];
  try {
    // Reading by descriptor must not close standard input, which is not ours.
    const stream =
      file === '-' ? createReadStream('', { fd: 0, autoClose: false }) : createReadStream(systemPath(file));
    for await (const chunk of stream) chunks.push(chunk);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`--files-from=${file}: the list cannot be read: ${message}`, { cause });
  }
  return parseListedNames(Buffer.concat(chunks), isFrom0);
}

/**
 * The names in a list, one per line, or each with a NUL behind it. Empty ones and comments are left out, with NULs too.
 * A NUL in a line ends its name.
 *
 * Source: rsync(1), `--files-from` and `--from0`; rsync 3.5.0 where that says nothing.
 */
export function parseListedNames(bytes: Buffer, isFrom0: boolean): string[] {
  const text = decodeName(bytes);
  const names = isFrom0 ? text.split(NUL) : text.split(/[\r\n]/).map(beforeNul);
  return names.filter((name) => name !== '' && !/^[#;]/.test(name));
}

function beforeNul(line: string): string {
  const end = line.indexOf(NUL);
  return end < 0 ? line : line.slice(0, end);
}
