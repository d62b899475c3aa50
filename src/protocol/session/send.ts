import { createFileHash, digestLengths, type StrongChecksum } from '../checksum/strong.ts';
import { worthPacking } from '../delta/skip-suffixes.ts';
import type { Problem } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import { FileList } from '../file-list/file-list.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { Arrivals } from '../roles/arrivals.ts';
import { FileSender } from '../roles/file-sender.ts';
import { FileSummer } from '../roles/file-summer.ts';
import { ListSender } from '../roles/list-sender.ts';
import { runRequestReader } from '../roles/request-reader.ts';
import { Requests } from '../roles/requests.ts';
import { runSender, type SenderCounts, type SenderEvents } from '../roles/sender.ts';
import type { Liveness } from '../stream/liveness.ts';
import type { Terms } from '../terms.ts';
import { IndexEncoder } from '../wire/file-index.ts';
import { entryFormatOf, strongChecksumFor, tokenWriterFor } from './formats.ts';
import type { Inbox, Peer } from './peer.ts';

/** What happens on the way, besides what the sender tells itself. */
export interface SendEvents extends SenderEvents {
  /** An entry is in place at the destination: with `removeSourceFiles` only. */
  onArrived(entry: FileEntry): void;
  onRemoved(entry: FileEntry, wasThere: boolean): void;
  onProgress(entry: FileEntry, position: number): void;
}

/** The sender's side of a session, wired onto a peer that receives. */
export class Sending {
  readonly inbox: Inbox;
  readonly list: FileList;
  readonly #requests: Requests;
  readonly #options: ResolvedOptions;
  readonly #terms: Terms;
  #strong: Promise<StrongChecksum> | undefined;
  /** Only if we have asked to hear of them. */
  #arrivals: Arrivals | undefined;
  #lists: ListSender | undefined;

  constructor(terms: Terms, options: ResolvedOptions, liveness: Liveness) {
    this.#terms = terms;
    this.#options = options;
    this.list = new FileList(terms);
    this.#requests = new Requests(liveness);
    this.inbox = inboxOf(this.#requests, this.list, terms, options);
  }

  /** How far the list is. */
  get progress(): { readonly isComplete: boolean; readonly entries: number; readonly size: number } {
    const { isComplete = false, totalSize: size = 0 } = this.#lists ?? {};
    return { isComplete, entries: this.list.total, size };
  }

  /** The receiver has an entry in its place. */
  arrived(index: number): void {
    this.#arrivals?.arrived(index);
  }

  /** What needs the seed is loaded. */
  async isReady(peer: Peer): Promise<void> {
    await this.#strongChecksum(peer);
  }

  /** Sends a tree, until the goodbye has been said. */
  async run(
    peer: Peer,
    tree: SourceTree,
    events: SendEvents,
  ): Promise<{ readonly counts: SenderCounts; readonly lists: ListSender }> {
    const { removeSourceFiles, dryRun } = this.#options;
    const indexes = new IndexEncoder(this.#terms.protocol);
    const lists = await this.#listSender(peer, tree, indexes, events);
    this.#lists = lists;
    if (removeSourceFiles && !dryRun) {
      this.#arrivals = new Arrivals({
        tree,
        list: this.list,
        onArrived: events.onArrived,
        onRemoved: events.onRemoved,
        onProblem: (problem) => {
          peer.errors.note(problem, 'removal');
          events.onProblem(problem);
        },
      });
    }
    const counts = await this.#send(peer, tree, indexes, lists, events);
    await this.#arrivals?.settled();
    return { counts, lists };
  }

  async #listSender(
    { writer: out, errors, signal }: Peer,
    tree: SourceTree,
    indexes: IndexEncoder,
    { onProblem }: { readonly onProblem: (problem: Problem) => void },
  ): Promise<ListSender> {
    const { checksum, ignoreErrors, numericIds } = this.#options;
    const createHash = checksum ? await createFileHash(this.#terms.fileListChecksum) : undefined;
    return new ListSender({
      tree,
      terms: this.#terms,
      format: entryFormatOf(this.#options, this.#terms),
      out,
      indexes,
      list: this.list,
      errors,
      ignoreErrors,
      sendsIdLists: !numericIds,
      summer: createHash === undefined ? undefined : new FileSummer(tree, createHash, signal),
      signal,
      onProblem,
    });
  }

  async #send(
    peer: Peer,
    tree: SourceTree,
    indexes: IndexEncoder,
    lists: ListSender,
    events: SendEvents,
  ): Promise<SenderCounts> {
    const { writer: out, errors, signal } = peer;
    const { dryRun, inplace, backup, append, skipCompress, blockSize } = this.#options;
    return await runSender({
      terms: this.#terms,
      out,
      indexes,
      requests: this.#requests,
      list: this.list,
      errors,
      lists,
      files: new FileSender({
        tree,
        out,
        tokens: await tokenWriterFor(out, this.#options, this.#terms),
        isPacked: this.#terms.compression !== 'none',
        isWorthPacking: worthPacking(skipCompress),
        blockLength: blockSize,
        strong: () => this.#strongChecksum(peer),
        signal,
        onProgress: events.onProgress,
      }),
      digestLength: digestLengths[this.#terms.transferChecksum],
      isDryRun: dryRun,
      inplace,
      backup,
      append,
      events,
    });
  }

  #strongChecksum(peer: Peer): Promise<StrongChecksum> {
    this.#strong ??= peer.seed.then((seed) => strongChecksumFor(this.#terms, seed));
    return this.#strong;
  }
}

/** Reads what a generator asks for. */
function inboxOf(requests: Requests, list: FileList, { protocol }: Terms, options: ResolvedOptions): Inbox {
  return {
    read: (reader) =>
      runRequestReader({
        reader,
        requests,
        protocol,
        isDryRun: options.dryRun,
        isAppend: options.append !== undefined,
        blockLength: options.blockSize,
        entryAt: (index) => list.at(index),
        entryCount: () => list.count,
      }),
    fail: (error) => requests.fail(error),
    abandon: () => requests.abandon(),
    get failure() {
      return requests.failure;
    },
  };
}
