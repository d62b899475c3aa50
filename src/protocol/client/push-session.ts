import { createFileHash, digestLengths, type StrongChecksum } from '../checksum/strong.ts';
import { worthPacking } from '../delta/skip-suffixes.ts';
import {
  AbortedError,
  ConnectionClosedError,
  ConnectionError,
  exitCodeOf,
  exitCodes,
  type Problem,
  RemoteExitError,
  UsageError,
} from '../errors.ts';
import { FileList } from '../file-list/file-list.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { pushSendsFilterList } from '../filter/wire.ts';
import { decodeChecksumSeed } from '../handshake/set-up.ts';
import type { ResolvedOptions } from '../options/resolved-options.ts';
import { Arrivals } from '../roles/arrivals.ts';
import { FileSender } from '../roles/file-sender.ts';
import { FileSummer } from '../roles/file-summer.ts';
import type { Item } from '../roles/item.ts';
import { ListSender } from '../roles/list-sender.ts';
import { runRequestReader } from '../roles/request-reader.ts';
import { Requests } from '../roles/requests.ts';
import { runSender, type SenderCounts } from '../roles/sender.ts';
import { type Connection, setUpFailure } from '../session/connection.ts';
import { entryFormatOf, strongChecksumFor, tokenWriterFor } from '../session/formats.ts';
import { Problems } from '../session/problems.ts';
import { type ServerMessage, ServerMessages } from '../session/server-messages.ts';
import type { Terms } from '../terms.ts';
import { IndexEncoder } from '../wire/file-index.ts';
import { frameCodes } from '../wire/frame.ts';
import { checkListeners } from './check-request.ts';
import type { PushListeners, RunningPush } from './push-listeners.ts';
import type { PushResult } from './push-result.ts';

/** How long a server whose connection broke may take to hand over what it said before. */
const LAST_WORDS_MS = 1000;

/** The end of a filter list, and nothing before it. */
const NO_FILTER_RULES = Uint8Array.of(0, 0, 0, 0);

/** Messages that are kept for a listener who is still to come. */
const MAX_EARLY_MESSAGES = 1000;

/** What differs from one run to the next. */
export interface PushRun {
  readonly tree: SourceTree;
  /** Encoded filter rules for the server. Without them it hears of none. */
  readonly filterList?: Uint8Array | undefined;
  readonly listeners?: PushListeners;
}

interface PushSessionParts {
  readonly connection: Connection;
  readonly terms: Terms;
  readonly options: ResolvedOptions;
}

/**
 * A session that is connected, authenticated and set up, and waits: either to push one tree, or to be closed. It may
 * wait for as long as the server likes; empty frames keep it alive meanwhile.
 */
export class PushSession implements RunningPush {
  readonly terms: Terms;
  /** Those with which it was opened. */
  readonly options: ResolvedOptions;
  readonly motd: readonly string[];
  readonly #connection: Connection;
  readonly #messages: ServerMessages;
  readonly #requests: Requests;
  readonly #list: FileList;
  #strong: Promise<StrongChecksum> | undefined;
  readonly #seed = Promise.withResolvers<number>();
  readonly #reading: Promise<void>;
  /** Ends the work on local files, which may be long. */
  readonly #over = new AbortController();
  #listeners: PushListeners = {};
  #lists: ListSender | undefined;
  /** Only if we have asked to hear of them. */
  #arrivals: Arrivals | undefined;
  /** What the server has said before anybody listened. */
  #earlyMessages: ServerMessage[] = [];
  #state: 'waiting' | 'running' | 'over' = 'waiting';

