import type { StrongChecksum, StrongHash } from '../checksum/strong.ts';
import { MatchSearch, type SearchCounts } from '../delta/match-search.ts';
import { Scanner } from '../delta/scanner.ts';
import { type BlockSums, basisLength, type SumHead } from '../delta/sum-head.ts';
import type { TokenSink, TokenWriter } from '../delta/tokens.ts';
import type { Problem } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { SourceFile, SourceTree } from '../file-list/source-tree.ts';
import { EventLoopYield } from '../stream/event-loop-yield.ts';
import { COPIED_LENGTH, type WireWriter } from '../stream/wire-writer.ts';

/** Bytes that are read and sent between two waits. Packed, each slice stands alone, and long ones pack better. */
const SLICE_LENGTH = 256 * 1024;
const PACKED_SLICE_LENGTH = 1024 * 1024;

export interface FileSenderParts {
  readonly tree: SourceTree;
  readonly out: WireWriter;
  readonly tokens: TokenWriter;
  readonly isPacked: boolean;
  /** Whether a file of this name is worth packing. */
  readonly isWorthPacking: (name: string) => boolean;
  /** The length of blocks that the user has asked for: `--block-size`. */
  readonly blockLength: number | undefined;
  /** Known once the seed has been sent, which it is before the receiver asks for the first file. */
  readonly strong: () => Promise<StrongChecksum>;
  /** Ends what is being done, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with how much of the current file has been sent. */
  readonly onProgress: ((entry: FileEntry, position: number) => void) | undefined;
}

/** How one file is to be answered. */
export interface FileAnswer {
  readonly entry: FileEntry;
  readonly head: SumHead;
  readonly sums: BlockSums | undefined;
  readonly isInPlace: boolean;
  /** The receiver has the beginning already and wants the rest; with `verify` the sum covers the whole file. */
  readonly append: 'append' | 'verify' | undefined;
}

/** What became of a file that was sent. */
export interface SentFile {
  readonly literalBytes: number;
  readonly matchedBytes: number;
  /** Where there were block sums to search for. */
  readonly search: SearchCounts | undefined;
  /** The sum that was sent. */
  readonly checksum: Uint8Array;
  /** The file was not what it was when it was opened: the receiver is made to ask for it again. */
  readonly problem: Problem | undefined;
}

/**
 * Sends the content of files as tokens, one file at a time, in slices. Two buffers take turns, so that reading the
 * next slice overlaps with sending the last, also from one file to the next.
 *
 * Source: docs/protocol chapter 3, sections 5 and 6.
 */
export class FileSender {
  readonly #parts: FileSenderParts;
  readonly #buffers: readonly [Buffer, Buffer];
  readonly #yielding: EventLoopYield;
  readonly #inFlight = [Promise.resolve(), Promise.resolve()];
  #turn: 0 | 1 = 0;
  /** Made for the first file that has a basis. */
  #scanner: Scanner | undefined;

  constructor(parts: FileSenderParts) {
    this.#parts = parts;
    this.#yielding = new EventLoopYield({ signal: parts.signal });
    const length = parts.isPacked ? PACKED_SLICE_LENGTH : SLICE_LENGTH;
    this.#buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)];
  }

  /** Opens a file of our list; a problem means that it will not be sent. */
  async open(entry: FileEntry): Promise<SourceFile | Problem> {
    try {
      const file = this.#parts.tree.open(entry);
      return file instanceof Promise ? await this.#yielding.until(file) : file;
    } catch (thrown) {
      this.#yielding.check();
      return problemOf(entry.name, 'open', thrown);
    }
  }

  /** Sends tokens and sum of an open file; its item has been sent before. */
  async send(file: SourceFile, answer: FileAnswer): Promise<SentFile> {
    const { tokens, out, isWorthPacking } = this.#parts;
    const strong = await this.#parts.strong();
    const hash = strong.file();
    const counter = new CountingSink(tokens);
    let problem: Problem | undefined;
    let search: MatchSearch | undefined;
    tokens.startFile(isWorthPacking(answer.entry.name));
    try {
      if (answer.append !== undefined) await this.#sendTail(file, answer, hash, counter);
      else if (answer.sums === undefined) await this.#sendAll(file, answer.entry, hash, counter);
      else {
        search = this.#searchFor(answer, answer.sums, strong, counter);
        await this.#sendDelta(file, answer.entry, search, hash);
      }
    } catch (thrown) {
      if (!(thrown instanceof ReadFailure)) throw thrown;
      problem = problemOf(answer.entry.name, 'read', thrown.cause);
    }
    tokens.end();
    const sum = hash.digest();
    const checksum = problem === undefined ? sum : spoiled(sum);
    out.encoder.bytes(checksum);
    const { literalBytes, matchedBytes } = counter;
    return { literalBytes, matchedBytes, search: search?.counts, checksum, problem };
  }

