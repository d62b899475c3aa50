import { ProtocolError } from '../errors.ts';
import { type Cursor, inBounds } from '../wire/cursor.ts';
import { decodeName } from '../wire/file-name.ts';
import { MAX_NANOSECONDS, MAX_PATH_LENGTH } from '../wire/limits.ts';
import { entryFlags } from './entry-flags.ts';
import type { DeviceNumber, EntryFormat, FileEntry, FolderContents, InodeNumber } from './file-entry.ts';
import { isDevice, isDirectory, isKnownType, isRegular, isSpecial, isSymlink } from './file-mode.ts';
import { ioErrors } from './io-errors.ts';

/** One record of a file list: an entry, or the end of the list with the sender's I/O errors. */
export type ListRecord =
  | { readonly kind: 'entry'; readonly entry: DecodedEntry }
  | { readonly kind: 'end'; readonly ioError: number };

export interface DecodedEntry extends FileEntry {
  /** Names of ids that came with the entry (incremental recursion). */
  readonly userName?: string;
  readonly groupName?: string;
  /** From protocol 30 on: the index, in transmission order, of the first name of this file; its own if it is that. */
  readonly linkLeader?: number;
}

/** What an entry leaves out because it is as in the entry before. */
interface Remembered {
  readonly name: Buffer;
  readonly mode: number;
  readonly mtime: number;
  readonly atime: number;
  readonly uid: number;
  readonly gid: number;
  readonly major: number;
  readonly rdev: number;
  readonly inodeDevice: bigint;
}

const NOTHING: Remembered = {
  name: Buffer.alloc(0),
  mode: 0,
  mtime: 0,
  atime: 0,
  uid: 0,
  gid: 0,
  major: 0,
  rdev: 0,
  inodeDevice: 0n,
};

/** Decodes the records of one session's file lists: the mirror of EntryEncoder, which draws the format. */
export class EntryDecoder {
  readonly #format: EntryFormat;
  /** Entries by their position in transmission order, for hard links within a list. */
  readonly #leaders = new Map<number, DecodedEntry>();
  #last = NOTHING;
  #listStart = 0;
  #position = 0;

  constructor(format: EntryFormat) {
    this.#format = format;
  }

  startList(firstIndex: number): void {
    this.#listStart = firstIndex;
    this.#position = firstIndex;
  }

  decode(cursor: Cursor): ListRecord {
    const { protocol, varintFlags } = this.#format;
    const flags = this.#decodeFlags(cursor);
    if (flags === 0) return { kind: 'end', ioError: varintFlags ? cursor.varint() & ioErrors.all : 0 };
    if (!varintFlags && protocol >= 30 && flags === (entryFlags.extended | entryFlags.ioErrorEnd)) {
      return { kind: 'end', ioError: cursor.varint() & ioErrors.all };
    }
    const name = this.#decodeName(cursor, flags);
    const leader = this.#decodeLeader(cursor, flags);
    const copied = leader === undefined || leader < this.#listStart ? undefined : this.#leaders.get(leader);
    const entry = copied === undefined ? this.#decodeFields(cursor, flags, name) : copy(copied, name);
    const linked = flags & entryFlags.hardLinked && protocol >= 30;
    return this.#accept(linked ? { ...entry, linkLeader: leader ?? this.#position } : entry, name);
  }

