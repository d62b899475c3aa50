import { decodeSumHead, encodeSumHead, NO_BASIS, type SumHead } from '../delta/sum-head.ts';
import { ProtocolError } from '../errors.ts';
import type { KindCounts } from '../file-list/kind-counts.ts';
import type { Cursor } from '../wire/cursor.ts';
import type { Encoder } from '../wire/encoder.ts';
import { type IndexDecoder, type IndexEncoder, NDX_DEL_STATS, NDX_DONE } from '../wire/file-index.ts';
import { MAX_DELETE_COUNT, MAX_PATH_LENGTH } from '../wire/limits.ts';

/**
 * What is said about a file between generator, sender and receiver, as bits.
 *
 * Source: docs/protocol chapter 3, section 3.2.
 */
export const itemFlags = {
  reportAtime: 0x0001,
  reportChange: 0x0002,
  reportSize: 0x0004,
  reportTime: 0x0008,
  reportPerms: 0x0010,
  reportOwner: 0x0020,
  reportGroup: 0x0040,
  reportAcl: 0x0080,
  reportXattr: 0x0100,
  reportCrtime: 0x0400,
  basisTypeFollows: 0x0800,
  nameFollows: 0x1000,
  isNew: 0x2000,
  localChange: 0x4000,
  transfer: 0x8000,
} as const;

/** The basis is the destination file itself (the default), or the one in the partial dir. */
export const basisTypes = { destination: 0x80, partialDir: 0x81 } as const;

/**
 * One request of the generator, and the sender's answer to it:
 *
 *   index | uint16 flags (29+) | [basis type] | [name] | [sum head]
 *
 * Source: docs/protocol chapter 3, section 3.1.
 */
export interface Item {
  readonly index: number;
  readonly flags: number;
  readonly basisType?: number;
  /** Another name: of the basis, or the target of a hard link. */
  readonly name?: Buffer;
  /** Of a transfer that is no dry run. */
  readonly head?: SumHead;
}

/** What the generator may say at any point. */
export type GeneratorRecord =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'done' }
  | { readonly kind: 'delete-stats'; readonly index: number; readonly counts: KindCounts }
  /** Protocol 29: nothing but a sign of life. */
  | { readonly kind: 'keep-alive'; readonly index: number };

export interface ItemFormat {
  readonly protocol: number;
  /** In a dry run no sum heads travel. */
  readonly isDryRun: boolean;
}

/** Decodes a record without the block sums that may follow it. The caller lets `indexes` remember its index. */
export function decodeGeneratorRecord(
  cursor: Cursor,
  indexes: IndexDecoder,
  format: ItemFormat & { readonly entryCount: number },
): GeneratorRecord {
  const index = indexes.decode(cursor);
  if (index === NDX_DONE) return { kind: 'done' };
  if (index === NDX_DEL_STATS && format.protocol >= 31) {
    return { kind: 'delete-stats', index, counts: decodeCounts(cursor) };
  }
  if (index < 0) throw new ProtocolError(`file index: ${index} cannot be requested`);
  if (format.protocol < 29) return { kind: 'item', item: decodeOldItem(cursor, index, format) };
  const flags = cursor.uint16();
  if (format.protocol === 29 && index === format.entryCount && flags === itemFlags.isNew)
    return { kind: 'keep-alive', index };
  const basisType = flags & itemFlags.basisTypeFollows ? cursor.uint8() : undefined;
  // Copied: a request that waits must not keep all that came with its name.
  const name =
    flags & itemFlags.nameFollows
      ? Buffer.from(cursor.vstring(MAX_PATH_LENGTH - 1, 'name in an item'))
      : undefined;
  const hasHead = flags & itemFlags.transfer && !format.isDryRun;
  const head = hasHead ? decodeSumHead(cursor, format.protocol) : undefined;
  return {
    kind: 'item',
    item: {
      index,
      flags,
      ...(basisType !== undefined && { basisType }),
      ...(name !== undefined && { name }),
      ...(head !== undefined && { head }),
    },
  };
}

/** Below protocol 29 every request is a transfer, and nothing else is said. */
function decodeOldItem(cursor: Cursor, index: number, format: ItemFormat): Item {
  const flags = itemFlags.transfer;
  return format.isDryRun ? { index, flags } : { index, flags, head: decodeSumHead(cursor, format.protocol) };
}

export function encodeItem(encoder: Encoder, indexes: IndexEncoder, item: Item, format: ItemFormat): void {
  indexes.encode(encoder, item.index);
  if (format.protocol >= 29) {
    encoder.uint16(item.flags);
    if (item.basisType !== undefined) encoder.uint8(item.basisType);
    if (item.name !== undefined) encoder.vstring(item.name);
  }
  if (item.flags & itemFlags.transfer && !format.isDryRun) encodeSumHead(encoder, item.head ?? NO_BASIS);
}

function decodeCounts(cursor: Cursor): KindCounts {
  const count = (kind: string) => cursor.varintIn(0, MAX_DELETE_COUNT, `number of deleted ${kind}`);
  return {
    files: count('files'),
    folders: count('folders'),
    symlinks: count('symlinks'),
    devices: count('devices'),
    specials: count('specials'),
  };
}
