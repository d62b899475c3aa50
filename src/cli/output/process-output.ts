import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { TextSink } from '../io.ts';

/** Standard output or standard error of this process. It remembers whether all that was written to it arrived. */
export interface ProcessOutput extends TextSink {
  /** Resolves when everything is written: why something was lost, if it was. */
  settled(): Promise<NodeJS.ErrnoException | undefined>;
}

/** A file is written at once; everything else as Node.js does it. */
export function processOutput(stream: NodeJS.WriteStream & { readonly fd: number }): ProcessOutput {
  return isFile(stream.fd) ? new FileOutput(stream.fd) : new StreamOutput(stream);
}

function isFile(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(descriptor));
}

/** A stream of Node.js gives a file up for good at the first error; a disk that was full may have room again. */
export class FileOutput implements ProcessOutput {
  readonly #descriptor: number;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    } catch (thrown) {
      this.#failure ??= thrown as NodeJS.ErrnoException;
    }
  }

  settled(): Promise<NodeJS.ErrnoException | undefined> {
    return Promise.resolve(this.#failure);
  }
}

/** A pipe, a socket or a terminal. */
export class StreamOutput implements ProcessOutput {
  readonly #stream: NodeJS.WritableStream;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that has gone wanted no more: rsync goes on silently, too.
      if (error.code !== 'EPIPE') this.#failure ??= error;
    });
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  async settled(): Promise<NodeJS.ErrnoException | undefined> {
    await new Promise((done) => this.#stream.write('', done));
    return this.#failure;
  }
}
