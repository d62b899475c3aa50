import {
  AbortedError,
  ConnectionClosedError,
  ConnectionError,
  exitCodes,
  RemoteExitError,
} from '../errors.ts';
import { IoErrors } from '../file-list/io-errors.ts';
import { decodeChecksumSeed } from '../handshake/set-up.ts';
import type { Liveness } from '../stream/liveness.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Terms } from '../terms.ts';
import { frameCodes } from '../wire/frame.ts';
import { type Connection, setUpFailure } from './connection.ts';
import { type MessageHandlers, PeerMessages } from './messages.ts';

/** How long a peer whose connection broke may take to hand over what it said before. */
const LAST_WORDS_MS = 1000;

/** The loop of a role that reads: what it reads waits in it for the loop that writes. */
export interface Inbox {
  /** Reads until the stream ends, or cannot be understood: then it fails. Never rejects. */
  read(reader: WireReader): Promise<void>;
  fail(error: unknown): void;
  /** Nobody will take anything any more; what still comes is dropped, so that messages behind it are heard. */
  abandon(): void;
  /** Why nothing more will come, once that is so. */
  readonly failure: unknown;
}

export interface PeerParts {
  readonly connection: Connection;
  readonly terms: Terms;
  readonly inbox: Inbox;
  readonly handlers: Pick<MessageHandlers, 'onMessage' | 'onDeleted' | 'onSuccess'>;
}

/**
 * Whoever is at the other end of a session, from the set-up on: says whether it is alive, hears its messages, and knows
 * why it has gone. What is sent and read is the business of roles, of whichever side.
 */
export class Peer {
  readonly terms: Terms;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  readonly liveness: Liveness;
  /** What has gone wrong with files, on both sides. */
  readonly errors = new IoErrors();
  readonly messages: PeerMessages;
  /** The number that salts sums, which ends the set-up. A failure reaches whoever waits for it; it may be nobody. */
  readonly seed: Promise<number>;
  readonly #connection: Connection;
  readonly #inbox: Inbox;
  readonly #seed = Promise.withResolvers<number>();
  readonly #reading: Promise<void>;
  /** Ends the work on local files, which may be long. */
  readonly #over = new AbortController();
  #isClosed = false;

  /** The set-up has gone as far as the names of algorithms; the seed is still to come. */
  constructor({ connection, terms, inbox, handlers }: PeerParts) {
    this.terms = terms;
    this.reader = connection.reader;
    this.writer = connection.writer;
    this.liveness = connection.liveness;
    this.#connection = connection;
    this.#inbox = inbox;
    this.messages = new PeerMessages(
      {
        ...handlers,
        onTimeout: (seconds) => connection.heartbeat.adoptTimeout(seconds),
        onExit: () => this.#confirmExit(),
      },
      this.errors,
    );
    if (terms.protocol >= 30) connection.heartbeat.keepAlive();
    this.seed = this.#seed.promise;
    this.seed.catch(() => {});
    this.#reading = this.#read();
    connection.heartbeat.onEnd = (reason) => this.#over.abort(reason);
  }

  /** As far as we know it still listens. */
  get isThere(): boolean {
    return !this.#isClosed && this.#inbox.failure === undefined;
  }

  /** Aborts when the session is over, with the reason. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Ends the session at once. Safe to call at any time, and twice. */
  close(): void {
    this.#isClosed = true;
    this.#over.abort(new AbortedError('the session was closed'));
    this.#inbox.abandon();
    this.#connection.heartbeat.stop();
    this.#connection.transport.destroy();
  }

  /** What really ended the session: a broken connection is often the echo of something that the peer has said. */
  async reasonFor(thrown: unknown): Promise<unknown> {
    const { transport } = this.#connection;
    if (!isBrokenLine(thrown)) return thrown;
    const lastWords = setTimeout(() => transport.destroy(), LAST_WORDS_MS);
    this.#inbox.abandon();
    await this.#reading;
    clearTimeout(lastWords);
    if (!isBrokenLine(this.#inbox.failure)) return this.#inbox.failure;
    if (this.messages.errorTexts.length > 0) {
      return new RemoteExitError(this.messages.explain(''), exitCodes.stream, { cause: thrown });
    }
    return thrown;
  }

  async #read(): Promise<void> {
    const { reader, heartbeat, transport, liveness } = this.#connection;
    try {
      const seed = await reader.read(decodeChecksumSeed);
      reader.startFrames((code, payload) => this.messages.handle(code, payload));
      liveness.settled('set-up');
      heartbeat.endLogin();
      this.#seed.resolve(seed);
    } catch (cause) {
      const thrown = this.#isClosed ? cause : setUpFailure(cause, transport.peer);
      this.#seed.reject(thrown);
      this.#inbox.fail(thrown);
      return;
    }
    await this.#inbox.read(reader);
    if (!isBrokenLine(this.#inbox.failure)) await this.#hangUp();
  }

  /** Nothing that we still say counts any more: the peer has given up, or cannot be understood. */
  async #hangUp(): Promise<void> {
    const { transport, writer } = this.#connection;
    const patience = setTimeout(() => transport.destroy(), LAST_WORDS_MS);
    await writer.flush().catch(() => {
      // The line is broken already.
    });
    clearTimeout(patience);
    transport.destroy();
  }

  #confirmExit(): void {
    if (this.terms.protocol < 31) return;
    this.writer.message(frameCodes.errorExit, new Uint8Array());
    void this.writer.flush();
  }
}

function isBrokenLine(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof ConnectionClosedError;
}
