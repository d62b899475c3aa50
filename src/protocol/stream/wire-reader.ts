import { ConnectionClosedError, StreamError } from '../errors.ts';
import { Cursor, type Decoder, NEED_MORE } from '../wire/cursor.ts';
import {
  decodeFrameHeader,
  FRAME_HEADER_LENGTH,
  type FrameCode,
  type FrameHeader,
  frameCodes,
} from '../wire/frame.ts';
import { Liveness } from './liveness.ts';
import type { Transport } from './transport.ts';

/** Called for every message between data frames, in the order of arrival. What it throws ends the reading. */
export type MessageHandler = (code: FrameCode, payload: Buffer) => void;

export interface ReaderParts {
  readonly liveness?: Liveness;
  /**
   * Called before each wait for the peer, with the bytes received so far: whoever owes it bytes sends them, or both
   * sides sleep.
   */
  readonly beforeWaiting?: (received: number) => void;
}

const NOTHING = Buffer.alloc(0);

/** Bytes allocated at first for an announced length. */
const FIRST_READ = 1024 * 1024;

/**
 * The one place that waits for bytes: decoders are synchronous, this class supplies what they need. It starts
 * unframed, as the login does; {@link startFrames} switches to frames, and from then on a decoder sees the joined
 * payloads of data frames only.
 */
export class WireReader {
  readonly #transport: Transport;
  /** Bytes as they came, when framed. */
  readonly #raw = new Cursor(NOTHING);
  readonly #data = new Cursor(NOTHING);
  #frameLeft = 0;
  #onMessage: MessageHandler | undefined;
  readonly #liveness: Liveness;
  readonly #beforeWaiting: ((received: number) => void) | undefined;
  /** Bytes received so far, frame headers included. */
  received = 0;

  constructor(transport: Transport, { liveness = new Liveness(), beforeWaiting }: ReaderParts = {}) {
    this.#transport = transport;
    this.#liveness = liveness;
    this.#beforeWaiting = beforeWaiting;
  }

  async read<T>(decode: Decoder<T>): Promise<T> {
    for (;;) {
      const start = this.#data.offset;
      try {
        return decode(this.#data);
      } catch (thrown) {
        if (thrown !== NEED_MORE) throw thrown;
        this.#data.offset = start;
      }
      await this.#fill();
    }
  }

  /**
   * Exactly `length` bytes, in memory of their own: for what is too long to wait in one piece. The memory grows with
   * what arrives, for a length is quickly said.
   */
  async readBytes(length: number): Promise<Buffer> {
    let bytes: Buffer = Buffer.allocUnsafeSlow(Math.min(length, FIRST_READ));
    for (let filled = 0; filled < length; ) {
      if (this.#data.remaining === 0) await this.#fill();
      const some = this.#data.bytes(Math.min(this.#data.remaining, length - filled));
      if (filled + some.length > bytes.length) bytes = grown(bytes, filled, filled + some.length, length);
      filled += some.copy(bytes, filled);
    }
    return bytes;
  }

  /** Reads and drops so many bytes. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.#data.remaining === 0) await this.#fill();
      left -= this.#data.bytes(Math.min(this.#data.remaining, left)).length;
    }
  }

  /** From here on the peer sends frames. */
  startFrames(onMessage: MessageHandler): void {
    this.#onMessage = onMessage;
    const early = this.#data.takeRest();
    if (early.length > 0) this.#demultiplex(early);
  }

  /** Reads and drops until the peer ends its side; messages are still reported. */
  async drain(): Promise<void> {
    while (await this.#receive()) this.#data.takeRest();
  }

  async #fill(): Promise<void> {
    this.#beforeWaiting?.(this.received);
    if (await this.#receive()) return;
    throw new ConnectionClosedError(
      `${this.#transport.peer} closed the connection in the middle of the session (${this.received} bytes received so far)`,
    );
  }

  /** One chunk more; false at the end of the stream. */
  async #receive(): Promise<boolean> {
    const chunk = await this.#transport.receive();
    if (chunk === undefined) return false;
    this.received += chunk.length;
    this.#liveness.heard();
    if (this.#onMessage === undefined) this.#data.append([chunk]);
    else this.#demultiplex(chunk);
    return true;
  }

  #demultiplex(chunk: Buffer): void {
    this.#raw.append([chunk]);
    const payloads: Buffer[] = [];
    try {
      while (this.#takeFrame(payloads));
    } finally {
      this.#data.append(payloads);
    }
  }

  /** Takes one frame, or as much of a data frame as is there; false when short of bytes. */
  #takeFrame(payloads: Buffer[]): boolean {
    if (this.#frameLeft > 0) {
      const some = this.#raw.bytes(Math.min(this.#frameLeft, this.#raw.remaining));
      this.#frameLeft -= some.length;
      payloads.push(some);
      return this.#frameLeft === 0;
    }
    if (this.#raw.remaining < FRAME_HEADER_LENGTH) return false;
    const start = this.#raw.offset;
    const header = decodeFrameHeader(this.#raw);
    if (header.code === frameCodes.data) {
      this.#frameLeft = header.length;
      return true;
    }
    if (this.#raw.remaining < header.length) {
      this.#raw.offset = start;
      return false;
    }
    this.#report(header);
    return true;
  }

  #report(header: FrameHeader): void {
    const payload = this.#raw.bytes(header.length);
    if (this.#onMessage === undefined) throw new StreamError('a message before framing began');
    this.#onMessage(header.code, payload);
  }
}

/** Twice the memory, at least for `needed` bytes and at most for `most`, with what has been filled. */
function grown(bytes: Buffer, filled: number, needed: number, most: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, 2 * bytes.length)));
  bytes.copy(larger, 0, 0, filled);
  return larger;
}
