import { lstatSync } from 'node:fs';
import { FileError } from '../errors.ts';
import { NamedFileError, namedFileError, refusal } from '../named-files/named-file-error.ts';
import { readNamed } from '../named-files/read-named.ts';
import { systemPath } from '../wire/file-name.ts';

/** Why there are no rules, for rsync too: no such file, or one that we may not read. */
const missing = new Set(['EACCES', 'EISDIR', 'ELOOP', 'ENOENT', 'ENOTDIR']);

/**
 * The whole content of a per-directory rule file; undefined if there is none that can be read.
 *
 * @throws NamedFileError for one that must not be read (a symlink of another user, a pipe), or whose name is too long;
 * FileError for one that could not be read to its end.
 */
export function readRuleFile(path: string, trustsLinks = false): Buffer | undefined {
  try {
    // Most folders have none, and then there is no way to be walked.
    const stats = lstatSync(systemPath(path), { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory()) return undefined;
    return readNamed(path, {
      trustsLinks,
      check: (opened) => {
        if (!opened.isFile()) throw refusal('ESPIPE', 'it is not a file');
      },
    });
  } catch (thrown) {
    const error = namedFileError(thrown);
    if (!(error instanceof NamedFileError) || error.isRefusal || error.code === 'ENAMETOOLONG') throw error;
    if (missing.has(error.code)) return undefined;
    throw new FileError(`${path}: the rules in it cannot be read: ${error.message}`, { cause: error });
  }
}
