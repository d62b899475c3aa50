import { ConnectionClosedError, ProtocolError, UnsupportedError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { ChecksumName, CompressionName, Terms } from '../terms.ts';
import type { Cursor } from '../wire/cursor.ts';
import { MAX_NAMES_LENGTH } from '../wire/limits.ts';

/** The capability letters of our `-e` argument: each is a promise. `i` comes in front where we want it. */
export const CAPABILITIES = 'LsfxCIvu';

/**
 * Checksums and compressions we have, in the order in which all servers list them: some take the first of their own
 * names that we name, some the first of ours, and only in this order both mean the same.
 */
const ownChecksums: readonly ChecksumName[] = ['xxh64', 'md5', 'md4', 'sha1'];
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
  /** As far as we know the server negotiates: our names may go out with the arguments, before its own are heard. */
  readonly mayNameFirst: boolean;
}

/**
 * Reads the compat flags and agrees on algorithms; the checksum seed is still to come. From here on the writer sends
 * frames, where the protocol has them in this direction.
 *
 * Names that go first leave with the arguments, which the writer still holds: nothing has to be waited for, and frames
 * begin at once, which are the cure for the stall in the server's set-up. Else the server's lists are answered with
 * the one name that was chosen: then both sides mean the same, whatever their orders are.
 *
 * Source: docs/protocol chapter 1, sections 6 and 9.
 *
 * @throws NamedFirstError if this server has to be heard first.
 */
export async function setUp(reader: WireReader, writer: WireWriter, request: SetUpRequest): Promise<Terms> {
  const { protocol } = request;
  const own = ownNames(request);
  const hasFrames = protocol >= 30;
  const isOpen = own.checksums !== undefined || own.compressions !== undefined;
  const namesFirst = hasFrames && isOpen && request.mayNameFirst && !hasPreference(request);
  if (namesFirst) writeNames(writer, own);
  await writer.flush();
  if (hasFrames && (namesFirst || !isOpen)) writer.startFrames();

  const { compat, offers } = await hearServer(reader, own, request).catch((thrown: unknown) => {
    throw namesFirst && thrown instanceof ConnectionClosedError ? new NamedFirstError(thrown) : thrown;
  });
  const has = (flag: number) => (compat & flag) !== 0;
  const chosen = namesFirst ? agreed(own, offers) : choice(own, offers);
  if (isOpen && !namesFirst) {
    writeNames(writer, { checksums: one(chosen.checksum), compressions: one(chosen.compression) });
    await writer.flush();
    if (hasFrames) writer.startFrames();
  }
  const transferChecksum = request.transferChecksum ?? chosen.checksum ?? impliedChecksum(protocol);
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
    compression: compressionOf(request, chosen.compression),
  });
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

/** Names that are left to negotiation: ours, or those of the server. Undefined where the options have decided. */
interface Names<Checksum = string, Compression = string> {
  readonly checksums: readonly Checksum[] | undefined;
  readonly compressions: readonly Compression[] | undefined;
}

type OwnNames = Names<ChecksumName, CompressionName>;

const NO_NAMES = { checksums: undefined, compressions: undefined };

interface Choice {
  readonly checksum: ChecksumName | undefined;
  readonly compression: CompressionName | undefined;
}

/** Our names that the options leave to negotiation, in the order of the user's preference or our own. */
function ownNames(request: SetUpRequest): OwnNames {
  const { transferChecksum, compress, compression, checksumPreference, compressionPreference } = request;
  return {
    checksums:
      transferChecksum === undefined
        ? preferred(checksumPreference, knownChecksums, ownChecksums)
        : undefined,
    compressions:
      compress && compression === undefined ? preferred(compressionPreference, ownCompressions) : undefined,
  };
}

/** The order of a preference may be any: who goes by it, and who does not, can be known only afterwards. */
function hasPreference({ checksumPreference = [], compressionPreference = [] }: SetUpRequest): boolean {
  return checksumPreference.length > 0 || compressionPreference.length > 0;
}

function writeNames(writer: WireWriter, { checksums, compressions }: Names): void {
  for (const names of [checksums, compressions])
    if (names !== undefined) writer.encoder.vstring(Buffer.from(names.join(' ')));
}

/** The server's flags, and the names that it offers for what is open. One that does not negotiate offers none. */
async function hearServer(
  reader: WireReader,
  open: Names,
  { protocol, offersIncrementalRecursion }: SetUpRequest,
): Promise<{ readonly compat: number; readonly offers: Names }> {
  if (protocol < 30) return { compat: 0, offers: NO_NAMES };
  const compat = await reader.read((cursor) => cursor.varint());
  if (compat & flags.incrementalRecursion && !offersIncrementalRecursion)
    throw new UnsupportedError('the server recurses incrementally although we did not offer it');
  if (!(compat & flags.varintFlags)) return { compat, offers: NO_NAMES };
  const checksums = open.checksums && (await readNames(reader, 'checksum'));
  const compressions = open.compressions && (await readNames(reader, 'compression'));
  return { compat, offers: { checksums, compressions } };
}

async function readNames(reader: WireReader, what: string): Promise<string[]> {
  const text = await reader.read((cursor) => cursor.vstring(MAX_NAMES_LENGTH, `${what} names`));
  return text.toString('latin1').toLowerCase().split(' ');
}

/** The first of our names that the server offers. */
function choice(own: OwnNames, offers: Names): Choice {
  return {
    checksum: offers.checksums && choose('checksum', own.checksums ?? [], offers.checksums),
    compression: offers.compressions && choose('compression', own.compressions ?? [], offers.compressions),
  };
}

/** The same, if the server has all our names before it and means no other one by them. */
function agreed(own: OwnNames, offers: Names): Choice {
  const chosen = choice(own, offers);
  const isSame = (ours: readonly string[] = [], theirs: readonly string[] = [], name: string | undefined) =>
    theirs.find((offered) => ours.includes(offered)) === name;
  const negotiates = offers.checksums !== undefined || offers.compressions !== undefined;
  if (
    negotiates &&
    isSame(own.checksums, offers.checksums, chosen.checksum) &&
    isSame(own.compressions, offers.compressions, chosen.compression)
  )
    return chosen;
  throw new NamedFirstError();
}

/** Our names came first at a server that does not take them so. The same session will do when it is heard first. */
export class NamedFirstError extends ProtocolError {
  override readonly isTransient = true;

  constructor(cause?: Error) {
    super('the server does not agree with the names of algorithms that it was told', { cause });
  }
}

/** The names that the user wants, as far as they are known; without a wish our own. */
function preferred<Name extends string>(
  wanted: readonly string[] = [],
  known: readonly Name[],
  own = known,
): readonly Name[] {
  if (wanted.length === 0) return own;
  const names = wanted.map((name) => aliases[name.toLowerCase()] ?? name.toLowerCase());
  return names.flatMap((name) => known.filter((each) => each === name));
}

function choose<Name extends string>(what: string, own: readonly Name[], offered: readonly string[]): Name {
  const chosen = own.find((name) => offered.includes(name));
  if (chosen !== undefined) return chosen;
  throw new UnsupportedError(
    `no common ${what}: the server offers ${offered.join(' ')}, we want ${own.join(' ') || 'none that we know'}`,
  );
}

function one<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value];
}
