import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeName, systemPath } from '../../protocol/index.ts';
import { formatMoment } from './dates.ts';
import { escapeText } from './text.ts';

/** Bytes above 127 stand in a log as they are. */
const STYLE = { eightBit: true, utf8: true };

/** The file of `--log-file`: lines with a time and our process id are added at its end. */
export class LogFile {
  readonly #descriptor: number;
  readonly #now: () => Date;
  readonly #processId: number;

  constructor(file: string, { now, processId }: { now: () => Date; processId: number }) {
    this.#descriptor = openSync(systemPath(file), 'a', 0o644);
    this.#now = now;
    this.#processId = processId;
  }

  write(text: string): void {
    const line = `${formatMoment(this.#now())} [${this.#processId}] ${escapeText(text, STYLE)}\n`;
    try {
      writeSync(this.#descriptor, encodeName(line));
    } catch {
      // A log whose disk is full must not end a push.
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
