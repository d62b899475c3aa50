import { join } from 'node:path';
import { type CvsIgnore, ForeignLinkError, NamedFileError } from '../protocol/index.ts';
import { readNamedFile } from '../protocol/internal.ts';
import type { CliIo } from './io.ts';

export interface CvsIgnoreOptions {
  readonly warn?: ((text: string) => void) | undefined;
  /** `--insecure-links` */
  readonly trustsLinks?: boolean | undefined;
}

/**
 * What this user wants CVS, and so `--cvs-exclude`, to ignore everywhere. The file is looked at when it is needed. One
 * that cannot be read says nothing; `warn` is told of one that must not be.
 */
export function cvsIgnoreOf(
  { HOME = '', CVSIGNORE }: CliIo['environment'],
  { warn, trustsLinks }: CvsIgnoreOptions = {},
): CvsIgnore {
  return {
    variable: CVSIGNORE,
    get homeFile() {
      return HOME === '' ? undefined : contentOf(join(HOME, '.cvsignore'), { warn, trustsLinks });
    },
  };
}

function contentOf(path: string, { warn, trustsLinks }: CvsIgnoreOptions): Buffer | undefined {
  try {
    return readNamedFile(path, { trustsLinks });
  } catch (thrown) {
    if (!(thrown instanceof NamedFileError)) throw thrown;
    if (thrown instanceof ForeignLinkError) warn?.(`ignoring the rules in ${path}: ${thrown.message}`);
    return undefined;
  }
}
