import { Encoder } from '../wire/encoder.ts';
import { encodeFrameHeader, FRAME_HEADER_LENGTH, type FrameCode, frameCodes } from '../wire/frame.ts';
import { Liveness } from './liveness.ts';
import type { Pacer } from './pacer.ts';
import type { Transport } from './transport.ts';

export interface WriterParts {
  /** Nothing is sent faster than it allows; what it holds back is not owed by the peer. */
  readonly pacer?: Pacer | undefined;
  readonly liveness?: Liveness;
}

/** Bytes to gather before they are worth a system call of their own. */
const FULL = 64 * 1024;

/** Slices of at most this many bytes are copied: cheaper than a part of their own, and their memory is free at once. */
export const COPIED_LENGTH = 4 * 1024;

/** An empty data frame: a keep-alive, and the carrier of an acknowledgement. */
const EMPTY_FRAME = Buffer.from([0, 0, 0, 7]);

/**
 * Gathers what we say and sends it, framed from {@link startFrames} on. Records are encoded into {@link encoder};
 * literals travel as slices behind them, without being copied. Nothing leaves before {@link flush}.
 */
export class WireWriter {
  readonly #transport: Transport;
  readonly #pacer: Pacer | undefined;
  /** Encoders whose bytes have been sent. */
  readonly #free: Encoder[] = [];
  /** What is gathered, in order; the encoder's bytes from `#taken` on follow. */
  #parts: Buffer[] = [];
  #taken = 0;
  /** Bytes of the slices among the parts. */
  #sliced = 0;
  #messages = new Encoder();
  #isFramed = false;
  #flushed: Promise<void> = Promise.resolve();
  /** Where records are encoded; ask for it anew after each `flush`. */
  encoder: Encoder = new Encoder(2 * FULL);
  /** Bytes sent so far, frame headers included. */
  sent = 0;
  #flushedData = 0;
  readonly #liveness: Liveness;
  /** Pieces that the transport has not taken yet. */
  #blocked = 0;

  constructor(transport: Transport, { pacer, liveness = new Liveness() }: WriterParts = {}) {
    this.#transport = transport;
    this.#pacer = pacer;
    this.#liveness = liveness;
  }

  /** Enough is gathered: flush before encoding more. */
  get isFull(): boolean {
    return this.#sliced + this.encoder.length >= FULL;
  }

  /** Bytes of data said so far, gathered or sent, without the frames around them. */
  get dataLength(): number {
    return this.#flushedData + this.#sliced + this.encoder.length;
  }

  get isEmpty(): boolean {
    return this.#sliced + this.encoder.length + this.#messages.length === 0;
  }

  /** From here on everything travels in frames. What was gathered before must have been flushed. */
  startFrames(): void {
    this.#isFramed = true;
  }

  /**
   * Sends `bytes` behind what is encoded. If they are more than {@link COPIED_LENGTH}, their memory must stay as it is
   * until the next `flush` has resolved.
   */
  slice(bytes: Buffer): void {
    if (bytes.length <= COPIED_LENGTH) {
      this.encoder.bytes(bytes);
      return;
    }
    this.#takeEncoded();
    this.#parts.push(bytes);
    this.#sliced += bytes.length;
  }

  /** A message frame, in front of the data that is still gathered. */
  message(code: FrameCode, payload: Uint8Array): void {
    encodeFrameHeader(this.#messages, { code, length: payload.length });
    this.#messages.bytes(payload);
  }

  /** Sends everything gathered. Resolves when it is with the operating system and its memory is free again. */
  flush(): Promise<void> {
    if (this.isEmpty) return this.#flushed;
    const chunks = this.#takeChunks();
    const encoder = this.encoder;
    this.encoder = this.#free.pop() ?? new Encoder(2 * FULL);
    const flushed = this.#send(chunks).then(() => {
      encoder.reset();
      this.#free.push(encoder);
    });
    flushed.catch(() => {
      // Whoever awaits the flush hears of it, and so does the reader; nobody has to.
    });
    this.#flushed = flushed;
    return flushed;
  }

  /** An empty data frame, at once. Tells the peer that we are alive and releases what it holds back for our ACK. */
  sendEmptyFrame(): void {
    if (!this.#isFramed) return;
    this.#send([EMPTY_FRAME]).catch(() => {
      // A connection that is broken shows at the next flush or read.
    });
  }

  #takeChunks(): Buffer[] {
    const chunks: Buffer[] = [];
    if (this.#messages.length > 0) {
      chunks.push(this.#messages.view());
      this.#messages = new Encoder();
    }
    const dataLength = this.#sliced + this.encoder.length;
    this.#takeEncoded();
    this.#flushedData += dataLength;
    if (this.#isFramed && dataLength > 0) chunks.push(dataFrameHeader(dataLength));
    chunks.push(...this.#parts);
    this.#parts = [];
    this.#taken = 0;
    this.#sliced = 0;
    return chunks;
  }

  #takeEncoded(): void {
    if (this.encoder.length === this.#taken) return;
    this.#parts.push(this.encoder.view().subarray(this.#taken));
    this.#taken = this.encoder.length;
  }

  #send(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) this.sent += chunk.length;
    if (this.#pacer === undefined) return this.#hand(chunks);
    return this.#pacer.send(chunks, (slice) => this.#hand(slice));
  }

  async #hand(chunks: readonly Buffer[]): Promise<void> {
    this.#liveness.spoke();
    this.#liveness.owes('room');
    this.#blocked += 1;
    await this.#transport.send(chunks);
    this.#blocked -= 1;
    this.#liveness.settled('room');
    if (this.#blocked > 0) this.#liveness.owes('room');
  }
}

function dataFrameHeader(length: number): Buffer {
  const encoder = new Encoder(FRAME_HEADER_LENGTH);
  encodeFrameHeader(encoder, { code: frameCodes.data, length });
  return encoder.view();
}
