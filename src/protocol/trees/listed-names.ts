import { UsageError } from '../errors.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { withPipes } from '../named-files/read-named.ts';
import { decodeName } from '../wire/file-name.ts';

const NUL = '\0';

export interface ListedNamesOptions {
  /** Ends the wait for a list that comes through a pipe. */
  readonly signal?: AbortSignal | undefined;
  /** `--insecure-links` */
  readonly trustsLinks?: boolean | undefined;
}

/**
 * Reads the names of `--files-from`; `-` is standard input.
 *
 * @throws UsageError if the file cannot be read.
 */
export async function readListedNames(
  file: string,
  isFrom0: boolean,
  { signal, trustsLinks }: ListedNamesOptions = {},
): Promise<string[]> {
  try {
    const bytes = await withPipes(signal, (read) => read(file, { knowsStandardInput: true, trustsLinks }));
    return parseListedNames(bytes, isFrom0);
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw new UsageError(`--files-from=${file}: the list cannot be read: ${cause.message}`, { cause });
  }
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
