/**
 * Strong checksums by the names under which they are negotiated. `old-md4` has none: it is what protocols below 30 use
 * if nothing else was asked for, and hashes the seed in front of a file.
 */
export type ChecksumName = 'xxh128' | 'xxh3' | 'xxh64' | 'md5' | 'md4' | 'old-md4' | 'sha1' | 'none';

/** How tokens are packed; `zlib` also feeds matched blocks through the compressor, `zlibx` does not. */
export type CompressionName = 'none' | 'zlib' | 'zlibx' | 'zstd';

/**
 * What the handshake agreed on. Frozen: everything after the handshake reads it, nothing changes it.
 *
 * Source: docs/protocol chapter 1, section 9; the flags are its table 9.2.
 */
export interface Terms {
  /** The smaller of both versions, 27 to 32. */
  readonly protocol: number;
  /** The file list comes in pieces, one per folder. */
  readonly incrementalRecursion: boolean;
  /** An I/O error may end a file list. */
  readonly safeFileList: boolean;
  /** Entry flags are varints. */
  readonly varintFlags: boolean;
  /** The id lists carry names for uid 0 and gid 0. */
  readonly idZeroNames: boolean;
  /** The seed is hashed before a block's bytes, not behind them (md5, sha1). */
  readonly seedFirst: boolean;
  /** `--inplace` rules hold for a basis in the partial dir too. */
  readonly inplacePartialDir: boolean;
  /** Hard links do without the shortcut for extended attributes. */
  readonly avoidsXattrShortcut: boolean;
  /** For block sums and the sum of a transferred file. */
  readonly transferChecksum: ChecksumName;
  /** For `--checksum`: the sums in the file list. */
  readonly fileListChecksum: ChecksumName;
  readonly compression: CompressionName;
}
