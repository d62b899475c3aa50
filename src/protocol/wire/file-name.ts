import { isUtf8 } from 'node:buffer';
import { checkBytes, checkText } from '../arguments.ts';

const FIRST_CAPACITY = 256;
/** Of UTF-8, for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/*
 * A file name is bytes; UTF-8 is a habit. Inside the program a name (or path) is always a string: a byte that is not
 * part of valid UTF-8 stands as the lone surrogate U+DC00 + byte, which no valid text contains. The translation is
 * exact in both directions and happens in this file only.
 */

const ESCAPE = 0xdc00;

/** The name for these bytes. */
export function decodeName(bytes: Buffer): string {
  checkBytes(bytes, 'name');
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeEscaped(bytes);
}

/** The bytes of a name. */
export function encodeName(name: string): Buffer {
  checkText(name, 'name');
  if (name.isWellFormed()) return Buffer.from(name, 'utf8');
  const parts: Buffer[] = [];
  for (const character of name) {
    const unit = character.charCodeAt(0);
    const isEscape = character.length === 1 && unit >= ESCAPE + 0x80 && unit <= ESCAPE + 0xff;
    parts.push(isEscape ? Buffer.of(unit - ESCAPE) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** What node:fs takes for a path: the string itself, or its bytes if some are not UTF-8. */
export function systemPath(path: string): string | Buffer {
  checkText(path, 'path');
  return path.isWellFormed() ? path : encodeName(path);
}

/** Orders names by their bytes, as strcmp does. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATES.test(a) || SURROGATES.test(b)) return Buffer.compare(encodeName(a), encodeName(b));
  return a < b ? -1 : 1;
}

/** UTF-16 order is byte order except where surrogates are involved. */
const SURROGATES = /[\ud800-\udfff]/;

function decodeEscaped(bytes: Buffer): string {
  let name = '';
  let validFrom = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    name += bytes.toString('utf8', validFrom, at) + String.fromCharCode(ESCAPE + (bytes[at] as number));
    at += 1;
    validFrom = at;
  }
  return name + bytes.toString('utf8', validFrom);
}

/** Bytes of the valid UTF-8 sequence that starts at `at`, or 0 if none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** The bytes of one name after the other, in the same memory: lists have many. */
export class NameBuffer {
  /** The first {@link length} of them count. */
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  length = 0;

  set(name: string): void {
    const most = name.length * MAX_BYTES_PER_UNIT;
    if (most > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(2 * most);
    this.length = name.isWellFormed() ? this.bytes.write(name, 'utf8') : encodeName(name).copy(this.bytes);
  }
}
