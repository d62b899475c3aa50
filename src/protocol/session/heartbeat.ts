import { AbortedError, TimeLimitError, TimeoutError } from '../errors.ts';
import type { Transport } from '../stream/transport.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import { MAX_IO_TIMEOUT } from '../wire/limits.ts';

/** Without a timeout a sign of life is sent after so much silence of ours: routers forget idle connections. */
const IDLE_KEEP_ALIVE_MS = 30_000;

const MS_PER_MINUTE = 60_000;
const MAX_TIMER_MS = 0x7fff_ffff;

export interface HeartbeatParts {
  readonly transport: Transport;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  /** 0 waits for ever. */
  readonly timeoutSeconds: number;
  /** The connection ends after so many minutes, whatever goes on. */
  readonly stopAfterMinutes?: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface LoginLimit {
  readonly seconds: number;
  /** In ms of the monotonic clock. */
  readonly dueAt: number;
}

/**
 * Watches the clock of one connection: ends it when the peer has owed us an answer for too long or the caller aborts,
 * and speaks up when we have been silent ourselves.
 *
 * Source: docs/protocol chapter 1, section 6.3; chapter 3, section 12.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;
  readonly #limit: NodeJS.Timeout | undefined;
  #loginTimer: NodeJS.Timeout | undefined;
  /** Undefined where there is none, or no longer. */
  #login: LoginLimit | undefined;
  #timeoutMs: number;
  #keepsAlive = false;
  /**
   * Since when the peer owes us something, in ms of the monotonic clock; undefined while it does not. A server that
   * waits for our list says nothing, for as long as that takes.
   */
  owedSince: () => number | undefined;
  /** Told when the connection is ended, and why. */
  onEnd: (reason: Error) => void = () => {};

  constructor(parts: HeartbeatParts) {
    const start = performance.now();
    this.owedSince = () => start;
    this.#parts = parts;
    this.#timeoutMs = parts.timeoutSeconds * 1000;
    this.#onAbort = () => this.#abort();
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (parts.signal?.aborted) this.#abort();
    this.#limit = this.#stopAfter(parts.stopAfterMinutes);
    this.#start();
  }

  /**
   * Proxy, login and set-up must be over within so many seconds from now, however often the peer says something: until
   * {@link endLogin}. 0 is for ever.
   */
  limitLogin(seconds: number): void {
    if (seconds <= 0 || seconds * 1000 > MAX_TIMER_MS) return;
    this.#startLogin({ seconds, dueAt: performance.now() + seconds * 1000 });
  }

  /** The set-up is over. */
  endLogin(): void {
    clearTimeout(this.#loginTimer);
    this.#login = undefined;
  }

  /** What a person takes to answer does not count for the limit of the login. */
  async withoutLimit<T>(ask: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    clearTimeout(this.#loginTimer);
    try {
      return await ask();
    } finally {
      const login = this.#login;
      if (login !== undefined) this.#startLogin({ ...login, dueAt: login.dueAt + performance.now() - start });
    }
  }

  #startLogin(login: LoginLimit): void {
    this.#login = login;
    const { transport } = this.#parts;
    const fail = () => {
      if (this.#login !== login) return;
      transport.destroy(
        new TimeoutError(`${transport.peer} has not finished the login within ${login.seconds} seconds`),
      );
    };
    // What has arrived while we were busy ourselves is looked at first.
    this.#loginTimer = setTimeout(() => setImmediate(fail), login.dueAt - performance.now());
  }

  /** From here on empty frames may be sent. */
  keepAlive(): void {
    this.#keepsAlive = true;
  }

  /** The server announced its own timeout: it counts if it is the shorter one. */
  adoptTimeout(seconds: number): void {
    if (seconds <= 0 || seconds > MAX_IO_TIMEOUT) return;
    if (this.#timeoutMs > 0 && this.#timeoutMs <= seconds * 1000) return;
    this.#timeoutMs = seconds * 1000;
    this.#start();
  }

  stop(): void {
    this.endLogin();
    clearInterval(this.#timer);
    clearTimeout(this.#limit);
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
  }

  /** A limit beyond what timers can hold is none: it is three weeks. */
  #stopAfter(minutes = Infinity): NodeJS.Timeout | undefined {
    const limitMs = minutes * MS_PER_MINUTE;
    if (limitMs > MAX_TIMER_MS) return undefined;
    const reason = new TimeLimitError(`the limit of --stop-after=${minutes} minutes is reached`);
    return setTimeout(() => this.#end(reason), limitMs);
  }

  #start(): void {
    clearInterval(this.#timer);
    const interval = this.#timeoutMs > 0 ? this.#timeoutMs / 4 : IDLE_KEEP_ALIVE_MS / 2;
    this.#timer = setInterval(() => this.#beat(), interval);
  }

  #beat(): void {
    const { transport, reader, writer } = this.#parts;
    const now = performance.now();
    const owedSince = this.owedSince() ?? now;
    const silentMs = now - Math.max(reader.heardAt, owedSince);
    if (this.#timeoutMs > 0 && silentMs >= this.#timeoutMs) {
      const seconds = Math.round(silentMs / 1000);
      this.#end(new TimeoutError(`${transport.peer} has been silent for ${seconds} seconds: I/O timeout`));
      return;
    }
    const keepAliveMs = this.#timeoutMs > 0 ? this.#timeoutMs / 2 : IDLE_KEEP_ALIVE_MS;
    if (this.#keepsAlive && now - writer.spokeAt >= keepAliveMs) writer.sendEmptyFrame();
  }

  #abort(): void {
    this.#end(new AbortedError('the session was aborted', { cause: this.#parts.signal?.reason }));
  }

  #end(reason: Error): void {
    this.#parts.transport.destroy(reason);
    this.onEnd(reason);
  }
}
