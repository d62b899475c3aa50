import { FileError } from '../errors.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { type ReadNamed, readNamed } from '../named-files/read-named.ts';

/**
 * Reads a file that an option or a merge rule names; `-` is standard input. `where` is the rule's source. If the rule
 * stands in a file, its name is not shown: who sees the message need not be allowed to read that file.
 */
export type ReadMerged = (path: string, where: string, isShown?: boolean) => Buffer;

/** Reads rule files from the disk. What is wrong with one is a FileError. */
export function ruleFileReader(read: ReadNamed, trustsLinks = false): ReadMerged {
  return (path, where, isShown = true) => {
    try {
      return read(path, { knowsStandardInput: true, trustsLinks });
    } catch (cause) {
      if (!(cause instanceof NamedFileError)) throw cause;
      const what = isShown
        ? `the rule file ${path}: ${cause.message}`
        : `the rule file that it names: ${cause.plain}`;
      throw new FileError(`${where}: cannot read ${what}`, { cause });
    }
  };
}

export const readRuleFile: ReadMerged = ruleFileReader(readNamed);
