import { connect, type Socket } from 'node:net';
import { AbortedError, ConnectionError, ConnectTimeoutError } from '../errors.ts';
import { systemReason } from '../named-files/named-file-error.ts';
import { ChunkQueue } from '../stream/chunk-queue.ts';
import type { Transport } from '../stream/transport.ts';

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  /** Local address to connect from. */
  readonly address?: string | undefined;
  readonly family?: 4 | 6 | undefined;
  /** Seconds for connecting alone; 0 or undefined is for ever. */
  readonly contimeout?: number | undefined;
  /** Both default to true. */
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that may wait to be read before the peer is made to wait. */
const HIGH_WATER = 1024 * 1024;

/** Connects to a host, trying its addresses in turn. */
export function connectTcp(options: TcpOptions): Promise<Transport> {
  const { host, port, address, family, contimeout = 0, noDelay = true, keepAlive = true, signal } = options;
  const peer = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new AbortedError(`connecting to ${peer} was aborted`, { cause: signal.reason }));
      return;
    }
    const socket = connect({
      host,
      port,
      noDelay,
      keepAlive,
      ...(address !== undefined && { localAddress: address }),
      ...(family !== undefined && { family }),
    });
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = () =>
      fail(new AbortedError(`connecting to ${peer} was aborted`, { cause: signal?.reason }));
    const timer =
      contimeout > 0
        ? setTimeout(
            () => fail(new ConnectTimeoutError(`no connection to ${peer} within ${contimeout} seconds`)),
            contimeout * 1000,
          )
        : undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const onError = (error: Error) =>
      fail(new ConnectionError(explainConnect(peer, error), { cause: error }));
    signal?.addEventListener('abort', onAbort);
    socket.on('error', onError);
    socket.once('connect', () => {
      settle();
      resolve(new SocketTransport(socket, peer));
    });
  });
}

/** Carries the protocol over any Node socket that is connected. */
export class SocketTransport implements Transport {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #incoming = new ChunkQueue();

  constructor(socket: Socket, peer: string) {
    this.peer = peer;
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#incoming.push(chunk);
      if (this.#incoming.length > HIGH_WATER) socket.pause();
    });
    socket.on('end', () => this.#incoming.end());
    socket.on('error', (error) =>
      this.#incoming.end(
        new ConnectionError(`the connection to ${peer} broke: ${systemReason(error)}`, { cause: error }),
      ),
    );
    socket.on('close', () => this.#incoming.end());
  }

  async receive(): Promise<Buffer | undefined> {
    const chunk = await this.#incoming.shift();
    if (this.#socket.isPaused() && this.#incoming.length <= HIGH_WATER / 2) this.#socket.resume();
    return chunk;
  }

  send(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const [last] = chunks.slice(-1);
      if (last === undefined) {
        resolve();
        return;
      }
      socket.cork();
      for (const chunk of chunks.slice(0, -1)) socket.write(chunk);
      socket.write(last, (error) => {
        if (error == null) resolve();
        else
          reject(
            new ConnectionError(`sending to ${this.peer} failed: ${systemReason(error)}`, { cause: error }),
          );
      });
      socket.uncork();
    });
  }

  end(): void {
    this.#socket.end();
  }

  destroy(reason?: Error): void {
    this.#incoming.end(reason);
    this.#socket.destroy();
  }
}

/** Why there is no connection, by what the system says of it. */
export function explainConnect(peer: string, error: NodeJS.ErrnoException): string {
  if (error instanceof AggregateError && error.errors.length > 0) return explainEach(peer, error.errors);
  switch (error.code) {
    case 'ECONNREFUSED':
      return `failed to connect to ${peer}: connection refused (is an rsync daemon listening there?)`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return `failed to connect to ${peer}: the host name cannot be resolved (${error.code})`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `failed to connect to ${peer}: no route to the host (${error.code})`;
    default:
      return `failed to connect to ${peer}: ${systemReason(error)}`;
  }
}

/** A name may have several addresses, of which none could be reached. */
function explainEach(peer: string, errors: readonly NodeJS.ErrnoException[]): string {
  const [first] = errors;
  const places = errors.map((error) => ('address' in error ? String(error.address) : 'an address'));
  if (first !== undefined && errors.every(({ code }) => code === first.code))
    return `${explainConnect(peer, first)}; tried ${places.join(' and ')}`;
  const reasons = errors.map((error, at) => `${places[at]}: ${systemReason(error)}`);
  return `failed to connect to ${peer}: ${reasons.join('; ')}`;
}
