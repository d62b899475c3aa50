/** rsync's own exit codes, by the name we give their cause. */
export const exitCodes = {
  ok: 0,
  usage: 1,
  protocol: 2,
  fileSelection: 3,
  unsupported: 4,
  startup: 5,
  socket: 10,
  fileIo: 11,
  stream: 12,
  diagnostics: 13,
  interrupted: 20,
  partial: 23,
  vanished: 24,
  deleteLimit: 25,
  timeout: 30,
  connectTimeout: 35,
} as const;

/**
 * What ended a whole session or kept it from starting. `exitCode` is the one rsync would end with, `code` is a
 * stable name for programs. What a single file did wrong is a {@link Problem} instead.
 */
export abstract class RsyncError extends Error {
  abstract readonly code: string;
  abstract readonly exitCode: number;
  /**
   * True when the same call may well succeed later: nothing listens, all slots taken, a transfer that broke off. False
   * for a server that ends the connection before a transfer has begun: it may not like what we say, and says the same
   * to the same call. A loop over what is transient should still have an end, or wait longer each time.
   */
  readonly isTransient: boolean = false;

  override get name(): string {
    return this.constructor.name;
  }
}

/** The caller asked for something that makes no sense: an unknown option, a bad value, a missing operand. */
export class UsageError extends RsyncError {
  readonly code = 'ERR_RSYNC_USAGE';
  readonly exitCode = exitCodes.usage;
}

/** What was named as source or destination cannot be one: a daemon's module without a name. */
export class TargetError extends RsyncError {
  readonly code = 'ERR_RSYNC_TARGET';
  readonly exitCode = exitCodes.startup;
}

/** The folder that everything is relative to cannot be entered. */
export class SelectionError extends RsyncError {
  readonly code = 'ERR_RSYNC_SELECTION';
  readonly exitCode = exitCodes.fileSelection;
}

/** The request is sensible, but this program (or the server) does not do it. */
export class UnsupportedError extends RsyncError {
  readonly code = 'ERR_RSYNC_UNSUPPORTED';
  readonly exitCode = exitCodes.unsupported;
}

/** The peer speaks a version of the protocol that we do not, or sent a value outside its bounds. */
export class ProtocolError extends RsyncError {
  readonly code = 'ERR_RSYNC_PROTOCOL';
  readonly exitCode = exitCodes.protocol;
}

/** The stream itself is broken: bytes that cannot be cut into frames, integers or lines. */
export class StreamError extends RsyncError {
  readonly code = 'ERR_RSYNC_STREAM';
  readonly exitCode = exitCodes.stream;
}

/** The peer closed the connection before the session was over. */
export class ConnectionClosedError extends RsyncError {
  readonly code = 'ERR_RSYNC_CLOSED';
  readonly exitCode = exitCodes.stream;
  override readonly isTransient = true;
}

/** The connection could not be made, or the operating system reported an error on it. */
export class ConnectionError extends RsyncError {
  readonly code: string = 'ERR_RSYNC_CONNECTION';
  readonly exitCode: number = exitCodes.socket;
  override readonly isTransient = true;
}

/** The program of `RSYNC_CONNECT_PROG` could not be started, or ended with an error. */
export class ConnectProgramError extends ConnectionError {
  override readonly code = 'ERR_RSYNC_CONNECT_PROGRAM';
  override readonly exitCode = exitCodes.stream;
}

/** No answer within the time that was allowed for connecting. */
export class ConnectTimeoutError extends RsyncError {
  readonly code = 'ERR_RSYNC_CONNECT_TIMEOUT';
  readonly exitCode = exitCodes.connectTimeout;
  override readonly isTransient = true;
}

/** The peer was silent for longer than the I/O timeout. */
export class TimeoutError extends RsyncError {
  readonly code = 'ERR_RSYNC_TIMEOUT';
  readonly exitCode = exitCodes.timeout;
  override readonly isTransient = true;
}

/** The time of `--stop-after` is over. */
export class TimeLimitError extends TimeoutError {}

