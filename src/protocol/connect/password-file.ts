import type { Stats } from 'node:fs';
import { checkPathText } from '../arguments.ts';
import { UsageError } from '../errors.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { type ReadNamed, readNamed } from '../named-files/read-named.ts';
import { decodeName } from '../wire/file-name.ts';

/** Bytes of the file that are looked at, as in rsync. */
const MAX_LENGTH = 511;
const OTHERS_MAY = 0o006;

/**
 * The first line of a password file, as rsync reads it: others must not be able to read or write the file, and for
 * root it must belong to root. The checks are made on the open file. `-` is standard input. Bytes that are not UTF-8
 * stand in the password as they do in file names.
 *
 * Source: docs/protocol chapter 1, section 5.4.
 */
export function readPasswordFile(file: string, read: ReadNamed = readNamed, trustsLinks = false): string {
  checkPathText(file, 'password file');
  const line = readFirst(file, read, trustsLinks)
    .split(/[\r\n\0]+/)
    .find((part) => part !== '');
  if (line !== undefined) return line;
  throw new UsageError(`password file ${file}: it is empty; its first line must be the password`);
}

function readFirst(file: string, read: ReadNamed, trustsLinks: boolean): string {
  try {
    const bytes = read(file, {
      most: MAX_LENGTH,
      takesFirst: true,
      knowsStandardInput: true,
      trustsLinks,
      ...(file !== '-' && { check: (stats) => checkOwner(file, stats) }),
    });
    return decodeName(bytes.subarray(0, MAX_LENGTH));
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw new UsageError(`password file ${file}: cannot be read: ${cause.message}`, { cause });
  }
}

function checkOwner(file: string, { mode, uid }: Stats): void {
  const isOurUserRoot = process.geteuid?.() === 0;
  if (process.platform !== 'win32' && (mode & OTHERS_MAY) !== 0) {
    throw new UsageError(
      `password file ${file}: it must not be readable or writable by others (chmod o-rw ${file}, or 600)`,
    );
  }
  if (isOurUserRoot && uid !== 0) {
    throw new UsageError(
      `password file ${file}: it must belong to root when running as root (chown root ${file})`,
    );
  }
}
