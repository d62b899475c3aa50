import { exitCodes, RemoteExitError, StreamError } from '../errors.ts';
import { type IoErrors, ioErrors } from '../file-list/io-errors.ts';
import { decodeName } from '../wire/file-name.ts';
import { type FrameCode, frameCodes } from '../wire/frame.ts';

/** What a peer says about a session besides what its role has to say. */
export interface PeerMessage {
  /** An `error` need not mean that a file did not arrive: the exit code tells that. */
  readonly level: 'error' | 'warning' | 'info';
  /** Without the newline at its end; may hold any characters, to be escaped before it is shown. */
  readonly text: string;
}

export interface MessageHandlers {
  onMessage(message: PeerMessage): void;
  /** A path was deleted at the destination. */
  onDeleted(path: string, isFolder: boolean): void;
  /** An entry is in place at the destination. */
  onSuccess(index: number): void;
  /** The peer gives up when it has heard nothing for so long. */
  onTimeout(seconds: number): void;
  /** The peer has given up and waits for our leave. */
  onExit(): void;
}

const MAX_KEPT_TEXTS = 20;

/**
 * Takes the messages that come between the peer's data.
 *
 * Source: docs/protocol chapter 2, section 2.2; chapter 3, section 13.
 */
export class PeerMessages {
  readonly #handlers: MessageHandlers;
  readonly #errors: IoErrors;
  /** Texts of errors, the first few: when the session fails, they are the reason. */
  readonly errorTexts: string[] = [];

  constructor(handlers: MessageHandlers, errors: IoErrors) {
    this.#handlers = handlers;
    this.#errors = errors;
  }

  handle(code: FrameCode, payload: Buffer): void {
    switch (code) {
      case frameCodes.errorTransfer:
        // Some file or attribute could not be stored. A plain error says no such thing: an unknown name in `--chown`.
        this.#errors.noteFromPeer(ioErrors.general);
        this.#error(textOf(payload));
        return;
      case frameCodes.error:
        this.#error(textOf(payload));
        return;
      case frameCodes.warning:
        this.#handlers.onMessage({ level: 'warning', text: textOf(payload) });
        return;
      case frameCodes.info:
        this.#handlers.onMessage({ level: 'info', text: textOf(payload) });
        return;
      case frameCodes.deleted:
        this.#deleted(payload);
        return;
      case frameCodes.success:
        this.#handlers.onSuccess(numberOf(payload, 'success'));
        return;
      case frameCodes.ioTimeout:
        this.#handlers.onTimeout(numberOf(payload, 'timeout'));
        return;
      case frameCodes.ioError:
        this.#errors.noteFromPeer(numberOf(payload, 'I/O error') & ioErrors.all);
        return;
      case frameCodes.errorExit:
        this.#exit(payload);
        return;
      default:
      // Signs of life, and what concerns receivers only.
    }
  }

  #error(text: string): void {
    if (this.errorTexts.length < MAX_KEPT_TEXTS) this.errorTexts.push(text);
    this.#handlers.onMessage({ level: 'error', text });
  }

  #deleted(payload: Buffer): void {
    const isFolder = payload.at(-1) === 0;
    this.#handlers.onDeleted(decodeName(isFolder ? payload.subarray(0, -1) : payload), isFolder);
  }

  /** An empty one confirms our own leave. */
  #exit(payload: Buffer): void {
    if (payload.length === 0) return;
    const code = numberOf(payload, 'exit code');
    this.#handlers.onExit();
    // Whatever a peer says, a session that it broke off has not succeeded.
    const exitCode = code > 0 && code <= 255 ? code : exitCodes.stream;
    throw new RemoteExitError(this.explain(`the peer ended the session with exit code ${code}`), exitCode);
  }

  /** The peer's own words, if it has said any. */
  explain(otherwise: string): string {
    return this.errorTexts.length > 0 ? this.errorTexts.join('; ') : otherwise;
  }
}

function numberOf(payload: Buffer, what: string): number {
  if (payload.length !== 4)
    throw new StreamError(`message with the ${what}: a length of ${payload.length} is not 4`);
  return payload.readInt32LE();
}

function textOf(payload: Buffer): string {
  // One end of a line: a name that stands last in the text may end with another one.
  return decodeName(payload).replace(/\r?\n$/, '');
}
