import { closeSync, openSync, readSync } from 'node:fs';
import { EarlyInputError } from '../errors.ts';
import { systemPath } from '../wire/file-name.ts';

/** Bytes that a daemon takes. */
const MAX_LENGTH = 5120;

/**
 * What `--early-input` hands to the daemon's `early exec`.
 *
 * Source: docs/protocol chapter 1, section 4.5.
 */
export function readEarlyInput(file: string): Buffer {
  const bytes = Buffer.alloc(MAX_LENGTH + 1);
  const length = readFirst(file, bytes);
  if (length <= MAX_LENGTH) return bytes.subarray(0, length);
  throw new EarlyInputError(`early input ${file}: it is longer than ${MAX_LENGTH} bytes`);
}

function readFirst(file: string, into: Buffer): number {
  try {
    const descriptor = openSync(systemPath(file), 'r');
    try {
      return readSync(descriptor, into);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new EarlyInputError(`early input ${file}: it cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
