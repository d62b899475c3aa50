import type { KindCounts } from '../file-list/kind-counts.ts';
import type { Liveness } from '../stream/liveness.ts';
import type { Item } from './item.ts';

/** A request that is ready to be worked on; block sums as they came, to be held for as short as possible. */
export type Request =
  | { readonly kind: 'item'; readonly item: Item; readonly sums?: Buffer }
  | { readonly kind: 'done' }
  | { readonly kind: 'delete-stats'; readonly counts: KindCounts };

/** Bytes that requests may hold before no more of them are read. */
const HIGH_WATER = 32 * 1024 * 1024;

/** Bytes that a request costs besides what it carries. */
const REQUEST_COST = 256;

/**
 * Requests on their way from the loop that reads to the loop that sends. The generator runs ahead without limit, so
 * reading waits for sending only where too much has gathered: messages are behind the requests.
 */
export class Requests {
  #queue: Request[] = [];
  #head = 0;
  #cost = 0;
  #isAbandoned = false;
  readonly #opened = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #liveness: Liveness | undefined;

  constructor(liveness?: Liveness) {
    this.#liveness = liveness;
  }

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  /** There is a list that may be asked for. */
  open(): void {
    this.#opened.resolve();
  }

  /** Whoever reads requests waits here in front of the first: nothing can be asked for before there is a list. */
  opened(): Promise<void> {
    return this.#opened.promise;
  }

  push(request: Request): void {
    if (this.#isAbandoned) return;
    this.#queue.push(request);
    this.#cost += costOf(request);
    this.#wake();
  }

  /** Whoever reads requests waits here in front of the next one; undefined if there is room for it. */
  room(): Promise<void> | undefined {
    if (this.#cost < HIGH_WATER || this.#isAbandoned) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Drops queued and future requests, so that messages behind them are still read. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#opened.resolve();
    this.#queue = [];
    this.#head = 0;
    this.#room?.resolve();
  }

  /** The reading loop has ended with an error: whoever asks for more gets it, after what came before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Why there will be no more requests, once that is so. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** The next request; one call at a time. */
  async next(): Promise<Request> {
    for (;;) {
      const request = this.#shift();
      if (request !== undefined) return request;
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#waiting = Promise.withResolvers();
      this.#liveness?.owes('request');
      await this.#waiting.promise;
      this.#liveness?.settled('request');
    }
  }

  #shift(): Request | undefined {
    const request = this.#queue[this.#head];
    if (request === undefined) return undefined;
    this.#head += 1;
    this.#cost -= costOf(request);
    if (this.#room !== undefined && this.#cost < HIGH_WATER) {
      this.#room.resolve();
      this.#room = undefined;
    }
    if (this.#head === this.#queue.length || this.#head > 1024) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return request;
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}

function costOf(request: Request): number {
  if (request.kind !== 'item') return REQUEST_COST;
  return REQUEST_COST + (request.sums?.length ?? 0) + (request.item.name?.length ?? 0);
}
