import { ConnectionClosedError } from '../errors.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { Transport } from './transport.ts';

/** Two transports that speak to each other in memory: for tests, and for a client and a daemon in one process. */
export function memoryTransports(): [Transport, Transport] {
  const toLeft = new ChunkQueue();
  const toRight = new ChunkQueue();
  return [new MemoryTransport(toLeft, toRight), new MemoryTransport(toRight, toLeft)];
}

class MemoryTransport implements Transport {
  readonly peer = 'memory';
  readonly #incoming: ChunkQueue;
  readonly #outgoing: ChunkQueue;

  constructor(incoming: ChunkQueue, outgoing: ChunkQueue) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  receive(): Promise<Buffer | undefined> {
    return this.#incoming.shift();
  }

  async send(chunks: readonly Buffer[]): Promise<void> {
    if (this.#outgoing.isEnded) throw new ConnectionClosedError('the other end of the pair is closed');
    for (const chunk of chunks) this.#outgoing.push(Buffer.from(chunk));
  }

  end(): void {
    this.#outgoing.end();
  }

  destroy(reason?: Error): void {
    this.#outgoing.end();
    this.#incoming.end(reason);
  }
}
