import { ProtocolError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import { IndexDecoder } from '../wire/file-index.ts';
import { MAX_SUMS_LENGTH } from '../wire/limits.ts';
import { decodeGeneratorRecord, type Item, type ItemFormat } from './item.ts';
import type { Requests } from './requests.ts';

export interface RequestReaderParts extends ItemFormat {
  readonly reader: WireReader;
  readonly requests: Requests;
  /** In append mode the first request for a file comes without block sums. */
  readonly isAppend: boolean;
  /** Entries in the list, for the sign of life of protocol 29. */
  readonly entryCount: () => number;
}

/** Reads what the generator wants, while there is room for it, until the stream ends: then the requests fail. */
export async function runRequestReader(parts: RequestReaderParts): Promise<void> {
  const { reader, requests, protocol, isDryRun } = parts;
  const indexes = new IndexDecoder(protocol);
  const requested = new Set<number>();
  try {
    for (;;) {
      const room = requests.room();
      if (room !== undefined) await room;
      const format = { protocol, isDryRun, entryCount: parts.entryCount() };
      const record = await reader.read((cursor) => decodeGeneratorRecord(cursor, indexes, format));
      if (record.kind === 'item') {
        indexes.remember(record.item.index);
        const sums = await readSums(record.item);
        requests.push({ kind: 'item', item: record.item, ...(sums !== undefined && { sums }) });
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

  async function readSums({ index, head }: Item): Promise<Buffer | undefined> {
    if (head === undefined || head.blockCount === 0) return undefined;
    if (parts.isAppend && !requested.has(index)) {
      requested.add(index);
      return undefined;
    }
    const length = head.blockCount * (4 + head.strongLength);
    if (length > MAX_SUMS_LENGTH) {
      throw new ProtocolError(
        `block sums of ${length} bytes: more than ${MAX_SUMS_LENGTH} are not held in memory`,
      );
    }
    return await reader.readBytes(length);
  }
}
