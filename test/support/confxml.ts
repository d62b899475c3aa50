import { expect } from 'vitest';
import { ConfigError, parseConfig } from '../../src/watch/index.ts';

/** What a test puts into an otherwise right and quiet config; each begins a line of its own. */
export interface ConfxmlParts {
  /** Line 3 on, in `<head>`. */
  readonly head?: string;
  /** Line 5 when `head` is one line, in `<sersync>`. */
  readonly localpath?: string;
  /** Line 7, in `<rsync>`. */
  readonly rsync?: string;
  /** Line 9, in `<sersync>`. */
  readonly sersync?: string;
}

export function confxml({ head = '', localpath, rsync = '', sersync = '' }: ConfxmlParts): string {
  return [
    '<head version="2.5">',
    '<inotify><closeWrite start="true"/></inotify>',
    head,
    '<sersync>',
    localpath ?? '<localpath watch="/data"><remote ip="10.0.0.1" name="www"/></localpath>',
    '<rsync>',
    rsync,
    '</rsync>',
    sersync,
    '</sersync>',
    '</head>',
  ].join('\n');
}

export function parse(parts: ConfxmlParts) {
  return parseConfig(Buffer.from(confxml(parts)), 'c.xml');
}

/** The notes as `line:column: message`. */
export function notesOf(parts: ConfxmlParts): string[] {
  return parse(parts).notes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** The message of the error that `run` must throw; no other error will do. */
export function configErrorOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError);
    return (thrown as ConfigError).message;
  }
  throw new Error('no error was thrown');
}
