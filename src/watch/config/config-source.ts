import { decodeName, encodeName } from '../../protocol/index.ts';
import { ConfigError, type ConfigNote, type ConfigPlace } from './config-error.ts';
import { describeCharacter } from './look-alikes.ts';

/** No real config comes near; what is bigger is some other file. */
export const MAX_CONFIG_BYTES = 1024 * 1024;
const MAX_NOTES = 100;

const START: ConfigPlace = { line: 1, column: 1 };
const BYTE_ORDER_MARK = /^\ufeff/;
/** Forbidden in XML 1.0, and never part of a sensible path. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** The text of one config file: turns offsets into places, makes the errors and gathers the notes. */
export class ConfigSource {
  readonly file: string;
  readonly text: string;
  /** False when some bytes of the file are of another encoding, usually GBK. */
  readonly isUtf8: boolean;
  readonly #notes: ConfigNote[] = [];
  readonly #lineStarts: readonly number[];

  /** Refuses bytes that cannot be the text of a config. */
  constructor(bytes: Buffer, file: string) {
    this.file = file;
    this.text = decodeDocument(bytes, file);
    this.isUtf8 = this.text.isWellFormed();
    this.#lineStarts = lineStartsOf(this.text);
    const control = this.text.search(CONTROL);
    if (control === -1) return;
    throw this.error(
      control,
      `control character ${describeCharacter(this.text, control)}`,
      this.#remedy(bytes),
    );
  }

  #remedy(bytes: Buffer): string {
    const isWide = /^(?:\0[\s<]|[\s<]\0)/.test(bytes.toString('latin1', 0, 2));
    if (isWide) return 'this looks like UTF-16: save the file as UTF-8';
    return /^\s*</.test(this.text) ? 'remove it' : 'this is not a confxml.xml, but a binary file';
  }

  placeOf(offset: number): ConfigPlace {
    const line = this.#lineStarts.findLastIndex((start) => start <= offset);
    const before = this.text.slice(this.#lineStarts[line], offset);
    const length = this.isUtf8 ? [...before].length : encodeName(before).length;
    return { line: line + 1, column: length + 1 };
  }

  lineOf(offset: number): number {
    return this.placeOf(offset).line;
  }

  /** The error at this place, for the caller to throw. */
  error(offset: number, problem: string, remedy?: string): ConfigError {
    const whole = remedy === undefined ? problem : `${problem}; ${remedy}`;
    return new ConfigError(this.file, this.placeOf(offset), whole);
  }

  /** True when further notes would be left out. */
  get isFull(): boolean {
    return this.#notes.length > MAX_NOTES;
  }

  note(offset: number, message: string): void {
    this.#add({ ...this.placeOf(offset), message });
  }

  #add(note: ConfigNote): void {
    if (this.isFull) return;
    const isLast = this.#notes.length === MAX_NOTES;
    this.#notes.push(isLast ? { ...note, message: 'further notes are left out' } : note);
  }

  /** All notes in the order of the file. */
  notes(): ConfigNote[] {
    return this.#notes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /**
   * Runs `read`, which may find the config wrong. Where what it reads is switched off, sersync never looked at it:
   * then the error becomes a note and `fallback` the result.
   */
  whenUsed<T>(isUsed: boolean, read: () => T, fallback: T): T {
    if (isUsed) return read();
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      const { line, column, problem } = thrown;
      this.#add({ line, column, message: `not in use, else an error: ${problem}` });
      return fallback;
    }
  }
}

/**
 * The document's characters. Values are bytes of some encoding that the header usually misnames, so what it declares is
 * not looked at: UTF-8 is text, every other byte is kept as it is (see {@link decodeName}), so that a path comes out as
 * the bytes that are on the disk. Only UTF-16 with its byte order mark is really another encoding.
 */
function decodeDocument(bytes: Buffer, file: string): string {
  if (bytes.length > MAX_CONFIG_BYTES)
    throw new ConfigError(file, START, `bigger than ${MAX_CONFIG_BYTES} bytes; this is not a config file`);
  const wide = wideEncodingOf(bytes);
  if (wide === undefined) return decodeName(bytes).replace(BYTE_ORDER_MARK, '');
  try {
    return new TextDecoder(wide, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(file, START, 'not valid UTF-16; save the file as UTF-8', { cause });
  }
}

function wideEncodingOf(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length);
  return starts;
}
