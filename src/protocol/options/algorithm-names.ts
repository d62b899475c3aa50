import { UnsupportedError } from '../errors.ts';

/** What `--checksum-choice` takes; `xxhash` is xxh64, `auto` what is negotiated. */
export const checksumChoices = [
  'auto',
  'xxh128',
  'xxh3',
  'xxh64',
  'xxhash',
  'md5',
  'md4',
  'sha1',
  'none',
] as const;
type OneChecksum = (typeof checksumChoices)[number];

/** One name for both uses, or `TRANSFER,FILE-LIST`. */
export type ChecksumChoice = OneChecksum | `${OneChecksum},${OneChecksum}`;

/** What `--compress-choice` takes. */
export const compressChoices = ['auto', 'zstd', 'zlibx', 'zlib', 'none'] as const;
export type CompressChoice = (typeof compressChoices)[number];

/**
 * @param name the option or field, as it was written
 * @throws UnsupportedError for a name that we do not have.
 */
export function checksumChoice(value: string, name: string): ChecksumChoice {
  const names = value.split(',');
  const isKnown =
    names.length <= 2 && names.every((one) => (checksumChoices as readonly string[]).includes(one));
  if (!isKnown) throw unknownName(value, name, checksumChoices);
  return value as ChecksumChoice;
}

/** The same for compression. */
export function compressChoice(value: string, name: string): CompressChoice {
  const known = compressChoices.find((one) => one === value);
  if (known === undefined) throw unknownName(value, name, compressChoices);
  return known;
}

function unknownName(value: string, name: string, names: readonly string[]): UnsupportedError {
  return new UnsupportedError(`${name}: '${value}' is not supported; there are ${names.join(', ')}`);
}
