import type { SearchCounts } from '../delta/match-search.ts';
import { BlockSums, NO_BASIS, type SumHead } from '../delta/sum-head.ts';
import { type Problem, ProtocolError } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { FileList } from '../file-list/file-list.ts';
import { isRegular } from '../file-list/file-mode.ts';
import { type IoErrors, ioErrors } from '../file-list/io-errors.ts';
import { KindCounter, type KindCounts } from '../file-list/kind-counts.ts';
import type { SourceFile } from '../file-list/source-tree.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Terms } from '../terms.ts';
import { type IndexEncoder, NDX_DONE } from '../wire/file-index.ts';
import { frameCodes } from '../wire/frame.ts';
import type { FileSender } from './file-sender.ts';
import { basisTypes, encodeItem, type Item, itemFlags } from './item.ts';
import type { ListSender } from './list-sender.ts';
import { Repeats } from './repeats.ts';
import type { Request, Requests } from './requests.ts';

/** Entries that are sent ahead of the list being worked on: always, and while there is nothing else to do. */
const MIN_AHEAD = 1000;
const MAX_AHEAD = 10_000;

const SUM_HEAD_LENGTH = 16;

export interface SenderParts {
  readonly terms: Terms;
  readonly out: WireWriter;
  readonly indexes: IndexEncoder;
  readonly requests: Requests;
  readonly list: FileList;
  readonly errors: IoErrors;
  readonly lists: ListSender;
  readonly files: FileSender;
  /** Bytes of a digest of the session's checksum. */
  readonly digestLength: number;
  readonly isDryRun: boolean;
  readonly inplace: boolean;
  readonly backup: boolean;
  readonly append: 'append' | 'verify' | undefined;
  readonly events: SenderEvents;
}

/** What happens while sending, as it happens. */
export interface SenderEvents {
  /** The receiver has looked at an entry: a transfer was answered, or a change was made without us. */
  onItem(entry: FileEntry, item: Item, sent?: SentContent): void;
  /** The content of a file is about to be sent; {@link onItem} follows. */
  onSending?(entry: FileEntry, item: Item): void;
  onProblem(problem: Problem): void;
}

/** The content of one file on the wire. */
export interface SentContent {
  /** Bytes of the answer with item, tokens and sum, without the frames around them. */
  readonly bytes: number;
  /** Bytes of the request's block sums and their head. */
  readonly sumBytes: number;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** How the receiver cut its basis; a count of 0 says that it has none. */
  readonly head: SumHead;
  /** How the search for these blocks went: `--debug=DELTASUM`. Undefined where there was nothing to search for. */
  readonly search: SearchCounts | undefined;
  /** The sum of the content as it travels; below protocol 30 it may be salted, which makes it of no use. */
  readonly checksum: Uint8Array | undefined;
}

/** What a session has moved. */
export interface SenderCounts extends MovedCounts {
  /** Entries that were not there before; from protocol 29 on. */
  readonly created: KindCounts;
}

interface MovedCounts {
  /** Regular files whose content was sent (or would have been). */
  transferredFiles: number;
  /** Bytes of these files. */
  transferredSize: number;
  literalBytes: number;
  matchedBytes: number;
  /** Of all searches: rsync's `total: matches=... hash_hits=... false_alarms=... data=<literalBytes>`. */
  matches: number;
  hashHits: number;
  falseAlarms: number;
  deleted: KindCounts | undefined;
}

/**
 * Sends the file list and answers each request of the generator, until all phases are done and the goodbye has been
 * said.
 *
 * Source: docs/protocol chapter 3, sections 2.4, 3 and 8.1.
 */
export async function runSender(parts: SenderParts): Promise<SenderCounts> {
  const sender = new Sender(parts);
  await sender.run();
  return { ...sender.counts, created: sender.created.counts };
}

