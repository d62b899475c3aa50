import { UnsupportedError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { ChecksumName, CompressionName, Terms } from '../terms.ts';
import type { Cursor } from '../wire/cursor.ts';
import { MAX_NAMES_LENGTH } from '../wire/limits.ts';

/** The capability letters of our `-e` argument: each is a promise. `i` comes in front where we want it. */
export const CAPABILITIES = 'LsfxCIvu';

/** Checksums and compressions we have, the best first. */
const ownChecksums: readonly ChecksumName[] = ['xxh64', 'md5', 'sha1', 'md4'];
const ownCompressions: readonly CompressionName[] = ['zstd', 'zlibx', 'zlib', 'none'];

const flags = {
  incrementalRecursion: 0x001,
  safeFileList: 0x008,
  avoidsXattrShortcut: 0x010,
  seedFirst: 0x020,
  inplacePartialDir: 0x040,
  varintFlags: 0x080,
  idZeroNames: 0x100,
} as const;

export interface SetUpRequest {
  readonly protocol: number;
  /** Our arguments offered incremental recursion. */
  readonly offersIncrementalRecursion: boolean;
  /** Fixed by `--checksum-choice`; undefined leaves it to negotiation. */
  readonly transferChecksum: ChecksumName | undefined;
  readonly fileListChecksum: ChecksumName | undefined;
  readonly compress: boolean;
  /** Fixed by `--compress-choice` and its relatives. */
  readonly compression: CompressionName | undefined;
  /** Names in the order of the user's preference, instead of our own. */
  readonly checksumPreference?: readonly ChecksumName[] | undefined;
  readonly compressionPreference?: readonly CompressionName[] | undefined;
}

/**
 * Reads the compat flags and agrees on algorithms; the checksum seed is still to come. We read the server's lists and
 * answer with the one name we have chosen: then both sides mean the same, whoever's order counts.
 *
 * Source: shared/protocol chapter 1, section 9.
 */
export async function setUp(reader: WireReader, writer: WireWriter, request: SetUpRequest): Promise<Terms> {
  const { protocol } = request;
  const compat = protocol >= 30 ? await reader.read((cursor) => cursor.varint()) : 0;
  const has = (flag: number) => (compat & flag) !== 0;
  if (has(flags.incrementalRecursion) && !request.offersIncrementalRecursion) {
    throw new UnsupportedError('the server recurses incrementally although we did not offer it');
  }
  const negotiates = has(flags.varintFlags);
  const checksum = request.transferChecksum ?? (negotiates ? await negotiateChecksum() : undefined);
  const compression =
    request.compression ?? (negotiates && request.compress ? await negotiateCompression() : undefined);
  await writer.flush();
  const transferChecksum = checksum ?? (protocol >= 30 ? 'md5' : 'md4');
  return Object.freeze({
    protocol,
    incrementalRecursion: has(flags.incrementalRecursion),
    safeFileList: has(flags.safeFileList) || protocol >= 31,
    varintFlags: has(flags.varintFlags),
    idZeroNames: has(flags.idZeroNames),
    seedFirst: has(flags.seedFirst),
    inplacePartialDir: has(flags.inplacePartialDir),
    avoidsXattrShortcut: has(flags.avoidsXattrShortcut),
    transferChecksum,
    fileListChecksum: request.fileListChecksum ?? transferChecksum,
    compression: request.compress ? (compression ?? 'zlib') : 'none',
  });

  async function negotiateChecksum(): Promise<ChecksumName> {
    const offered = await readNames(reader, 'checksum');
    return answer(writer, 'checksum', offered, request.checksumPreference ?? ownChecksums);
  }

  async function negotiateCompression(): Promise<CompressionName> {
    const offered = await readNames(reader, 'compression');
    return answer(writer, 'compression', offered, request.compressionPreference ?? ownCompressions);
  }
}

/** The number that salts block sums, right before the server starts to send frames. */
export function decodeChecksumSeed(cursor: Cursor): number {
  return cursor.int32();
}

async function readNames(reader: WireReader, what: string): Promise<string[]> {
  const text = await reader.read((cursor) => cursor.vstring(MAX_NAMES_LENGTH, `${what} names`));
  return text.toString('latin1').toLowerCase().split(' ');
}

function answer<Name extends string>(
  writer: WireWriter,
  what: string,
  offered: readonly string[],
  own: readonly Name[],
): Name {
  const chosen = own.find((name) => offered.includes(name));
  if (chosen === undefined) {
    throw new UnsupportedError(
      `no common ${what}: the server offers ${offered.join(' ')}, we want ${own.join(' ')}`,
    );
  }
  writer.encoder.vstring(Buffer.from(chosen));
  return chosen;
}