  async #sendAll(file: SourceFile, entry: FileEntry, hash: StrongHash, sink: TokenSink): Promise<void> {
    await this.#pass(file, 0, file.size, (bytes, position) => {
      hash.update(bytes);
      sink.literal(bytes);
      this.#parts.onProgress?.(entry, position);
    });
  }

  #searchFor(
    { head, isInPlace }: FileAnswer,
    sums: BlockSums,
    strong: StrongChecksum,
    sink: TokenSink,
  ): MatchSearch {
    this.#scanner ??= new Scanner();
    return new MatchSearch(this.#scanner, sums, sink, {
      strong: (bytes) => strong.block(bytes),
      isInPlace,
      isLengthWanted: head.blockLength === this.#parts.blockLength,
    });
  }

  async #sendDelta(file: SourceFile, entry: FileEntry, search: MatchSearch, hash: StrongHash): Promise<void> {
    const { out } = this.#parts;
    while (!search.prepare()) await this.#yielding.turn();
    for (let position = 0, isEnd = false; !isEnd; ) {
      const space = search.nextSpace();
      const wanted = Math.min(space.length, file.size - position);
      const length = await this.#fill(file, space.subarray(0, wanted), position);
      hash.update(space.subarray(0, length));
      position += length;
      isEnd = length < wanted || position === file.size;
      search.advance(length, isEnd);
      await out.flush();
      await this.#yielding.after(Math.max(length, search.takeCost()));
      if (length < wanted) throw shrunk(position);
      this.#parts.onProgress?.(entry, position);
    }
  }

  /** Append: the receiver keeps what it has, only the rest travels. */
  async #sendTail(file: SourceFile, answer: FileAnswer, hash: StrongHash, sink: TokenSink): Promise<void> {
    const start = Math.min(basisLength(answer.head), file.size);
    if (answer.append === 'verify') await this.#pass(file, 0, start, (bytes) => hash.update(bytes));
    await this.#pass(file, start, file.size, (bytes, position) => {
      hash.update(bytes);
      sink.literal(bytes);
      this.#parts.onProgress?.(answer.entry, position);
    });
  }

  /** Reads [from, to) slice by slice and sends what `use` made of each. */
  async #pass(
    file: SourceFile,
    from: number,
    to: number,
    use: (bytes: Buffer, end: number) => void,
  ): Promise<void> {
    const { out } = this.#parts;
    for (let position = from; position < to; ) {
      this.#turn = this.#turn === 0 ? 1 : 0;
      await this.#inFlight[this.#turn];
      const buffer = this.#buffers[this.#turn];
      const wanted = Math.min(buffer.length, to - position);
      const bytes = buffer.subarray(0, wanted);
      const length = await this.#fill(file, bytes, position);
      position += length;
      use(bytes.subarray(0, length), position);
      if (length > COPIED_LENGTH || out.isFull) this.#inFlight[this.#turn] = out.flush();
      await this.#yielding.after(length);
      if (length < wanted) throw shrunk(position);
    }
  }

  /** Reads until `into` is full or the file ends; answers how many bytes there were. */
  async #fill(file: SourceFile, into: Buffer, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const length = await this.#readSome(file, into.subarray(filled), position + filled);
      if (length === 0) break;
      filled += length;
    }
    return filled;
  }

  async #readSome(file: SourceFile, into: Buffer, position: number): Promise<number> {
    try {
      const length = file.read(into, position);
      return length instanceof Promise ? await this.#yielding.until(length) : length;
    } catch (thrown) {
      this.#yielding.check();
      throw new ReadFailure(asError(thrown));
    }
  }
}

/** Why reading a file stopped early; never leaves this file. */
class ReadFailure extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

function shrunk(position: number): ReadFailure {
  return new ReadFailure(
    new Error(`the file ended after ${position} bytes: it shrank while it was being read`),
  );
}

/** Forwards tokens and counts their bytes. */
class CountingSink implements TokenSink {
  readonly #tokens: TokenSink;
  literalBytes = 0;
  matchedBytes = 0;

  constructor(tokens: TokenSink) {
    this.#tokens = tokens;
  }

  literal(bytes: Buffer): void {
    this.literalBytes += bytes.length;
    this.#tokens.literal(bytes);
  }

  match(block: number, bytes: Buffer): void {
    this.matchedBytes += bytes.length;
    this.#tokens.match(block, bytes);
  }
}

/** A sum that cannot be right, so that the receiver discards the file and asks again. */
function spoiled(sum: Buffer): Buffer {
  const wrong = Buffer.alloc(sum.length);
  if (sum.equals(wrong)) wrong[wrong.length - 1] = 1;
  return wrong;
}

function problemOf(path: string, doing: string, thrown: unknown): Problem {
  const cause = asError(thrown);
  const isGone = 'code' in cause && cause.code === 'ENOENT';
  return { path, doing, cause, kind: isGone ? 'vanished' : 'failed' };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
