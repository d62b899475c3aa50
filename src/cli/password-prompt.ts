import type { ReadStream, WriteStream } from 'node:tty';
import { AbortedError } from '../protocol/index.ts';

const ENTER = new Set(['\r', '\n']);
const ERASE = new Set(['\u007f', '\b']);
const END_OF_INPUT = '\u0004';
const INTERRUPT = '\u0003';

export interface Terminal {
  readonly input: Pick<ReadStream, 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'>;
  readonly output: Pick<WriteStream, 'write'>;
}

/** Asks for a password without showing what is typed. */
export async function askPassword({ input, output }: Terminal, signal: AbortSignal): Promise<string> {
  output.write('Password: ');
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.resume();
  const answer = Promise.withResolvers<string>();
  const interrupt = () =>
    answer.reject(new AbortedError('interrupted at the password', { cause: signal.reason }));
  let typed: string[] = [];
  const onData = (text: string): void => {
    for (const key of text) {
      if (key === INTERRUPT) interrupt();
      else if (ENTER.has(key) || key === END_OF_INPUT) answer.resolve(typed.join(''));
      else typed = ERASE.has(key) ? typed.slice(0, -1) : [...typed, key];
    }
  };
  input.on('data', onData);
  signal.addEventListener('abort', interrupt);
  try {
    return await answer.promise;
  } finally {
    signal.removeEventListener('abort', interrupt);
    input.off('data', onData);
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}
