import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemPath } from '../wire/file-name.ts';

/** Bytes of a file with filter rules that are read. */
const MAX_LENGTH = 1024 * 1024;
const OPEN = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** The content of a per-directory rule file; undefined if there is none that can be read. */
export function readRuleFile(path: string): Buffer | undefined {
  const descriptor = open(path);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(stats.size, MAX_LENGTH));
    return bytes.subarray(0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(systemPath(path), OPEN);
  } catch {
    // Most folders have none, and one that we may not read holds for nobody: rsync thinks the same.
    return undefined;
  }
}
