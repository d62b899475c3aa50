import { createStrongChecksum, digestLengths, type StrongChecksum } from '../checksum/strong.ts';
import { PackedTokens } from '../delta/packed-tokens.ts';
import { PlainTokens, type TokenOutput, type TokenWriter } from '../delta/tokens.ts';
import type { EntryFormat } from '../file-list/file-entry.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import type { Terms } from '../terms.ts';

const DEFAULT_DEFLATE_LEVEL = 6;
const MAX_DEFLATE_LEVEL = 9;
const DEFAULT_ZSTD_LEVEL = 3;

/** Which fields the entries carry: the other side derives the same from the arguments. */
export function entryFormatOf(options: ResolvedOptions, terms: Terms): EntryFormat {
  return {
    protocol: terms.protocol,
    varintFlags: terms.varintFlags,
    safeEnd: terms.safeFileList,
    owner: options.owner,
    group: options.group,
    links: options.links,
    devices: options.devices,
    specials: options.specials,
    hardLinks: options.hardLinks,
    atimes: options.atimes > 0,
    checksumLength: options.checksum ? digestLengths[terms.fileListChecksum] : 0,
    inlineNames: terms.incrementalRecursion && !options.numericIds,
  };
}

/** What packs is loaded only for sessions that do. */
export async function tokenWriterFor(
  output: TokenOutput,
  options: ResolvedOptions,
  terms: Terms,
): Promise<TokenWriter> {
  const { compression, protocol } = terms;
  switch (compression) {
    case 'none':
      return new PlainTokens(output);
    case 'zstd': {
      const { ZstdPacker } = await import('../delta/zstd-packer.ts');
      return new PackedTokens(output, new ZstdPacker(options.compressLevel || DEFAULT_ZSTD_LEVEL));
    }
    default: {
      const { DeflatePacker } = await import('../delta/deflate-packer.ts');
      const level = deflateLevel(options.compressLevel);
      return new PackedTokens(
        output,
        new DeflatePacker({ level, seesBlocks: compression === 'zlib', protocol }),
      );
    }
  }
}

/** rsync takes any number but 0, which is no packing at all: -1 is the default. */
function deflateLevel(level = -1): number {
  if (level === -1) return DEFAULT_DEFLATE_LEVEL;
  return level < 0 ? 1 : Math.min(level, MAX_DEFLATE_LEVEL);
}

/** The checksum that the terms name, with the seed of the session. */
export function strongChecksumFor(terms: Terms, seed: number): Promise<StrongChecksum> {
  const { transferChecksum: name, protocol } = terms;
  // Below 30 there are no flags to say so, and a peer that has md5 and sha1 by name is a newer one.
  return createStrongChecksum({ name, seed, seedFirst: terms.seedFirst || protocol < 30 });
}
