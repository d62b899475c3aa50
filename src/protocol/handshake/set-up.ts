import { ConnectionClosedError, UnsupportedError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { ChecksumName, CompressionName, Terms } from '../terms.ts';
import type { Cursor } from '../wire/cursor.ts';
import {
  agreed,
  choice,
  EarlyOfferRejected,
  hasNames,
  hasPreference,
  type NamePreferences,
  type Names,
  NO_NAMES,
  ownNames,
  readNames,
  writeNames,
} from './negotiation.ts';

/** The capability letters of our `-e` argument: each is a promise. `i` comes in front where we want it. */
export const CAPABILITIES = 'LsfxCIvu';

const flags = {
  incrementalRecursion: 0x001,
  safeFileList: 0x008,
  avoidsXattrShortcut: 0x010,
  seedFirst: 0x020,
  inplacePartialDir: 0x040,
  varintFlags: 0x080,
  idZeroNames: 0x100,
} as const;

export interface SetUpRequest extends NamePreferences {
  readonly protocol: number;
  /** Our arguments offered incremental recursion. */
  readonly offersIncrementalRecursion: boolean;
  readonly fileListChecksum: ChecksumName | undefined;
  readonly compressLevel?: number | undefined;
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
 * @throws EarlyOfferRejected if this server has to be heard first.
 */
export async function setUp(reader: WireReader, writer: WireWriter, request: SetUpRequest): Promise<Terms> {
  const { protocol } = request;
  const own = ownNames(request);
  const hasFrames = protocol >= 30;
  const isOpen = hasNames(own);
  const namesFirst = hasFrames && isOpen && request.mayNameFirst && !hasPreference(request);
  if (namesFirst) writeNames(writer, own);
  await writer.flush();
  if (hasFrames && (namesFirst || !isOpen)) writer.startFrames();

  const { compat, offers } = await hearServer(reader, own, request).catch((thrown: unknown) => {
    throw namesFirst && thrown instanceof ConnectionClosedError ? new EarlyOfferRejected(thrown) : thrown;
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

function one<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value];
}
