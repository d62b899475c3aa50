import { join } from 'node:path';
import { type CvsIgnore, ForeignLinkError, NamedFileError, readNamedFile } from '../protocol/index.ts';
import type { CliIo } from './io.ts';

/**
 * What this user wants CVS, and so `--cvs-exclude`, to ignore everywhere. The file is looked at when it is needed. One
 * that cannot be read says nothing; `warn` is told of one that must not be.
 */
export function cvsIgnoreOf(
  { HOME = '', CVSIGNORE }: CliIo['environment'],
  warn: (text: string) => void = () => {},
): CvsIgnore {
  return {
    variable: CVSIGNORE,
    get homeFile() {
      return HOME === '' ? undefined : contentOf(join(HOME, '.cvsignore'), warn);
    },
  };
}

function contentOf(path: string, warn: (text: string) => void): Buffer | undefined {
  try {
    return readNamedFile(path);
  } catch (thrown) {
    if (!(thrown instanceof NamedFileError)) throw thrown;
    if (thrown instanceof ForeignLinkError) warn(`ignoring the rules in ${path}: ${thrown.message}`);
    return undefined;
  }
}
