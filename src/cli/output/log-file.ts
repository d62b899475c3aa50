import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeName, systemPath } from '../../protocol/index.ts';
import { formatMoment } from './dates.ts';
import { escapeText } from './text.ts';

/** Whatever the locale and `-8` say. */
const STYLE = { eightBit: false, utf8: true, latin: true };

/** The file of `--log-file`: lines with a time and our process id are added at its end. */
export class LogFile {
  readonly #descriptor: number;
  readonly #now: () => Date;
  readonly #processId: number;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(file: string, { now, processId }: { now: () => Date; processId: number }) {
    this.#descriptor = openSync(systemPath(file), 'a', 0o644);
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
      writeSync(this.#descriptor, encodeName(line));
    } catch (thrown) {
      // A log whose disk is full must not end a push; that lines are missing is told at its end.
      this.#failure ??= thrown as NodeJS.ErrnoException;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
