import { readFileSync } from 'node:fs';
import { FileError } from '../errors.ts';
import { systemPath } from '../wire/file-name.ts';

const STANDARD_INPUT = 0;

/** Reads a file that an option or a merge rule names; `-` is standard input. `where` is the rule's source. */
export function readRuleFile(path: string, where: string): Buffer {
  try {
    return readFileSync(path === '-' ? STANDARD_INPUT : systemPath(path));
  } catch (cause) {
    throw new FileError(`${where}: cannot read the rule file ${path}`, { cause });
  }
}
