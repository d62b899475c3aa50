import type { Encoder } from '../wire/encoder.ts';
import { encodeName, NameBuffer } from '../wire/file-name.ts';
import { entryFlags, MAX_SHARED_PREFIX } from './entry-flags.ts';
import type { EntryFormat, FileEntry, IdNames, InodeNumber } from './file-entry.ts';
import { isDevice, isDirectory, isRegular, isSpecial } from './file-mode.ts';
import { type HardLink, HardLinkGroups } from './hard-link-groups.ts';

/** No disk has this number. */
const UNSHARED_DEVICE = 0x7fff_ffffn;

/**
 * Encodes the entries of one session, each relative to the one before it:
 *
 *   flags | [prefix length] suffix length, suffix | [group] | size | [mtime] [ns] | [mode] | [atime] | [uid [name]]
 *   | [gid [name]] | [device] | [target] | [dev, ino] | [checksum]
 *
 * "The one before" is never forgotten, also not between the lists of incremental recursion.
 * Source: docs/protocol chapter 2, section 2.3.
 */
export class EntryEncoder {
  readonly #format: EntryFormat;
  readonly #names: IdNames;
  readonly #groups = new HardLinkGroups();
  readonly #namedUsers = new Set<number>();
  readonly #namedGroups = new Set<number>();
  #name = new NameBuffer();
  #lastName = new NameBuffer();
  #mode = 0;
  #mtime = 0;
  #atime = 0;
  #uid = 0;
  #gid = 0;
  #major = 0;
  #rdev = 0;
  #device = 0n;
  #placeholders = 0n;

  constructor(format: EntryFormat, names: IdNames) {
    this.#format = format;
    this.#names = names;
  }

  /** Begins a list whose first entry has this index. */
  startList(firstIndex: number): void {
    this.#groups.startList(firstIndex);
  }

