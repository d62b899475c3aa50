import { UsageError } from '../../protocol/index.ts';

/**
 * A place in the config file, both counted from 1. A column is one character; where the file is not UTF-8, as in GBK,
 * it is one byte.
 */
export interface ConfigPlace {
  readonly line: number;
  readonly column: number;
}

/** Something in the config that is not wrong enough to refuse the file, but that its author should know. */
export interface ConfigNote extends ConfigPlace {
  readonly message: string;
}

/** The config file cannot be used. The message is one line: `file:line:column: what is wrong; what to do`. */
export class ConfigError extends UsageError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The message without its place. */
  readonly problem: string;

  constructor(file: string, place: ConfigPlace, problem: string, options?: ErrorOptions) {
    super(`${oneLine(file)}:${place.line}:${place.column}: ${oneLine(problem)}`, options);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
    this.problem = oneLine(problem);
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
