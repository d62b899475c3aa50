/*
 * The type bits of a mode, the same on the wire whatever the platform.
 * Source: docs/protocol chapter 2, section 2.3 (mode).
 */

const TYPE_BITS = 0o170_000;
const DIRECTORY = 0o040_000;
const REGULAR = 0o100_000;
const SYMLINK = 0o120_000;
const CHARACTER_DEVICE = 0o020_000;
const BLOCK_DEVICE = 0o060_000;
const FIFO = 0o010_000;
const SOCKET = 0o140_000;

const KNOWN_TYPES: ReadonlySet<number> = new Set([
  DIRECTORY,
  REGULAR,
  SYMLINK,
  CHARACTER_DEVICE,
  BLOCK_DEVICE,
  FIFO,
  SOCKET,
]);

export function isDirectory(mode: number): boolean {
  return (mode & TYPE_BITS) === DIRECTORY;
}

export function isRegular(mode: number): boolean {
  return (mode & TYPE_BITS) === REGULAR;
}

export function isSymlink(mode: number): boolean {
  return (mode & TYPE_BITS) === SYMLINK;
}

/** A block or character device. */
export function isDevice(mode: number): boolean {
  const type = mode & TYPE_BITS;
  return type === CHARACTER_DEVICE || type === BLOCK_DEVICE;
}

/** A fifo or a socket. */
export function isSpecial(mode: number): boolean {
  const type = mode & TYPE_BITS;
  return type === FIFO || type === SOCKET;
}

export function isKnownType(mode: number): boolean {
  return KNOWN_TYPES.has(mode & TYPE_BITS);
}

export function isSameType(one: number, other: number): boolean {
  return (one & TYPE_BITS) === (other & TYPE_BITS);
}
