import { AbortedError, TimeLimitError, TimeoutError } from '../errors.ts';
import type { Liveness } from '../stream/liveness.ts';
import type { Transport } from '../stream/transport.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import { MAX_IO_TIMEOUT } from '../wire/limits.ts';

/** Without a timeout a sign of life is sent after so much silence of ours: routers forget idle connections. */
const IDLE_KEEP_ALIVE_MS = 30_000;

const MS_PER_MINUTE = 60_000;
const MAX_TIMER_MS = 0x7fff_ffff;

export interface HeartbeatParts {
  readonly transport: Transport;
  readonly writer: WireWriter;
  readonly liveness: Liveness;
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
 * Carries an acknowledgement whenever we have heard something and have nothing to say: the peer's operating system
 * holds its next small write back until then, and ours delays a bare acknowledgement by 40 ms.
 *
 * Source: docs/protocol chapter 1, section 6.5.
 */
export function acknowledger(writer: WireWriter): (received: number) => void {
  let heard = 0;
  let isDue = false;
  return (received) => {
    if (received === heard || isDue) return;
    heard = received;
    const said = writer.sent;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (writer.sent === said) writer.sendEmptyFrame();
    });
  };
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
  /** Told when the connection is ended, and why. */
  onEnd: (reason: Error) => void = () => {};

  constructor(parts: HeartbeatParts) {
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

  /** What a person takes to answer does not count for the limit of the login, and the peer owes us nothing meanwhile. */
  async withoutLimit<T>(ask: () => T | Promise<T>): Promise<T> {
    const { liveness } = this.#parts;
    const start = performance.now();
    clearTimeout(this.#loginTimer);
    liveness.settled('set-up');
    try {
      return await ask();
    } finally {
      liveness.owes('set-up');
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

  /** The peer announced its own timeout: it counts if it is the shorter one. */
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
    const { transport, writer, liveness } = this.#parts;
    const { silentMs } = liveness;
    if (this.#timeoutMs > 0 && silentMs >= this.#timeoutMs) {
      const seconds = Math.round(silentMs / 1000);
      this.#end(new TimeoutError(`${transport.peer} has been silent for ${seconds} seconds: I/O timeout`));
      return;
    }
    const keepAliveMs = this.#timeoutMs > 0 ? this.#timeoutMs / 2 : IDLE_KEEP_ALIVE_MS;
    if (this.#keepsAlive && liveness.quietMs >= keepAliveMs) writer.sendEmptyFrame();
  }

  #abort(): void {
    this.#end(new AbortedError('the session was aborted', { cause: this.#parts.signal?.reason }));
  }

  #end(reason: Error): void {
    this.#parts.transport.destroy(reason);
    this.onEnd(reason);
  }
}
