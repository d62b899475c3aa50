import type { KindCounts } from '../file-list/kind-counts.ts';
import type { Item } from './item.ts';

/** A request that is ready to be worked on; block sums as they came, to be held for as short as possible. */
export type Request =
  | { readonly kind: 'item'; readonly item: Item; readonly sums?: Buffer }
  | { readonly kind: 'done' }
  | { readonly kind: 'delete-stats'; readonly counts: KindCounts };

/**
 * Requests on their way from the loop that reads to the loop that sends. The generator runs ahead without limit, so
 * reading never waits for sending.
 */
export class Requests {
  #queue: Request[] = [];
  #head = 0;
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Since when somebody has been waiting for a request, in ms of the monotonic clock. */
  awaitedSince: number | undefined;

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  push(request: Request): void {
    this.#queue.push(request);
    this.#wake();
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
      this.awaitedSince = performance.now();
      await this.#waiting.promise;
      this.awaitedSince = undefined;
    }
  }

  #shift(): Request | undefined {
    const request = this.#queue[this.#head];
    if (request === undefined) return undefined;
    this.#head += 1;
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
