import { EarlyInputError } from '../errors.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { type ReadNamed, readNamed } from '../named-files/read-named.ts';

/** Bytes that a daemon takes. */
const MAX_LENGTH = 5120;

/**
 * What `--early-input` hands to the daemon's `early exec`.
 *
 * Source: docs/protocol chapter 1, section 4.5.
 */
export function readEarlyInput(file: string, read: ReadNamed = readNamed, trustsLinks = false): Buffer {
  const bytes = readBytes(file, (path) => read(path, { most: MAX_LENGTH, trustsLinks }));
  if (bytes.length <= MAX_LENGTH) return bytes;
  throw new EarlyInputError(`early input ${file}: it is longer than ${MAX_LENGTH} bytes`);
}

function readBytes(file: string, read: ReadNamed): Buffer {
  try {
    return read(file);
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw new EarlyInputError(`early input ${file}: it cannot be read: ${cause.message}`, { cause });
  }
}