  #decodeFlags(cursor: Cursor): number {
    const { protocol, varintFlags } = this.#format;
    if (varintFlags) return cursor.varint();
    const low = cursor.uint8();
    return protocol >= 28 && low & entryFlags.extended ? low | (cursor.uint8() << 8) : low;
  }

  #decodeName(cursor: Cursor, flags: number): Buffer {
    const prefix = flags & entryFlags.sameName ? cursor.uint8() : 0;
    const suffix = this.#suffixLength(cursor, flags);
    inBounds(prefix, 0, this.#last.name.length, 'length of the name shared with the entry before');
    inBounds(prefix + suffix, 1, MAX_PATH_LENGTH - 1, 'length of a name');
    const name = Buffer.concat([this.#last.name.subarray(0, prefix), cursor.bytes(suffix)]);
    if (name.includes(0))
      throw new ProtocolError(`a name with a NUL byte: ${JSON.stringify(decodeName(name))}`);
    return name;
  }

  #suffixLength(cursor: Cursor, flags: number): number {
    if (!(flags & entryFlags.longName)) return cursor.uint8();
    const length = this.#format.protocol >= 30 ? cursor.varint() : cursor.int32();
    return inBounds(length, 0, MAX_PATH_LENGTH - 1, 'length of a name');
  }

  #decodeLeader(cursor: Cursor, flags: number): number | undefined {
    if (this.#format.protocol < 30 || !(flags & entryFlags.hardLinked)) return undefined;
    if (!this.#format.hardLinks) throw new ProtocolError('a hard link was sent, but hard links are not kept');
    if (flags & entryFlags.hardLinkFirst) return undefined;
    const leader = cursor.varintIn(0, this.#position - 1, 'hard link group');
    if (!this.#leaders.has(leader)) throw new ProtocolError(`hard link group: ${leader} was never begun`);
    return leader;
  }

  #decodeFields(cursor: Cursor, flags: number, name: Buffer): DecodedEntry {
    const { protocol, owner, group, links } = this.#format;
    const size = this.#decodeSize(cursor);
    const mtime = flags & entryFlags.sameTime ? this.#last.mtime : this.#decodeTime(cursor);
    const hasNs = protocol >= 31 && flags & entryFlags.modNsec;
    const mtimeNs = hasNs ? cursor.varintIn(0, MAX_NANOSECONDS, 'nanoseconds') : 0;
    const mode = flags & entryFlags.sameMode ? this.#last.mode : cursor.int32();
    if (mode !== 0 && !isKnownType(mode))
      throw new ProtocolError(`file mode: 0${mode.toString(8)} has no known type`);
    const atime = this.#decodeAtime(cursor, flags, mode);
    const user =
      owner && !(flags & entryFlags.sameUid) ? this.#decodeId(cursor, flags, 'userNameFollows') : undefined;
    const groupId =
      group && !(flags & entryFlags.sameGid) ? this.#decodeId(cursor, flags, 'groupNameFollows') : undefined;
    const device = this.#decodeDevice(cursor, flags, mode);
    const linkTarget = links && isSymlink(mode) ? this.#decodeTarget(cursor) : undefined;
    const inode = this.#decodeInode(cursor, flags, mode);
    const checksum = this.#decodeChecksum(cursor, mode);
    const contents = isDirectory(mode) ? folderContents(flags, protocol) : undefined;
    return {
      name: decodeName(name),
      mode,
      size,
      mtime,
      mtimeNs,
      uid: user?.id ?? this.#last.uid,
      gid: groupId?.id ?? this.#last.gid,
      ...(contents !== undefined && { contents }),
      ...(linkTarget !== undefined && { linkTarget }),
      ...(device !== undefined && { device }),
      ...(inode !== undefined && { inode }),
      ...(atime !== undefined && { atime }),
      ...(checksum !== undefined && { checksum }),
      ...(user?.name !== undefined && { userName: user.name }),
      ...(groupId?.name !== undefined && { groupName: groupId.name }),
    };
  }

  #decodeSize(cursor: Cursor): number {
    const size = Number(this.#format.protocol >= 30 ? cursor.varlong(3) : cursor.longint());
    return inBounds(size, 0, Number.MAX_SAFE_INTEGER, 'file size');
  }

  #decodeTime(cursor: Cursor): number {
    if (this.#format.protocol < 30) return cursor.uint32();
    return cursor.varlongIn(4, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'modification time');
  }

  #decodeAtime(cursor: Cursor, flags: number, mode: number): number | undefined {
    if (!this.#format.atimes || isDirectory(mode)) return undefined;
    if (flags & entryFlags.sameAtime) return this.#last.atime;
    return cursor.varlongIn(4, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'access time');
  }

  #decodeId(
    cursor: Cursor,
    flags: number,
    nameFlag: 'userNameFollows' | 'groupNameFollows',
  ): { id: number; name?: string } {
    if (this.#format.protocol < 30) return { id: cursor.uint32() };
    const id = cursor.unsignedVarint();
    return flags & entryFlags[nameFlag] ? { id, name: cursor.bytes(cursor.uint8()).toString() } : { id };
  }

  #decodeDevice(cursor: Cursor, flags: number, mode: number): DeviceNumber | undefined {
    const { devices, specials, protocol } = this.#format;
    const isWanted = (devices && isDevice(mode)) || (specials && protocol < 31 && isSpecial(mode));
    if (!isWanted) return undefined;
    if (protocol < 28) return deviceOf(flags & entryFlags.sameRdev ? this.#last.rdev : cursor.uint32());
    const word = () => (protocol >= 30 ? cursor.unsignedVarint() : cursor.uint32());
    const major = flags & entryFlags.sameRdevMajor ? this.#last.major : word();
    const minor = protocol < 30 && flags & entryFlags.rdevMinor8 ? cursor.uint8() : word();
    return { major, minor };
  }

  #decodeTarget(cursor: Cursor): string {
    const length = this.#format.protocol >= 30 ? cursor.varint() : cursor.int32();
    return decodeName(cursor.bytes(inBounds(length, 1, MAX_PATH_LENGTH - 1, 'length of a symlink')));
  }

  #decodeInode(cursor: Cursor, flags: number, mode: number): InodeNumber | undefined {
    const { hardLinks, protocol } = this.#format;
    if (!hardLinks || protocol >= 30) return undefined;
    const isSent = protocol < 28 ? isRegular(mode) : flags & entryFlags.hardLinked;
    if (!isSent) return undefined;
    const isSame = protocol >= 28 && flags & entryFlags.sameDevice;
    const device = isSame ? this.#last.inodeDevice : cursor.longint();
    return { device, inode: cursor.longint() };
  }

  #decodeChecksum(cursor: Cursor, mode: number): Buffer | undefined {
    const { checksumLength, protocol } = this.#format;
    if (checksumLength === 0 || !(isRegular(mode) || protocol < 28)) return undefined;
    const checksum = cursor.bytes(checksumLength);
    return isRegular(mode) ? checksum : undefined;
  }

  #accept(entry: DecodedEntry, name: Buffer): ListRecord {
    if (entry.linkLeader === this.#position) this.#leaders.set(this.#position, entry);
    this.#position += 1;
    const { mode, mtime, uid, gid, device } = entry;
    const atime = entry.atime ?? this.#last.atime;
    const major = device !== undefined && !isSpecial(mode) ? device.major : this.#last.major;
    const rdev = device === undefined ? 0 : nativeDevice(device);
    const inodeDevice = entry.inode?.device ?? this.#last.inodeDevice;
    this.#last = { name, mode, mtime, atime, uid, gid, major, rdev, inodeDevice };
    return { kind: 'entry', entry };
  }
}

/** Another name for a file whose first name is in the same list: everything but the name is as there. */
function copy(leader: DecodedEntry, name: Buffer): DecodedEntry {
  const { userName: _user, groupName: _group, ...entry } = leader;
  return { ...entry, name: decodeName(name) };
}

function folderContents(flags: number, protocol: number): FolderContents {
  const isTop = (flags & entryFlags.topDir) !== 0;
  if (protocol < 30 || !(flags & entryFlags.noContentDir)) return isTop ? 'root' : 'listed';
  return isTop ? 'implied' : 'none';
}

/** The parts of Linux's 32-bit dev_t, the form in which protocol 27 carries a device. */
function deviceOf(rdev: number): DeviceNumber {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}

function nativeDevice({ major, minor }: DeviceNumber): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
