import { createServer, type Server, type Socket } from 'node:net';
import { int32 } from './frames.ts';

/** A server of which every byte is written by the test, on a free port of loopback. */
export class HostileServer implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** Everybody who has connected, in order. */
  readonly peers: Peer[];
  readonly #server: Server;

  constructor(server: Server, port: number, peers: Peer[]) {
    this.#server = server;
    this.port = port;
    this.peers = peers;
  }

  /** What a push is told to reach it. */
  get target() {
    return { kind: 'daemon', host: this.host, port: this.port, module: 'inbox', path: '' } as const;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Starts a server that does with each connection what `serve` says. */
export async function startHostileServer(serve: (peer: Peer) => unknown): Promise<HostileServer> {
  const peers: Peer[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    // A peer that went away in the middle is what such a server must expect.
    void (async () => serve(peer))().catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return new HostileServer(server, address.port, peers);
}

/** The client, as the server sees it. */
export class Peer {
  readonly socket: Socket;
  readonly #closed: Promise<void>;
  #chunks: Buffer[] = [];
  #wake = Promise.withResolvers<void>();
  /** How much of what was heard has been taken by {@link until} and {@link take}. */
  #taken = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#wake.resolve());
  }

  /** All that the client has said. */
  heard(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  say(...what: ReadonlyArray<Buffer | string>): void {
    this.socket.write(Buffer.concat(what.map((one) => (typeof one === 'string' ? Buffer.from(one) : one))));
  }

  /** Waits for these bytes behind what was taken before, and takes everything up to their end. */
  async until(mark: Buffer | string): Promise<Buffer> {
    for (;;) {
      const heard = this.heard();
      const at = heard.indexOf(mark, this.#taken);
      if (at >= 0) return this.#take(at + Buffer.from(mark).length);
      await this.#more();
    }
  }

  /** The next so many bytes. */
  async take(length: number): Promise<Buffer> {
    await this.arrived(length);
    return this.#take(this.#taken + length);
  }

  /** Waits until so many bytes are there that have not been taken. */
  async arrived(length: number): Promise<void> {
    while (this.rest().length < length) await this.#more();
  }

  /** What has been heard and not been taken. */
  rest(): Buffer {
    return this.heard().subarray(this.#taken);
  }

  /** Resolves when the connection is closed, from whichever side. */
  closed(): Promise<void> {
    return this.#closed;
  }

  #take(end: number): Buffer {
    const taken = this.heard().subarray(this.#taken, end);
    this.#taken = end;
    return taken;
  }

  async #more(): Promise<void> {
    if (this.socket.destroyed || this.socket.readableEnded) throw new Error('the client has gone');
    await this.#wake.promise;
  }
}

export const SEED = int32(123_456);

/**
 * Takes the client through login and set-up of protocol 31 without negotiation: `flags` are the compat flags, MD5 is
 * the checksum. What the client says from here on is in frames.
 */
export async function letIn(peer: Peer, flags: number | readonly number[] = 0x3e): Promise<void> {
  peer.say('@RSYNCD: 31.0\n');
  await peer.until('inbox\n');
  peer.say('@RSYNCD: OK\n');
  await peer.until('\0\0');
  peer.say(Buffer.of(...[flags].flat()), SEED);
}

/** Says the same again and again until the client goes, or has taken `most` bytes; returns how much it has taken. */
export async function flood({ socket }: Peer, chunk: Buffer, most: number): Promise<number> {
  const start = socket.bytesWritten;
  while (!socket.destroyed && socket.bytesWritten - start < most) {
    if (socket.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
  }
  return socket.bytesWritten - start - socket.writableLength;
}
