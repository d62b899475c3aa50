import { closeSync, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../errors.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';

/** Bytes of the file that are looked at, as in rsync. */
const MAX_LENGTH = 511;
const OTHERS_MAY = 0o006;
/** More than any system follows. */
const MAX_LINKS = 64;

/**
 * The first line of a password file, as rsync reads it: others must not be able to read or write the file, and for
 * root it must belong to root. The checks are made on the open file. A symlink on the way must belong to root or to
 * us. `-` is standard input. Bytes that are not UTF-8 stand in the password as they do in file names.
 *
 * Source: docs/protocol chapter 1, section 5.4.
 */
export function readPasswordFile(file: string): string {
  const text = file === '-' ? readFirst(0, 'standard input') : readChecked(file);
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
    return readFirst(descriptor, file);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string): number {
  refuseForeignLinks(file);
  try {
    return openSync(systemPath(file), 'r');
  } catch (cause) {
    throw new UsageError(`password file ${file}: cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

/** Whoever owns a link decides which file is read, now and later. */
function refuseForeignLinks(file: string): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const names = file.split('/');
  let folder = file.startsWith('/') ? '' : process.cwd();
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') folder = dirname(folder);
    if (name === '' || name === '.' || name === '..') continue;
    const path = `${folder}/${name}`;
    const link = readLink(path);
    if (link === undefined) {
      folder = path;
      continue;
    }
    if (link.owner !== 0 && link.owner !== user) {
      throw new UsageError(`password file ${file}: ${path} is a symlink that belongs to another user`);
    }
    links += 1;
    // Opening will fail, and say why.
    if (links > MAX_LINKS) return;
    if (link.target.startsWith('/')) folder = '';
    names.unshift(...link.target.split('/'));
  }
}

/** Undefined for what is no symlink, and for what cannot be looked at: opening tells that better. */
function readLink(path: string): { owner: number; target: string } | undefined {
  try {
    const stats = lstatSync(systemPath(path));
    if (!stats.isSymbolicLink()) return undefined;
    return { owner: stats.uid, target: decodeName(readlinkSync(systemPath(path), { encoding: 'buffer' })) };
  } catch {
    return undefined;
  }
}

function readFirst(descriptor: number, file: string): string {
  const bytes = Buffer.alloc(MAX_LENGTH);
  try {
    return decodeName(bytes.subarray(0, readSync(descriptor, bytes)));
  } catch (cause) {
    throw new UsageError(`password file ${file}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}
