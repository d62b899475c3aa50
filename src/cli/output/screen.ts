import { encodeName, type OutputOptions, type TransferOptions } from '../../protocol/index.ts';
import type { CliIo, TextSink } from '../io.ts';
import type { LogFile } from './log-file.ts';
import { escapeText, showsUtf8, type TextStyle } from './text.ts';

export interface ScreenParts {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly style: TextStyle;
  /** Of standard error. */
  readonly errorStyle: TextStyle;
  /** `-q`: nothing but errors. */
  readonly isQuiet: boolean;
  readonly log?: LogFile | undefined;
}

/** The screen that the options ask for. */
export function openScreen(
  { stdout, stderr, environment, isTerminal, isErrorTerminal }: CliIo,
  { quiet, stderr: stderrMode }: TransferOptions = {},
  { eightBitOutput }: OutputOptions = {},
  log?: LogFile,
): Screen {
  const style = { eightBit: eightBitOutput === true, utf8: showsUtf8(environment) };
  return new Screen({
    stdout: stderrMode === 'all' ? stderr : stdout,
    stderr,
    style: { ...style, isTerminal },
    errorStyle: { ...style, isTerminal: isErrorTerminal === true },
    isQuiet: quiet === true,
    log,
  });
}

/** Lines of a command: what it tells on standard output, what went wrong on standard error, and all in the log. */
export class Screen {
  readonly #parts: ScreenParts;
  /** A progress line stands where the next line begins. */
  #isLineOpen = false;

  constructor(parts: ScreenParts) {
    this.#parts = parts;
  }

  /** A line for whoever looks on, not for the log. */
  print(text: string): void {
    const { isQuiet, stdout, style } = this.#parts;
    if (isQuiet) return;
    this.#closeLine();
    stdout.write(encodeName(`${escapeText(text, style)}\n`));
  }

  /** A line for both. */
  printAndLog(text: string): void {
    this.print(text);
    this.#parts.log?.write(text);
  }

  /** A line about what went wrong. */
  error(text: string): void {
    const { stderr, errorStyle, log } = this.#parts;
    this.#closeLine();
    stderr.write(encodeName(`${escapeText(text, errorStyle)}\n`));
    log?.write(text);
  }

  /** A line about what nobody has to know who wants errors only. */
  warn(text: string): void {
    if (!this.#parts.isQuiet) this.error(text);
  }

  /** A line for the log alone. */
  log(text: string): void {
    this.#parts.log?.write(text);
  }

  /** A line that stays open, for the next one to overwrite it; the last one ends it. */
  progress(line: string, place: 'last' | 'open' = 'open'): void {
    const { isQuiet, stdout } = this.#parts;
    if (isQuiet) return;
    stdout.write(encodeName(place === 'last' ? `${line}\n` : line));
    this.#isLineOpen = place === 'open';
  }

  #closeLine(): void {
    if (this.#isLineOpen) this.#parts.stdout.write(encodeName('\n'));
    this.#isLineOpen = false;
  }
}
