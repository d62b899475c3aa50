import { assertHonest, isWorthHolding, NO_BASIS, sumsLength } from '../delta/sum-head.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { Cursor } from '../wire/cursor.ts';
import { IndexDecoder } from '../wire/file-index.ts';
import { decodeGeneratorRecord, type Item, type ItemFormat } from './item.ts';
import type { Requests } from './requests.ts';

export interface RequestReaderParts extends ItemFormat {
  readonly reader: WireReader;
  readonly requests: Requests;
  /** In append mode the first request for a file comes without block sums. */
  readonly isAppend: boolean;
  /** The length of blocks that the user has asked for: `--block-size`. */
  readonly blockLength: number | undefined;
  /** The entry that an index means; throws where there is none. */
  readonly entryAt: (index: number) => FileEntry;
  /** Entries in the list, for the sign of life of protocol 29. */
  readonly entryCount: () => number;
}

/** Takes nothing, once there is something to take; messages are heard meanwhile. */
function awaitByte(cursor: Cursor): void {
  cursor.uint8();
  cursor.offset -= 1;
}

/** Reads what the generator wants, while there is room for it, until the stream ends: then the requests fail. */
export async function runRequestReader(parts: RequestReaderParts): Promise<void> {
  const { reader, requests, protocol, isDryRun } = parts;
  const indexes = new IndexDecoder(protocol);
  const requested = new Set<number>();
  try {
    await reader.read(awaitByte);
    await requests.opened();
    for (;;) {
      const room = requests.room();
      if (room !== undefined) await room;
      const format = { protocol, isDryRun, entryCount: parts.entryCount() };
      const record = await reader.read((cursor) => decodeGeneratorRecord(cursor, indexes, format));
      if (record.kind === 'item') {
        indexes.remember(record.item.index);
        requests.push({ kind: 'item', ...(await withSums(record.item)) });
      } else if (record.kind === 'delete-stats') {
        indexes.remember(record.index);
        requests.push(record);
      } else if (record.kind === 'done') {
        requests.push(record);
      }
    }
  } catch (thrown) {
    requests.fail(thrown);
  }

  async function withSums(item: Item): Promise<{ readonly item: Item; readonly sums?: Buffer }> {
    const { index, head } = item;
    const { size } = parts.entryAt(index);
    if (head === undefined || head.blockCount === 0) return { item };
    if (parts.isAppend && !requested.has(index)) {
      requested.add(index);
      return { item };
    }
    assertHonest(head, protocol, parts.blockLength);
    if (isWorthHolding(head, size)) return { item, sums: await reader.readBytes(sumsLength(head)) };
    await reader.skip(sumsLength(head));
    return { item: { ...item, head: NO_BASIS } };
  }
}
