import type { Encoder } from '../wire/encoder.ts';
import { MAX_LITERAL_LENGTH } from '../wire/limits.ts';

/** Takes a new file as a sequence of literal bytes and blocks of the basis, in order. */
export interface TokenSink {
  /** New bytes, any number of them; they must stay as they are until the output has been flushed. */
  literal(bytes: Buffer): void;
  /** A block of the basis; `bytes` are its content. */
  match(block: number, bytes: Buffer): void;
}

/** Encodes the tokens of one file after the other. */
export interface TokenWriter extends TokenSink {
  /** Begins a file. Where literals are packed, one that is not worth it is sent nearly as it is. */
  startFile(isWorthPacking: boolean): void;
  /** Ends the file. */
  end(): void;
}

/** Where encoded tokens go: records are encoded, literals pass as they are. */
export interface TokenOutput {
  readonly encoder: Encoder;
  slice(bytes: Buffer): void;
}

/**
 * Tokens without compression:
 *
 *   int32 t > 0, t bytes    literal
 *   int32 t < 0             block -1 - t
 *   int32 0                 end of file
 *
 * Source: docs/protocol chapter 3, sections 5.4 and 7.1.
 */
export class PlainTokens implements TokenWriter {
  readonly #output: TokenOutput;

  constructor(output: TokenOutput) {
    this.#output = output;
  }

  startFile(): void {
    // Nothing is packed anyway.
  }

  literal(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; from += MAX_LITERAL_LENGTH) {
      const piece = bytes.subarray(from, from + MAX_LITERAL_LENGTH);
      this.#output.encoder.int32(piece.length);
      this.#output.slice(piece);
    }
  }

  match(block: number): void {
    this.#output.encoder.int32(-1 - block);
  }

  end(): void {
    this.#output.encoder.int32(0);
  }
}
