/** Chunks on their way from a producer that does not wait to one consumer that does. */
export class ChunkQueue {
  readonly #chunks: Buffer[] = [];
  #waiting: PromiseWithResolvers<Buffer | undefined> | undefined;
  #isEnded = false;
  #reason: Error | undefined;
  /** Bytes that wait to be taken. */
  length = 0;

  get isEnded(): boolean {
    return this.#isEnded;
  }

  push(chunk: Buffer): void {
    if (this.#isEnded || chunk.length === 0) return;
    if (this.#waiting !== undefined) {
      this.#take()?.resolve(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** No more will come. What is queued is still given out, then `reason` is thrown, or undefined returned. */
  end(reason?: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reason = reason;
    if (reason === undefined) this.#take()?.resolve(undefined);
    else this.#take()?.reject(reason);
  }

  /** The next chunk; one call at a time. */
  async shift(): Promise<Buffer | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.length -= chunk.length;
      return chunk;
    }
    if (this.#reason !== undefined) throw this.#reason;
    if (this.#isEnded) return undefined;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #take(): PromiseWithResolvers<Buffer | undefined> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
