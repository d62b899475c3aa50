import { ProtocolError, UnsupportedError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { ChecksumName, CompressionName } from '../terms.ts';
import { MAX_NAMES_LENGTH } from '../wire/limits.ts';

/*
 * How both sides come to the same checksum and compression: each sends a list of names. Source: docs/protocol
 * chapter 1, sections 9.3 and 9.4.
 */

/**
 * Checksums and compressions we have, in the order in which all servers list them: some take the first of their own
 * names that we name, some the first of ours, and only in this order both mean the same.
 */
const ownChecksums: readonly ChecksumName[] = ['xxh128', 'xxh3', 'xxh64', 'md5', 'md4', 'sha1'];
/** To do without checksums must be asked for. */
const knownChecksums: readonly ChecksumName[] = [...ownChecksums, 'none'];
const ownCompressions: readonly CompressionName[] = ['zstd', 'zlibx', 'zlib', 'none'];
const aliases: Readonly<Record<string, string>> = { xxhash: 'xxh64' };

/** What the options say about the choice of algorithms. */
export interface NamePreferences {
  /** Fixed by `--checksum-choice`; undefined leaves it to negotiation. */
  readonly transferChecksum: ChecksumName | undefined;
  readonly compress: boolean;
  /** Fixed by `--compress-choice` and its relatives. */
  readonly compression: CompressionName | undefined;
  /** Names in the order of the user's preference, instead of our own; those that we do not know count for nothing. */
  readonly checksumPreference?: readonly string[] | undefined;
  readonly compressionPreference?: readonly string[] | undefined;
}

/** Names that are left to negotiation: ours, or those of the server. Undefined where the options have decided. */
export interface Names<Checksum = string, Compression = string> {
  readonly checksums: readonly Checksum[] | undefined;
  readonly compressions: readonly Compression[] | undefined;
}

export type OwnNames = Names<ChecksumName, CompressionName>;

export const NO_NAMES: Names = { checksums: undefined, compressions: undefined };

export interface Choice {
  readonly checksum: ChecksumName | undefined;
  readonly compression: CompressionName | undefined;
}

/** Whether there is anything to agree on. */
export function hasNames({ checksums, compressions }: Names): boolean {
  return checksums !== undefined || compressions !== undefined;
}

/** Our names that the options leave to negotiation, in the order of the user's preference or our own. */
export function ownNames(request: NamePreferences): OwnNames {
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
export function hasPreference({
  checksumPreference = [],
  compressionPreference = [],
}: NamePreferences): boolean {
  return checksumPreference.length > 0 || compressionPreference.length > 0;
}

export function writeNames(writer: WireWriter, { checksums, compressions }: Names): void {
  for (const names of [checksums, compressions])
    if (names !== undefined) writer.encoder.vstring(Buffer.from(names.join(' ')));
}

export async function readNames(reader: WireReader, what: string): Promise<string[]> {
  const text = await reader.read((cursor) => cursor.vstring(MAX_NAMES_LENGTH, `${what} names`));
  return text.toString('latin1').toLowerCase().split(' ');
}

/** The first of our names that the server offers. */
export function choice(own: OwnNames, offers: Names): Choice {
  return {
    checksum: offers.checksums && choose('checksum', own.checksums ?? [], offers.checksums),
    compression: offers.compressions && choose('compression', own.compressions ?? [], offers.compressions),
  };
}

/** The same, for names that the server was told before it was heard: it must come to the same by its own order. */
export function agreed(own: OwnNames, offers: Names): Choice {
  const chosen = choice(own, offers);
  const isSame = (ours: readonly string[] = [], theirs: readonly string[] = [], name: string | undefined) =>
    theirs.find((offered) => ours.includes(offered)) === name;
  if (
    hasNames(offers) &&
    isSame(own.checksums, offers.checksums, chosen.checksum) &&
    isSame(own.compressions, offers.compressions, chosen.compression)
  )
    return chosen;
  throw new EarlyOfferRejected();
}

/** Our names came first at a server that does not take them so. The same session will do when it is heard first. */
export class EarlyOfferRejected extends ProtocolError {
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
