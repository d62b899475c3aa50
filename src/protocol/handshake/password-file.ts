import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/** Bytes of the file that are looked at, as in rsync. */
const MAX_LENGTH = 511;
const OTHERS_MAY = 0o006;

/**
 * The first line of a password file, as rsync reads it: others must not be able to read or write the file, and for
 * root it must belong to root. The checks are made on the open file. `-` is standard input.
 *
 * Source: shared/protocol chapter 1, section 5.4.
 */
export function readPasswordFile(file: string): string {
  const text = file === '-' ? readFirst(0) : readChecked(file);
  const line = text.split(/[\r\n\0]+/).find((part) => part !== '');
  if (line !== undefined) return line;
  throw new UsageError(`password file ${file}: it is empty; its first line must be the password`);
}

function readChecked(file: string): string {
  const descriptor = open(file);
  try {
    const { mode, uid } = fstatSync(descriptor);
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
    return readFirst(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new UsageError(`password file ${file}: cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

function readFirst(descriptor: number): string {
  const bytes = Buffer.alloc(MAX_LENGTH);
  const length = readSync(descriptor, bytes);
  return bytes.toString('utf8', 0, length);
}