/**
 * The server ended the connection after the login, before the transfer began: often it does not take our arguments.
 * So this is not transient.
 */
export class SetUpError extends RsyncError {
  readonly code = 'ERR_RSYNC_SET_UP';
  readonly exitCode = exitCodes.stream;
}

/**
 * The caller's `AbortSignal` ended the session. `cause` is the signal's reason: with `AbortSignal.timeout()` a
 * `DOMException` whose name is `TimeoutError`.
 */
export class AbortedError extends RsyncError {
  readonly code = 'ERR_RSYNC_ABORTED';
  readonly exitCode = exitCodes.interrupted;
}

/** A file that the whole run depends on could not be read or written on our side. */
export class FileError extends RsyncError {
  readonly code = 'ERR_RSYNC_FILE';
  readonly exitCode = exitCodes.fileIo;
}

/** The file for a daemon's `early exec` cannot be read, or is too long for a daemon. */
export class EarlyInputError extends RsyncError {
  readonly code = 'ERR_RSYNC_EARLY_INPUT';
  readonly exitCode = exitCodes.startup;
}

/** The daemon answered the login with an `@ERROR` line that has no class of its own. */
export class DaemonError extends RsyncError {
  readonly code: string = 'ERR_RSYNC_DAEMON';
  readonly exitCode = exitCodes.startup;
  /** The daemon's own words behind `@ERROR: `, if it has refused us with some. */
  readonly said: string | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly said?: string }) {
    super(message, options);
    this.said = options?.said;
  }
}

/** The daemon has no module of that name, or hides it from this host. */
export class UnknownModuleError extends DaemonError {
  override readonly code = 'ERR_RSYNC_UNKNOWN_MODULE';
}

/** The module is not open to this host (`hosts allow`, `hosts deny`). */
export class AccessDeniedError extends DaemonError {
  override readonly code = 'ERR_RSYNC_ACCESS_DENIED';
}

/** User, password or secrets file did not satisfy the daemon. */
export class AuthenticationError extends DaemonError {
  override readonly code = 'ERR_RSYNC_AUTHENTICATION';
}

/** The module's `max connections` are all in use. */
export class TooManyConnectionsError extends DaemonError {
  override readonly code = 'ERR_RSYNC_TOO_MANY_CONNECTIONS';
  override readonly isTransient = true;
}

/** The server ended the session itself and said with which exit code. */
export class RemoteExitError extends RsyncError {
  readonly code = 'ERR_RSYNC_REMOTE_EXIT';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What went wrong with one file while the session went on. */
export interface Problem {
  /** Path of the file as it stands in the file list, or as the user named it. */
  readonly path: string;
  /** What was being done, as the system call: `open`, `read`, `lstat`, `readdir`; `stat` is following a symlink, `unlink` removing what has arrived, `rules` looking for a rule file. */
  readonly doing: string;
  /** The cause: usually a Node system error with `code` and `syscall`. */
  readonly cause: Error;
  /**
   * - `vanished`: it disappeared between listing and reading; a warning (exit 24), not an error (exit 23);
   * - `missing-source`: the user named it, but it is not there; nothing that exists was left out;
   * - `skipped`: it was not asked for, such as a folder without `--recursive`; no error at all;
   * - `failed`: something that exists was left out or not sent.
   */
  readonly kind: 'vanished' | 'missing-source' | 'skipped' | 'failed';
}

/** The exit code that rsync gives a session which went to its end: 23 beats 24 beats 25 beats 0. */
export function exitCodeOf(outcome: {
  hasErrors: boolean;
  hasVanished: boolean;
  hitDeleteLimit?: boolean;
}): number {
  if (typeof outcome !== 'object' || outcome === null) throw new UsageError('outcome: not an object');
  if (outcome.hasErrors) return exitCodes.partial;
  if (outcome.hasVanished) return exitCodes.vanished;
  return outcome.hitDeleteLimit === true ? exitCodes.deleteLimit : exitCodes.ok;
}
