import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CvsIgnore } from '../protocol/index.ts';
import type { CliIo } from './io.ts';

/** What this user wants CVS, and so `--cvs-exclude`, to ignore everywhere. A file that cannot be read says nothing. */
export function cvsIgnoreOf({ HOME = '', CVSIGNORE }: CliIo['environment']): CvsIgnore {
  return { variable: CVSIGNORE, homeFile: HOME === '' ? undefined : contentOf(join(HOME, '.cvsignore')) };
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