class Sender {
  readonly created = new KindCounter();
  readonly counts: MovedCounts = {
    transferredFiles: 0,
    transferredSize: 0,
    literalBytes: 0,
    matchedBytes: 0,
    matches: 0,
    hashHits: 0,
    falseAlarms: 0,
    deleted: undefined,
  };
  readonly #parts: SenderParts;
  readonly #repeats = new Repeats();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { terms, list, lists } = this.#parts;
    const phases = terms.protocol >= 29 ? 3 : 2;
    await lists.sendFirst();
    this.#parts.requests.open();
    for (let phase = 0; phase < phases; ) {
      const request = await this.#nextRequest();
      if (request.kind === 'item') {
        await this.#answer(request.item, request.sums, phase);
        continue;
      }
      const isLastList = list.listCount <= 1 && lists.isComplete;
      if (isLastList) phase += 1;
      else list.dropOldest();
      if (phase < phases) this.#sayDone();
    }
    await this.#sayGoodbye();
  }

  /** The next thing the generator wants; while it has no wish, the file list goes on. */
  async #nextRequest(): Promise<Exclude<Request, { kind: 'delete-stats' }>> {
    const { requests, lists, list, out } = this.#parts;
    for (;;) {
      while (!lists.isComplete && list.ahead < (requests.isEmpty ? MAX_AHEAD : MIN_AHEAD))
        await lists.sendNext();
      if (requests.isEmpty) await out.flush();
      const request = await requests.next();
      if (request.kind !== 'delete-stats') return request;
      this.counts.deleted = request.counts;
    }
  }

  async #answer(item: Item, sums: Buffer | undefined, phase: number): Promise<void> {
    const { list, isDryRun, files, events } = this.#parts;
    const entry = list.at(item.index);
    this.#repeats.count(item.index, () => `the receiver asked for ${entry.name}`);
    if (item.flags & itemFlags.isNew) this.created.count(entry.mode);
    if (!(item.flags & itemFlags.transfer)) {
      this.#echo(item);
      events.onItem(entry, item);
      return;
    }
    if (!isRegular(entry.mode))
      throw new ProtocolError(`the receiver asked for ${entry.name}, which is no regular file`);
    if (phase > 1)
      throw new ProtocolError(`the receiver asked for ${entry.name} after the last phase of transfers`);
    if (isDryRun) {
      this.#echo(item);
      this.#count(entry.size);
      events.onItem(entry, item);
      return;
    }
    const file = await files.open(entry);
    if ('cause' in file) {
      this.#decline(item.index, file);
      return;
    }
    const append = this.#appendMode(item, sums);
    try {
      if (append !== undefined && file.size < entry.size) {
        this.#decline(item.index, diminished(entry.name));
        return;
      }
      events.onSending?.(entry, item);
      events.onItem(entry, item, await this.#send(file, entry, item, sums, append));
    } finally {
      await file.close();
    }
  }

  async #send(
    file: SourceFile,
    entry: FileEntry,
    item: Item,
    sums: Buffer | undefined,
    append: 'append' | 'verify' | undefined,
  ): Promise<SentContent> {
    const { files, digestLength, out, terms } = this.#parts;
    const head = clampStrong(item.head ?? NO_BASIS, digestLength);
    const lengthBefore = out.dataLength;
    this.#echo({ ...item, head });
    const sent = await files.send(file, {
      entry,
      head,
      sums: sums === undefined ? undefined : new BlockSums(item.head ?? NO_BASIS, sums, digestLength),
      isInPlace: this.#isInPlace(item),
      append,
    });
    const bytes = out.dataLength - lengthBefore;
    if (out.isFull) await out.flush();
    this.#count(file.size);
    this.counts.literalBytes += sent.literalBytes;
    this.counts.matchedBytes += sent.matchedBytes;
    this.#countSearch(sent.search);
    if (sent.problem !== undefined) this.#note(sent.problem);
    return {
      bytes,
      sumBytes: SUM_HEAD_LENGTH + (sums?.length ?? 0),
      size: file.size,
      head,
      search: sent.search,
      checksum: terms.transferChecksum === 'old-md4' ? undefined : sent.checksum,
    };
  }

  /** Says that a requested file will not come: silence would make an incremental receiver wait for ever. */
  #decline(index: number, problem: Problem): void {
    if (this.#parts.terms.protocol >= 30) this.#parts.out.message(frameCodes.noSend, int32(index));
    this.#note(problem);
  }

  #note(problem: Problem): void {
    this.#parts.errors.note(problem, 'transfer');
    this.#parts.events.onProblem(problem);
  }

  #count(size: number): void {
    this.counts.transferredFiles += 1;
    this.counts.transferredSize += size;
  }

  #countSearch(search: SearchCounts | undefined): void {
    if (search === undefined) return;
    this.counts.matches += search.matches;
    this.counts.hashHits += search.hashHits;
    this.counts.falseAlarms += search.falseAlarms;
  }

  /** Blocks without sums: the receiver keeps what it has. Below protocol 30 it always verifies that. */
  #appendMode({ head }: Item, sums: Buffer | undefined): 'append' | 'verify' | undefined {
    const { append, terms } = this.#parts;
    if (append === undefined || sums !== undefined || head === undefined || head.blockCount === 0)
      return undefined;
    return terms.protocol >= 30 ? append : 'verify';
  }

  /** Whether the receiver writes into its basis while it reads from it. */
  #isInPlace({ basisType = basisTypes.destination }: Item): boolean {
    const { inplace, backup, terms } = this.#parts;
    if (terms.protocol < 29) return inplace && !backup;
    if (basisType === basisTypes.partialDir) return terms.inplacePartialDir;
    return inplace && basisType === basisTypes.destination;
  }

  #echo(item: Item): void {
    const { out, indexes, terms, isDryRun } = this.#parts;
    encodeItem(out.encoder, indexes, item, { protocol: terms.protocol, isDryRun });
  }

  #sayDone(): void {
    this.#parts.indexes.encode(this.#parts.out.encoder, NDX_DONE);
  }

  /** The end: what went wrong, our last mark, and from protocol 31 on one exchange more. */
  async #sayGoodbye(): Promise<void> {
    const { terms, out, errors } = this.#parts;
    const bits = errors.of('transfer');
    if (bits !== ioErrors.none && terms.protocol >= 30) out.message(frameCodes.ioError, int32(bits));
    this.#sayDone();
    if (terms.protocol >= 31) {
      await this.#expectDone();
      this.#sayDone();
    }
    await this.#expectDone();
    await out.flush();
  }

  async #expectDone(): Promise<void> {
    const request = await this.#nextRequest();
    if (request.kind !== 'done') throw new ProtocolError('the receiver asked for a file after the goodbye');
  }
}

/** What the receiver has may be longer than the file by now: appending nothing would leave it so. */
function diminished(path: string): Problem {
  const cause = new Error('the file has become shorter since it was listed: nothing can be appended');
  return { path, doing: 'read', cause, kind: 'vanished' };
}

/** Old generators count bytes that a digest does not have; newer ones refuse to see that number again. */
function clampStrong(head: SumHead, digestLength: number): SumHead {
  return { ...head, strongLength: Math.min(head.strongLength, digestLength) };
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
