/** A connection to a peer: bytes both ways, nothing else. Implement it to carry the protocol over something new. */
export interface Transport {
  /**
   * The next bytes from the peer, or undefined once it has ended its side. Bytes that arrived before an error are
   * given out before the error is thrown.
   */
  receive(): Promise<Buffer | undefined>;
  /** Sends the chunks in order. Resolves when their memory may be used again; calls may overlap. */
  send(chunks: readonly Buffer[]): Promise<void>;
  /** Ends our side after everything sent so far. The peer may still speak. */
  end(): void;
  /** Drops the connection. A pending `receive` or `send` throws `reason`, or reports the end if there is none. */
  destroy(reason?: Error): void;
  /** Who is at the other end, for messages: `host:port`. */
  readonly peer: string;
}