  /** The set-up has gone as far as the names of algorithms; the seed is still to come. */
  constructor({ connection, terms, options }: PushSessionParts) {
    this.terms = terms;
    this.motd = connection.login.lines;
    this.#connection = connection;
    this.options = options;
    this.#requests = new Requests(connection.liveness);
    this.#list = new FileList(terms);
    this.#messages = new ServerMessages({
      onMessage: (message) => {
        if (this.#state !== 'waiting') this.#listeners.message?.(message);
        else if (this.#earlyMessages.length < MAX_EARLY_MESSAGES) this.#earlyMessages.push(message);
      },
      onDeleted: (path, isFolder) => this.#listeners.deleted?.(path, isFolder),
      onSuccess: (index) => this.#arrivals?.arrived(index),
      onTimeout: (seconds) => connection.heartbeat.adoptTimeout(seconds),
      onExit: () => this.#confirmExit(),
    });
    if (terms.protocol >= 30) connection.heartbeat.keepAlive();
    this.#seed.promise.catch(() => {
      // A failure reaches whoever waits for the seed or for a request; it may be that nobody does.
    });
    this.#reading = this.#read();
    connection.heartbeat.onEnd = (reason) => this.#over.abort(reason);
  }

  /** It waits, and as far as we know the server still does too. */
  get isWaiting(): boolean {
    return this.#state === 'waiting' && this.#requests.failure === undefined;
  }

  /** The server has finished the set-up, and what the session needs is loaded: a change that comes now goes out at once. */
  async isReady(): Promise<void> {
    await this.#strongChecksum();
  }

  /**
   * Pushes a tree. A session pushes once; whatever happens, it is over afterwards.
   *
   * @throws UsageError if there are rules, and the server expects none with these options.
   */
  async run({ tree, filterList, listeners = {} }: PushRun): Promise<PushResult> {
    checkListeners(listeners);
    if (this.#state !== 'waiting') throw new UsageError('a push session runs once: open another one');
    this.#state = 'running';
    this.#listeners = listeners;
    listeners.begin?.(this);
    for (const message of this.#earlyMessages.splice(0)) listeners.message?.(message);
    const problems = new Problems();
    const onProblem = (problem: Problem) => {
      if (problems.add(problem)) listeners.problem?.(problem);
    };
    try {
      this.#sendFilterList(filterList);
      const indexes = new IndexEncoder(this.terms.protocol);
      const lists = await this.#listSender(tree, indexes, onProblem);
      this.#lists = lists;
      const { removeSourceFiles, dryRun } = this.options;
      if (removeSourceFiles === true && dryRun !== true) {
        this.#arrivals = new Arrivals({
          tree,
          list: this.#list,
          onArrived: (entry) => listeners.arrived?.(entry),
          onRemoved: (entry, wasThere) => listeners.removed?.(entry, wasThere),
          onProblem,
        });
      }
      const counts = await this.#send(tree, indexes, lists, onProblem);
      await this.#arrivals?.settled();
      return this.#result(counts, lists, problems);
    } catch (thrown) {
      throw await this.#reasonFor(thrown);
    } finally {
      this.close();
      listeners.end?.();
    }
  }

  #sendFilterList(filterList: Uint8Array | undefined): void {
    const isExpected = pushSendsFilterList(this.options, [], this.terms.protocol);
    if (isExpected) this.#connection.writer.encoder.bytes(filterList ?? NO_FILTER_RULES);
    else if (filterList !== undefined) throw new UsageError('filter rules are for a server that deletes');
  }

  /** Bytes that went over the line so far, in both directions. */
  get traffic(): number {
    return this.#connection.writer.sent + this.#connection.reader.received;
  }

  get list(): RunningPush['list'] {
    const { isComplete = false, totalSize: size = 0 } = this.#lists ?? {};
    return { isComplete, entries: this.#list.total, size };
  }

  placeOf({ index }: Item): number {
    return this.#list.placeOf(index);
  }

  /** Ends the session at once. Safe to call at any time, and twice. */
  close(): void {
    this.#state = 'over';
    this.#over.abort(new AbortedError('the session was closed'));
    this.#requests.abandon();
    this.#connection.heartbeat.stop();
    this.#connection.transport.destroy();
  }

  async #read(): Promise<void> {
    const { reader } = this.#connection;
    try {
      const seed = await reader.read(decodeChecksumSeed);
      reader.startFrames((code, payload) => this.#messages.handle(code, payload));
      this.#connection.liveness.settled('set-up');
      this.#connection.heartbeat.endLogin();
      this.#seed.resolve(seed);
    } catch (cause) {
      const thrown = this.#state === 'over' ? cause : setUpFailure(cause, this.#connection.transport.peer);
      this.#seed.reject(thrown);
      this.#requests.fail(thrown);
      return;
    }
    await runRequestReader({
      reader,
      requests: this.#requests,
      protocol: this.terms.protocol,
      isDryRun: this.options.dryRun === true,
      isAppend: this.options.append !== undefined,
      blockLength: this.options.blockSize,
      entryAt: (index) => this.#list.at(index),
      entryCount: () => this.#list.count,
    });
    if (!isBrokenLine(this.#requests.failure)) await this.#hangUp();
  }

  /** Nothing that we still say counts any more: the server has given up, or cannot be understood. */
  async #hangUp(): Promise<void> {
    const { transport, writer } = this.#connection;
    const patience = setTimeout(() => transport.destroy(), LAST_WORDS_MS);
    await writer.flush().catch(() => {
      // The line is broken already.
    });
    clearTimeout(patience);
    transport.destroy();
  }

  async #listSender(
    tree: SourceTree,
    indexes: IndexEncoder,
    onProblem: (problem: Problem) => void,
  ): Promise<ListSender> {
    const { checksum, ignoreErrors, numericIds } = this.options;
    const createHash = checksum === true ? await createFileHash(this.terms.fileListChecksum) : undefined;
    return new ListSender({
      tree,
      terms: this.terms,
      format: entryFormatOf(this.options, this.terms),
      out: this.#connection.writer,
      indexes,
      list: this.#list,
      ignoreErrors: ignoreErrors === true,
      sendsIdLists: numericIds !== true,
      summer: createHash === undefined ? undefined : new FileSummer(tree, createHash, this.#over.signal),
      signal: this.#over.signal,
      onProblem,
    });
  }

  async #send(
    tree: SourceTree,
    indexes: IndexEncoder,
    lists: ListSender,
    onProblem: (problem: Problem) => void,
  ): Promise<SenderCounts> {
    const { terms } = this;
    const { writer: out } = this.#connection;
    const { dryRun, inplace, backup, append } = this.options;
    return await runSender({
      terms,
      out,
      indexes,
      requests: this.#requests,
      list: this.#list,
      lists,
      files: new FileSender({
        tree,
        out,
        tokens: await tokenWriterFor(out, this.options, terms),
        isPacked: terms.compression !== 'none',
        isWorthPacking: worthPacking(this.options.skipCompress),
        blockLength: this.options.blockSize,
        strong: () => this.#strongChecksum(),
        signal: this.#over.signal,
        onProgress: (entry, position) => this.#listeners.progress?.(entry, position),
      }),
      digestLength: digestLengths[terms.transferChecksum],
      isDryRun: dryRun === true,
      inplace,
      backup,
      append,
      events: {
        onItem: (entry, item, sent) => this.#listeners.item?.(entry, item, sent),
        onSending: (entry, item) => this.#listeners.sending?.(entry, item),
        onProblem,
      },
    });
  }

  #strongChecksum(): Promise<StrongChecksum> {
    this.#strong ??= this.#seed.promise.then((seed) => strongChecksumFor(this.terms, seed));
    return this.#strong;
  }

  #result(counts: SenderCounts, lists: ListSender, problems: Problems): PushResult {
    const { reader, writer } = this.#connection;
    const isError = ({ kind }: Problem) => kind === 'failed' || kind === 'missing-source';
    return {
      exitCode: exitCodeOf({
        hasErrors: this.#messages.hasErrors || problems.list.some(isError),
        hasVanished: this.#messages.hasVanished || problems.list.some(({ kind }) => kind === 'vanished'),
        hitDeleteLimit: this.#messages.hitDeleteLimit,
      }),
      problems: problems.list,
      repeatedProblems: problems.repeated,
      serverErrors: this.#messages.errorTexts,
      statistics: {
        ...counts,
        totalFiles: lists.totalEntries,
        listed: lists.listed.counts,
        totalSize: lists.totalSize,
        listingMs: lists.listingMs,
        sentBytes: writer.sent,
        receivedBytes: reader.received,
      },
    };
  }

  #confirmExit(): void {
    const { writer } = this.#connection;
    if (this.terms.protocol < 31) return;
    writer.message(frameCodes.errorExit, new Uint8Array());
    void writer.flush();
  }

  /** What really ended the session: a broken connection is often the echo of something that the server has said. */
  async #reasonFor(thrown: unknown): Promise<unknown> {
    const { transport } = this.#connection;
    if (!isBrokenLine(thrown)) return thrown;
    const lastWords = setTimeout(() => transport.destroy(), LAST_WORDS_MS);
    this.#requests.abandon();
    await this.#reading;
    clearTimeout(lastWords);
    if (!isBrokenLine(this.#requests.failure)) return this.#requests.failure;
    if (this.#messages.errorTexts.length > 0) {
      return new RemoteExitError(this.#messages.explain(''), exitCodes.stream, { cause: thrown });
    }
    return thrown;
  }
}

function isBrokenLine(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof ConnectionClosedError;
}
