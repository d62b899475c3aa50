import { closeSync, writeSync } from 'node:fs';
import { encodeName } from '../../protocol/index.ts';
import { openNamedForAppending } from '../../protocol/internal.ts';
import { formatMoment } from './dates.ts';
import { escapeText } from './text.ts';

/** Whatever the locale and `-8` say. */
const STYLE = { eightBit: false, utf8: true, latin: true };

/** How often, and for how long, the reader of a full pipe is waited for. */
const MAX_TRIES = 100;
const PAUSE_MS = 10;

/** The file of `--log-file`: lines with a time and our process id are added at its end. */
export class LogFile {
  readonly #descriptor: number;
  readonly #now: () => Date;
  readonly #processId: number;
  #failure: NodeJS.ErrnoException | undefined;

  /** `trustsLinks` is `--insecure-links`. */
  constructor(file: string, { now, processId }: { now: () => Date; processId: number }, trustsLinks = false) {
    this.#descriptor = openNamedForAppending(file, trustsLinks);
    this.#now = now;
    this.#processId = processId;
  }

  /** Why a line was lost. */
  get failure(): NodeJS.ErrnoException | undefined {
    return this.#failure;
  }

  write(text: string): void {
    const line = `${formatMoment(this.#now())} [${this.#processId}] ${escapeText(text, STYLE)}\n`;
    try {
      this.#append(encodeName(line));
    } catch (thrown) {
      // A log whose disk is full must not end a push; that lines are missing is told at its end.
      this.#failure ??= thrown as NodeJS.ErrnoException;
    }
  }

  /** A pipe takes what it has room for; one that nobody empties must not hold up the push for long. */
  #append(bytes: Uint8Array): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let at = 0, tries = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.#descriptor, bytes, at);
      } catch (thrown) {
        tries += 1;
        if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN' || tries > MAX_TRIES) throw thrown;
        Atomics.wait(pause, 0, 0, PAUSE_MS);
      }
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
