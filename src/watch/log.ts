/** Where the replicator tells what it does. A pino logger fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What one session has done. */
export interface BatchReport {
  /** `user@host::module/path`. */
  readonly remote: string;
  /** Changes that events have told of, or the whole tree. */
  readonly kind: 'changes' | 'all';
  /** Files and folders that were sent, or changed at the remote. */
  readonly changed: number;
  readonly deleted: number;
  /** On the wire. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Duration of the session. */
  readonly ms: number;
  /** From the first sign of the oldest change to the end of the session. */
  readonly latencyMs: number;
  /** The paths that it was about; a folder may stand for everything in it. */
  readonly paths: readonly string[];
}
