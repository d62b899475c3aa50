import { ProtocolError, UnsupportedError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { ChecksumName, CompressionName, Terms } from '../terms.ts';
import type { Cursor } from '../wire/cursor.ts';
import { MAX_NAMES_LENGTH } from '../wire/limits.ts';

/** The capability letters of our `-e` argument: each is a promise. `i` comes in front where we want it. */
export const CAPABILITIES = 'LsfxCIvu';

/** Checksums and compressions we have, the best first. */
const ownChecksums: readonly ChecksumName[] = ['xxh64', 'md5', 'sha1', 'md4'];
/** To do without checksums must be asked for. */
const knownChecksums: readonly ChecksumName[] = [...ownChecksums, 'none'];
const ownCompressions: readonly CompressionName[] = ['zstd', 'zlibx', 'zlib', 'none'];
const aliases: Readonly<Record<string, string>> = { xxhash: 'xxh64' };

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
  readonly compressLevel?: number | undefined;
  /** Names in the order of the user's preference, instead of our own; those that we do not know count for nothing. */
  readonly checksumPreference?: readonly string[] | undefined;
  readonly compressionPreference?: readonly string[] | undefined;
  /** What this server offered before: then nothing needs to be waited for. */
  readonly remembered: ServerOffers | undefined;
}

/** The names that a server offers; a server that does not negotiate offers none. */
export interface ServerOffers {
  readonly negotiates: boolean;
  readonly checksums: readonly string[];
  readonly compressions: readonly string[];
}

export interface SetUp {
  readonly terms: Terms;
  readonly offers: ServerOffers;
}

/**
 * Reads the compat flags and agrees on algorithms; the checksum seed is still to come. We answer the server's lists
 * with the one name that we have chosen: then both sides mean the same, whoever's order counts. The answer to a
 * server that is known goes out with the arguments, which the writer still holds.
 *
 * From here on the writer sends frames, where the protocol has them in this direction.
 *
 * Source: docs/protocol chapter 1, sections 6 and 9.
 */
export async function setUp(reader: WireReader, writer: WireWriter, request: SetUpRequest): Promise<SetUp> {
  const { protocol, remembered } = request;
  const known = remembered === undefined ? undefined : answer(writer, remembered, request);
  await writer.flush();
  if (known !== undefined && protocol >= 30) writer.startFrames();

  const compat = protocol >= 30 ? await reader.read((cursor) => cursor.varint()) : 0;
  const has = (flag: number) => (compat & flag) !== 0;
  if (has(flags.incrementalRecursion) && !request.offersIncrementalRecursion) {
    throw new UnsupportedError('the server recurses incrementally although we did not offer it');
  }
  const offers = await readOffers(reader, has(flags.varintFlags), request);
  if (remembered !== undefined) checkMemory(remembered, offers);
  const chosen = known ?? answer(writer, offers, request);
  await writer.flush();
  if (known === undefined && protocol >= 30) writer.startFrames();

  const transferChecksum = request.transferChecksum ?? chosen.checksum ?? impliedChecksum(protocol);
  const terms = Object.freeze({
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
    compression: compressionOf(request, chosen.compression),
  });
  return { terms, offers };
}

/** What is used where nothing is negotiated. */
export function impliedChecksum(protocol: number): ChecksumName {
  return protocol >= 30 ? 'md5' : 'old-md4';
}

/** For zlib level 0 means to send tokens as if nothing had been agreed; for zstd it is the default level. */
function compressionOf(request: SetUpRequest, negotiated: CompressionName | undefined): CompressionName {
  if (!request.compress) return 'none';
  const name = request.compression ?? negotiated ?? 'zlib';
  return request.compressLevel === 0 && name !== 'zstd' ? 'none' : name;
}

/** The number that salts block sums, right before the server starts to send frames. */
export function decodeChecksumSeed(cursor: Cursor): number {
  return cursor.int32();
}

interface Answer {
  readonly checksum: ChecksumName | undefined;
  readonly compression: CompressionName | undefined;
}

/** Writes our choice, as far as there is one to make. */
function answer(writer: WireWriter, offers: ServerOffers, request: SetUpRequest): Answer {
  if (!offers.negotiates) return { checksum: undefined, compression: undefined };
  const { checksumPreference, compressionPreference } = request;
  const checksum = negotiatesChecksum(request)
    ? choose('checksum', offers.checksums, preferred(checksumPreference, knownChecksums, ownChecksums))
    : undefined;
  const compression = negotiatesCompression(request)
    ? choose('compression', offers.compressions, preferred(compressionPreference, ownCompressions))
    : undefined;
  for (const name of [checksum, compression])
    if (name !== undefined) writer.encoder.vstring(Buffer.from(name));
  return { checksum, compression };
}

async function readOffers(
  reader: WireReader,
  negotiates: boolean,
  request: SetUpRequest,
): Promise<ServerOffers> {
  const checksums = negotiates && negotiatesChecksum(request) ? await readNames(reader, 'checksum') : [];
  const compressions =
    negotiates && negotiatesCompression(request) ? await readNames(reader, 'compression') : [];
  return { negotiates, checksums, compressions };
}

/** What went out by heart must have been what this server wants to hear. */
function checkMemory(remembered: ServerOffers, offers: ServerOffers): void {
  const isSame = (one: readonly string[], other: readonly string[]) => one.join() === other.join();
  if (
    remembered.negotiates === offers.negotiates &&
    isSame(remembered.checksums, offers.checksums) &&
    isSame(remembered.compressions, offers.compressions)
  ) {
    return;
  }
  throw new ForgottenError(
    'the server offers other algorithms than in an earlier session: it was changed or replaced',
  );
}

/** The server is not the one that was remembered; the same session opened without memory will do. */
export class ForgottenError extends ProtocolError {
  override readonly isTransient = true;
}

function negotiatesChecksum({ transferChecksum }: SetUpRequest): boolean {
  return transferChecksum === undefined;
}

function negotiatesCompression({ compress, compression }: SetUpRequest): boolean {
  return compress && compression === undefined;
}

async function readNames(reader: WireReader, what: string): Promise<string[]> {
  const text = await reader.read((cursor) => cursor.vstring(MAX_NAMES_LENGTH, `${what} names`));
  return text.toString('latin1').toLowerCase().split(' ');
}

/** The names that the user wants, as far as they are known; without a wish our own. */
function preferred<Name extends string>(
  wanted: readonly string[] = [],
  known: readonly Name[],
  own = known,
): readonly Name[] {
  if (wanted.length === 0) return own;
  const names = wanted.map((name) => aliases[name.toLowerCase()] ?? name.toLowerCase());
  return names.flatMap((name) => known.filter((one) => one === name));
}

function choose<Name extends string>(what: string, offered: readonly string[], own: readonly Name[]): Name {
  const chosen = own.find((name) => offered.includes(name));
  if (chosen !== undefined) return chosen;
  throw new UnsupportedError(
    `no common ${what}: the server offers ${offered.join(' ')}, we want ${own.join(' ') || 'none that we know'}`,
  );
}
