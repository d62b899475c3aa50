/**
 * The bounds on every number that a peer sends, checked where it is decoded.
 *
 * Source: docs/protocol chapter 2, sections 2.1, 2.2 and 2.9; chapter 3, section 3.8.
 */

export const MAX_INT32 = 0x7fff_ffff;

/** Bytes of one frame; the header has 24 bits for it. */
export const MAX_FRAME_LENGTH = 0xff_ffff;

/** Bytes of a message that is not data. */
export const MAX_MESSAGE_LENGTH = 5119;

/** Bytes of a line during the daemon's login. */
export const MAX_LINE_LENGTH = 5119;

/** Bytes of motd or module list that we are willing to hold. */
export const MAX_LOGIN_LENGTH = 4 * 1024 * 1024;

/** Bytes of a list of algorithm names. */
export const MAX_NAMES_LENGTH = 255;

/** Bytes of a path, its last NUL included. */
export const MAX_PATH_LENGTH = 4096;

/** Bytes of one literal token: 3.4.3 and 3.4.4 abort on more. */
export const MAX_LITERAL_LENGTH = 32_768;

/** Bytes of one piece of compressed data. */
export const MAX_DEFLATED_LENGTH = 16_383;

/** Blocks of one basis file. */
export const MAX_BLOCK_COUNT = MAX_INT32;

/** Bytes of one block from protocol 30 on, and before. */
export const MAX_BLOCK_LENGTH = 131_072;
export const MAX_OLD_BLOCK_LENGTH = 1 << 29;

/** Bytes of a strong sum on the wire: the longest digest, sha1, cut to 16; old peers count to 64. */
export const MAX_STRONG_LENGTH = 64;

/** Bytes of all block sums of one file that a peer may send. */
export const MAX_SUMS_LENGTH = 1 << 30;

/**
 * Bytes of block sums that we are willing to hold: of any basis; of one that is not much longer than our file; and of
 * one with the longest blocks, as a basis of more than 17 GB has (20 bytes for each 128 KiB: up to 3.5 TB).
 */
export const MAX_HELD_SUMS_LENGTH = {
  anyBasis: 1 << 20,
  likelyBasis: 1 << 26,
  longestBlocks: 1 << 29,
} as const;

/** A basis is believed to be at most so many times as long as the file that shall replace it. */
export const MAX_BASIS_RATIO = 2;

/** Requests for one entry, or reports of its arrival, in one session: a generator has reason for two or three. */
export const MAX_REPEATS = 20;

/** Seconds of I/O timeout that a peer may impose. */
export const MAX_IO_TIMEOUT = 86_400;

/** Deleted files, folders and so on in the statistics of a session. */
export const MAX_DELETE_COUNT = 1 << 28;

/** Bytes of one filter rule. */
export const MAX_RULE_LENGTH = 5119;

/** Filter rules of a client that we are willing to hold, and their bytes. */
export const MAX_FILTER_RULES = 100_000;
export const MAX_FILTER_LIST_LENGTH = 1 << 24;

/** Nanoseconds of a time. */
export const MAX_NANOSECONDS = 999_999_999;
