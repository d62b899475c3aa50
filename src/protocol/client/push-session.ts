import { exitCodeOf, type Problem, UsageError } from '../errors.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import type { Item } from '../roles/item.ts';
import type { ListSender } from '../roles/list-sender.ts';
import type { SenderCounts } from '../roles/sender.ts';
import type { Connection } from '../session/connection.ts';
import type { PeerMessage } from '../session/messages.ts';
import { Peer } from '../session/peer.ts';
import { Problems } from '../session/problems.ts';
import { Sending } from '../session/send.ts';
import type { Terms } from '../terms.ts';
import { checkListeners } from './check-request.ts';
import { filterListToSend } from './filter-list.ts';
import type { PushListeners, PushResult, RunningPush } from './push-listeners.ts';

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
  readonly #peer: Peer;
  readonly #sending: Sending;
  #listeners: PushListeners = {};
  /** What the server has said before anybody listened. */
  #earlyMessages: PeerMessage[] = [];
  #state: 'waiting' | 'running' | 'over' = 'waiting';

  /** The set-up has gone as far as the names of algorithms; the seed is still to come. */
  constructor({ connection, terms, options }: PushSessionParts) {
    this.terms = terms;
    this.motd = connection.login.lines;
    this.options = options;
    this.#sending = new Sending(terms, options, connection.liveness);
    this.#peer = new Peer({
      connection,
      terms,
      inbox: this.#sending.inbox,
      handlers: {
        onMessage: (message) => {
          if (this.#state !== 'waiting') this.#listeners.message?.(message);
          else if (this.#earlyMessages.length < MAX_EARLY_MESSAGES) this.#earlyMessages.push(message);
        },
        onDeleted: (path, isFolder) => this.#listeners.deleted?.(path, isFolder),
        onSuccess: (index) => this.#sending.arrived(index),
      },
    });
  }

  /** It waits, and as far as we know the server still does too. */
  get isWaiting(): boolean {
    return this.#state === 'waiting' && this.#peer.isThere;
  }

  /** The server has finished the set-up, and what the session needs is loaded: a change that comes now goes out at once. */
  async isReady(): Promise<void> {
    await this.#sending.isReady(this.#peer);
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
    try {
      this.#peer.writer.encoder.bytes(filterListToSend(this, filterList));
      const { counts, lists } = await this.#sending.run(this.#peer, tree, {
        onItem: (entry, item, sent) => listeners.item?.(entry, item, sent),
        onSending: (entry, item) => listeners.sending?.(entry, item),
        onProgress: (entry, position) => listeners.progress?.(entry, position),
        onArrived: (entry) => listeners.arrived?.(entry),
        onRemoved: (entry, wasThere) => listeners.removed?.(entry, wasThere),
        onProblem: (problem: Problem) => {
          if (problems.add(problem)) listeners.problem?.(problem);
        },
      });
      return this.#result(counts, lists, problems);
    } catch (thrown) {
      throw await this.#peer.reasonFor(thrown);
    } finally {
      this.close();
      listeners.end?.();
    }
  }

  /** Bytes that went over the line so far, in both directions. */
  get traffic(): number {
    return this.#peer.writer.sent + this.#peer.reader.received;
  }

  get list(): RunningPush['list'] {
    return this.#sending.progress;
  }

  placeOf({ index }: Item): number {
    return this.#sending.list.placeOf(index);
  }

  /** Ends the session at once. Safe to call at any time, and twice. */
  close(): void {
    this.#state = 'over';
    this.#peer.close();
  }

  #result(counts: SenderCounts, lists: ListSender, problems: Problems): PushResult {
    const { errors, messages, reader, writer } = this.#peer;
    return {
      exitCode: exitCodeOf(errors),
      problems: problems.list,
      repeatedProblems: problems.repeated,
      serverErrors: messages.errorTexts,
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
}
