import { StreamError } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { Encoder } from './encoder.ts';
import { MAX_FRAME_LENGTH, MAX_MESSAGE_LENGTH } from './limits.ts';

/*
 *   +--------+--------+--------+----------+----------------------+
 *   |      length, little-endian | 7 + code | `length` bytes       |
 *   +--------+--------+--------+----------+----------------------+
 *
 * The payloads of data frames, joined, are the stream; their borders mean nothing.
 * Source: docs/protocol chapter 2, section 2.2.
 */

/** Frame codes that may appear on a connection. */
export const frameCodes = {
  data: 0,
  errorTransfer: 1,
  info: 2,
  error: 3,
  warning: 4,
  ioError: 22,
  ioTimeout: 33,
  noop: 42,
  errorExit: 86,
  success: 100,
  deleted: 101,
  noSend: 102,
} as const;

export type FrameCode = (typeof frameCodes)[keyof typeof frameCodes];

export const FRAME_HEADER_LENGTH = 4;

const CODE_BASE = 7;
const KNOWN_CODES: ReadonlySet<number> = new Set(Object.values(frameCodes));

export interface FrameHeader {
  readonly code: FrameCode;
  /** Bytes of the payload. */
  readonly length: number;
}

export function decodeFrameHeader(cursor: Cursor): FrameHeader {
  const word = cursor.uint32();
  const code = (word >>> 24) - CODE_BASE;
  const length = word & MAX_FRAME_LENGTH;
  if (!isFrameCode(code)) throw new StreamError(`unexpected frame code ${code}, of ${length} bytes`);
  if (code !== frameCodes.data && length > MAX_MESSAGE_LENGTH) {
    throw new StreamError(
      `length of a message with code ${code}: ${length} is not in [0, ${MAX_MESSAGE_LENGTH}]`,
    );
  }
  return { code, length };
}

export function encodeFrameHeader(encoder: Encoder, header: FrameHeader): void {
  encoder.int32(((CODE_BASE + header.code) << 24) | header.length);
}

function isFrameCode(code: number): code is FrameCode {
  return KNOWN_CODES.has(code);
}
