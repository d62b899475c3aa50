/**
 * The flags in front of an entry. Some bits have a second meaning, by protocol or by the kind of file.
 *
 * Source: docs/protocol chapter 2, section 2.3.
 */
export const entryFlags = {
  topDir: 0x0001,
  sameMode: 0x0002,
  /** Protocol 27 only. */
  sameRdev: 0x0004,
  /** From protocol 28 on: a second byte of flags follows; in varint form a filler. */
  extended: 0x0004,
  sameUid: 0x0008,
  sameGid: 0x0010,
  sameName: 0x0020,
  longName: 0x0040,
  sameTime: 0x0080,
  /** On devices and specials. */
  sameRdevMajor: 0x0100,
  /** On folders, from protocol 30 on. */
  noContentDir: 0x0100,
  hardLinked: 0x0200,
  /** Protocols 28 and 29, of a hard-linked entry. */
  sameDevice: 0x0400,
  /** From protocol 30 on. */
  userNameFollows: 0x0400,
  /** Protocols 28 and 29: the minor number is one byte. */
  rdevMinor8: 0x0800,
  /** From protocol 30 on. */
  groupNameFollows: 0x0800,
  /** From protocol 30 on, together with `hardLinked`. */
  hardLinkFirst: 0x1000,
  /** Alone: the end of a list, and an I/O error follows. */
  ioErrorEnd: 0x1000,
  /** From protocol 31 on. */
  modNsec: 0x2000,
  sameAtime: 0x4000,
} as const;

/** Bytes of a name that its predecessor may supply. */
export const MAX_SHARED_PREFIX = 255;