  encode(encoder: Encoder, entry: FileEntry): void {
    const { protocol } = this.#format;
    const name = this.#name;
    name.set(entry.name);
    const prefix = sharedPrefix(this.#lastName, name);
    const link = this.#hardLink(entry);
    const isAbbreviated = link?.kind === 'member' && link.isInThisList;
    const userName = isAbbreviated ? undefined : this.#newUserName(entry.uid);
    const groupName = isAbbreviated ? undefined : this.#newGroupName(entry.gid);
    let flags = this.#flags(entry, link);
    if (prefix > 0) flags |= entryFlags.sameName;
    if (name.length - prefix > 255) flags |= entryFlags.longName;
    if (userName !== undefined) flags |= entryFlags.userNameFollows;
    if (groupName !== undefined) flags |= entryFlags.groupNameFollows;

    flags = this.#encodeFlags(encoder, flags, isDirectory(entry.mode));
    this.#encodeName(encoder, flags, name, prefix);
    if (link?.kind === 'member') encoder.varint(link.leaderPosition);
    if (link?.kind === 'member' && isAbbreviated) {
      // The receiver copies every other field from the first name, and so must our idea of "the one before".
      this.#remember(link.leader);
      return;
    }
    this.#encodeTimesAndMode(encoder, flags, entry);
    if (!(flags & entryFlags.sameUid)) this.#encodeId(encoder, entry.uid, userName);
    if (!(flags & entryFlags.sameGid)) this.#encodeId(encoder, entry.gid, groupName);
    this.#encodeDevice(encoder, flags, entry);
    if (this.#format.links && entry.linkTarget !== undefined) this.#encodeTarget(encoder, entry.linkTarget);
    if (protocol < 30 && this.#carriesInode(entry)) this.#encodeInode(encoder, flags, entry);
    this.#encodeChecksum(encoder, entry);
    this.#remember(entry);
  }

  /** Ends a list. Below protocol 30 the I/O errors travel elsewhere. */
  encodeEnd(encoder: Encoder, ioError: number): void {
    const { varintFlags, safeEnd } = this.#format;
    if (varintFlags) {
      encoder.uint8(0);
      encoder.varint(ioError);
    } else if (ioError !== 0 && safeEnd) {
      encoder.uint16(entryFlags.extended | entryFlags.ioErrorEnd);
      encoder.varint(ioError);
    } else {
      encoder.uint8(0);
    }
  }

  #hardLink(entry: FileEntry): HardLink | undefined {
    const { hardLinks, protocol } = this.#format;
    const position = this.#groups.nextPosition();
    return hardLinks && protocol >= 30 ? this.#groups.join(entry, position) : undefined;
  }

  /** The name of a user that the peer has not heard of yet. */
  #newUserName(uid: number): string | undefined {
    if (!this.#format.inlineNames || !this.#format.owner || this.#namedUsers.has(uid)) return undefined;
    this.#namedUsers.add(uid);
    return this.#names.user(uid);
  }

  #newGroupName(gid: number): string | undefined {
    if (!this.#format.inlineNames || !this.#format.group || this.#namedGroups.has(gid)) return undefined;
    this.#namedGroups.add(gid);
    return this.#names.group(gid);
  }

  #flags(entry: FileEntry, link: HardLink | undefined): number {
    const { protocol, owner, group } = this.#format;
    const isFirst = this.#lastName.length === 0;
    let flags = isDirectory(entry.mode) ? folderFlags(entry, protocol) : 0;
    if (entry.mode === this.#mode) flags |= entryFlags.sameMode;
    if (!owner || (entry.uid === this.#uid && !isFirst)) flags |= entryFlags.sameUid;
    if (!group || (entry.gid === this.#gid && !isFirst)) flags |= entryFlags.sameGid;
    if (entry.mtime === this.#mtime) flags |= entryFlags.sameTime;
    if (protocol >= 31 && entry.mtimeNs !== 0) flags |= entryFlags.modNsec;
    if (this.#format.atimes && !isDirectory(entry.mode) && (entry.atime ?? 0) === this.#atime) {
      flags |= entryFlags.sameAtime;
    }
    flags |= this.#deviceFlags(entry);
    if (link !== undefined) flags |= entryFlags.hardLinked;
    if (link?.kind === 'first') flags |= entryFlags.hardLinkFirst;
    if ((protocol === 28 || protocol === 29) && this.#carriesInode(entry)) {
      flags |= entryFlags.hardLinked;
      if (entry.inode?.device === this.#device) flags |= entryFlags.sameDevice;
    }
    return flags;
  }

  #deviceFlags(entry: FileEntry): number {
    const { protocol } = this.#format;
    if (!this.#carriesDevice(entry)) return 0;
    const { major, minor } = entry.device ?? { major: 0, minor: 0 };
    if (protocol < 28) {
      return isSpecial(entry.mode) || nativeDevice(major, minor) === this.#rdev ? entryFlags.sameRdev : 0;
    }
    let flags = isSpecial(entry.mode) || major === this.#major ? entryFlags.sameRdevMajor : 0;
    if (protocol < 30 && minor <= 0xff) flags |= entryFlags.rdevMinor8;
    return flags;
  }

  /** Writes the flags and returns them as written: a value of zero would end the list, so a filler takes its place. */
  #encodeFlags(encoder: Encoder, flags: number, isFolder: boolean): number {
    const { protocol, varintFlags } = this.#format;
    if (varintFlags) {
      encoder.varint(flags === 0 ? entryFlags.extended : flags);
      return flags;
    }
    if (protocol < 28) {
      const filler = isFolder ? entryFlags.longName : entryFlags.topDir;
      const filled = flags === 0 ? filler : flags;
      encoder.uint8(filled);
      return filled;
    }
    if (flags === 0 && !isFolder) {
      encoder.uint8(entryFlags.topDir);
      return flags;
    }
    if (flags === 0 || flags > 0xff) encoder.uint16(flags | entryFlags.extended);
    else encoder.uint8(flags);
    return flags;
  }

  #encodeName(encoder: Encoder, flags: number, name: NameBuffer, prefix: number): void {
    const suffix = name.length - prefix;
    if (flags & entryFlags.sameName) encoder.uint8(prefix);
    if (!(flags & entryFlags.longName)) encoder.uint8(suffix);
    else if (this.#format.protocol >= 30) encoder.varint(suffix);
    else encoder.int32(suffix);
    encoder.range(name.bytes, prefix, name.length);
  }

  #encodeTimesAndMode(encoder: Encoder, flags: number, entry: FileEntry): void {
    const { protocol } = this.#format;
    if (protocol >= 30) encoder.varlong(entry.size, 3);
    else encoder.longint(entry.size);
    if (!(flags & entryFlags.sameTime)) {
      if (protocol >= 30) encoder.varlong(entry.mtime, 4);
      else encoder.int32(entry.mtime);
    }
    if (flags & entryFlags.modNsec) encoder.varint(entry.mtimeNs);
    if (!(flags & entryFlags.sameMode)) encoder.int32(entry.mode);
    if (this.#format.atimes && !isDirectory(entry.mode) && !(flags & entryFlags.sameAtime)) {
      encoder.varlong(entry.atime ?? 0, 4);
    }
  }

  #encodeId(encoder: Encoder, id: number, name: string | undefined): void {
    if (this.#format.protocol < 30) {
      encoder.int32(id);
      return;
    }
    encoder.varint(id);
    if (name === undefined) return;
    encoder.uint8(Buffer.byteLength(name));
    encoder.utf8(name);
  }

  #encodeDevice(encoder: Encoder, flags: number, entry: FileEntry): void {
    if (!this.#carriesDevice(entry)) return;
    const { protocol } = this.#format;
    const { major, minor } = entry.device ?? { major: 0, minor: 0 };
    if (protocol < 28) {
      if (!(flags & entryFlags.sameRdev)) encoder.int32(nativeDevice(major, minor));
      return;
    }
    if (!(flags & entryFlags.sameRdevMajor)) {
      if (protocol >= 30) encoder.varint(major);
      else encoder.int32(major);
    }
    if (protocol >= 30) encoder.varint(minor);
    else if (flags & entryFlags.rdevMinor8) encoder.uint8(minor);
    else encoder.int32(minor);
  }

  #encodeTarget(encoder: Encoder, target: string): void {
    const bytes = encodeName(target);
    if (this.#format.protocol >= 30) encoder.varint(bytes.length);
    else encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }

  #encodeInode(encoder: Encoder, flags: number, entry: FileEntry): void {
    const { device, inode } = entry.inode ?? this.#placeholderInode();
    if (this.#format.protocol < 28 || !(flags & entryFlags.sameDevice)) encoder.longint(device);
    encoder.longint(inode);
  }

  /** Protocol 27 wants an inode of every file: one that no other has, where there is but one name. */
  #placeholderInode(): InodeNumber {
    this.#placeholders += 1n;
    return { device: UNSHARED_DEVICE, inode: this.#placeholders };
  }

  #encodeChecksum(encoder: Encoder, entry: FileEntry): void {
    const { checksumLength, protocol } = this.#format;
    if (checksumLength === 0 || !(isRegular(entry.mode) || protocol < 28)) return;
    encoder.bytes(entry.checksum ?? new Uint8Array(checksumLength));
  }

  /** Protocol 27 sends dev and inode of every regular file, 28 and 29 only where there are several names. */
  #carriesInode(entry: FileEntry): boolean {
    if (!this.#format.hardLinks) return false;
    return this.#format.protocol < 28 ? isRegular(entry.mode) : entry.inode !== undefined;
  }

  #carriesDevice(entry: FileEntry): boolean {
    const { devices, specials, protocol } = this.#format;
    return (devices && isDevice(entry.mode)) || (specials && protocol < 31 && isSpecial(entry.mode));
  }

  #remember(entry: FileEntry): void {
    [this.#name, this.#lastName] = [this.#lastName, this.#name];
    this.#mode = entry.mode;
    this.#mtime = entry.mtime;
    if (this.#format.owner) this.#uid = entry.uid;
    if (this.#format.group) this.#gid = entry.gid;
    if (!isDirectory(entry.mode)) this.#atime = entry.atime ?? 0;
    if (this.#format.hardLinks && entry.inode !== undefined) this.#device = entry.inode.device;
    if (this.#carriesDevice(entry)) {
      const { major, minor } = entry.device ?? { major: 0, minor: 0 };
      if (!isSpecial(entry.mode)) this.#major = major;
      this.#rdev = nativeDevice(major, minor);
    } else {
      this.#rdev = 0;
    }
  }
}

function folderFlags(entry: FileEntry, protocol: number): number {
  const { contents } = entry;
  if (contents === 'root') return entryFlags.topDir;
  if (protocol < 30) return 0;
  if (contents === 'none') return entryFlags.noContentDir;
  return contents === 'implied' ? entryFlags.topDir | entryFlags.noContentDir : 0;
}

function sharedPrefix(last: NameBuffer, name: NameBuffer): number {
  const most = Math.min(last.length, name.length, MAX_SHARED_PREFIX);
  let length = 0;
  while (length < most && last.bytes[length] === name.bytes[length]) length += 1;
  return length;
}

/** Linux's 32-bit dev_t, the form in which protocol 27 carries a device. */
function nativeDevice(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
