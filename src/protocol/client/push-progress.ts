import { checkObject } from '../arguments.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { PushListeners, RunningPush } from './push-listeners.ts';

/** How far a push is, at one moment. */
export interface PushProgressEvent {
  /** Files whose content has been sent. */
  readonly files: number;
  /** Bytes of the files that have been sent, and of the part of the present one; what a delta saved counts as sent. */
  readonly bytes: number;
  /** Entries and bytes of the file list. It may still be growing: see `isListComplete`. */
  readonly listedFiles: number;
  readonly listedBytes: number;
  readonly isListComplete: boolean;
  /** Of the last few seconds. */
  readonly bytesPerSecond: number;
  /** What remains if nothing of the rest is there already; undefined while nothing moves or the list is growing. */
  readonly etaSeconds: number | undefined;
  /** The last event of all. */
  readonly isOver: boolean;
}

export interface PushProgressOptions {
  /** The least time between two events; default 1000. */
  readonly everyMs?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** The rate is that of so many events. */
const REMEMBERED = 5;

/**
 * The progress of one push, to be iterated beside it:
 *
 *     const progress = new PushProgress();
 *     const pushing = push(sources, request, progress.listen(listeners));
 *     for await (const { bytes, etaSeconds } of progress) show(bytes, etaSeconds);
 *     const result = await pushing;
 *
 * Whoever reads slowly misses events, never the last one.
 */
export class PushProgress implements AsyncIterable<PushProgressEvent> {
  readonly #everyMs: number;
  readonly #now: () => number;
  #session: RunningPush | undefined;
  #files = 0;
  /** Bytes of the files that are done, and of the present one. */
  #doneBytes = 0;
  #presentBytes = 0;
  #samples: Array<{ readonly at: number; readonly bytes: number }> = [];
  #toldAt = Number.NEGATIVE_INFINITY;
  #event: PushProgressEvent | undefined;
  #isOver = false;
  #waiter: PromiseWithResolvers<void> | undefined;

  constructor(options: PushProgressOptions = {}) {
    checkObject(options, 'the options of the progress');
    const { everyMs = 1000, now = () => performance.now() } = options;
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** Listeners to be given to the push; the caller's own are told everything as before. */
  listen(others: PushListeners = {}): PushListeners {
    checkObject(others, 'the listeners');
    return {
      ...others,
      begin: (session) => {
        this.#session = session;
        others.begin?.(session);
      },
      progress: (entry, position) => {
        this.#presentBytes = position;
        this.#tell(false);
        others.progress?.(entry, position);
      },
      item: (entry, item, sent) => {
        if (sent !== undefined) this.#complete(entry);
        others.item?.(entry, item, sent);
      },
      end: () => {
        this.#isOver = true;
        this.#tell(true);
        others.end?.();
      },
    };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PushProgressEvent> {
    for (;;) {
      const event = this.#event;
      this.#event = undefined;
      if (event !== undefined) yield event;
      if (event?.isOver) return;
      if (this.#event === undefined) {
        this.#waiter = Promise.withResolvers();
        await this.#waiter.promise;
      }
    }
  }

  #complete(entry: FileEntry): void {
    this.#files += 1;
    this.#doneBytes += entry.size;
    this.#presentBytes = 0;
    this.#tell(false);
  }

  #tell(isDue: boolean): void {
    const at = this.#now();
    if (!isDue && at - this.#toldAt < this.#everyMs) return;
    this.#toldAt = at;
    const bytes = this.#doneBytes + this.#presentBytes;
    this.#samples = [...this.#samples.slice(-REMEMBERED), { at, bytes }];
    const { entries = 0, size = 0, isComplete = false } = this.#session?.list ?? {};
    const bytesPerSecond = this.#rate();
    const isForeseeable = isComplete && bytesPerSecond > 0;
    this.#event = {
      files: this.#files,
      bytes,
      listedFiles: entries,
      listedBytes: size,
      isListComplete: isComplete,
      bytesPerSecond,
      etaSeconds: isForeseeable ? Math.max(0, size - bytes) / bytesPerSecond : undefined,
      isOver: this.#isOver,
    };
    this.#waiter?.resolve();
  }

  #rate(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}
