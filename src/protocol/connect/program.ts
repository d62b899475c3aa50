import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { AbortedError, ConnectProgramError, UsageError } from '../errors.ts';
import { systemReason } from '../named-files/named-file-error.ts';
import { ChunkQueue } from '../stream/chunk-queue.ts';
import type { Transport } from '../stream/transport.ts';
import { commandWords } from './command-words.ts';

export interface ProgramOptions {
  /** The command, as `RSYNC_CONNECT_PROG` has it. */
  readonly command: string;
  readonly host: string;
  readonly signal?: AbortSignal | undefined;
}

type Program = ChildProcessByStdio<Writable, Readable, null>;

/** Bytes that may wait to be read before the program is made to wait. */
const HIGH_WATER = 1024 * 1024;

/** How long a program may live on once its output has ended, and once it was told to end. */
const PATIENCE_MS = 1000;

/** What a host may hold that becomes a word of a command: as in rsync, and no option. */
const SAFE_HOST = /^[a-z\d_.:%][a-z\d_.:%-]*$/i;

/** The words that {@link connectProgram} would start, checked. */
export function programWords({ command, host }: Pick<ProgramOptions, 'command' | 'host'>): string[] {
  if (!SAFE_HOST.test(host))
    throw new UsageError(`host ${JSON.stringify(host)}: not safe as a word of RSYNC_CONNECT_PROG`);
  return commandWords(command, host);
}

/**
 * Starts a program that stands for a connection to a daemon: it hears us on its standard input, and the daemon's words
 * come from its standard output. Its errors go where ours go. No shell is started.
 *
 * @throws ConnectProgramError if it cannot be started.
 */
export function connectProgram(options: ProgramOptions): Promise<Transport> {
  const [program = '', ...others] = programWords(options);
  const { host, signal } = options;
  if (signal?.aborted) throw new AbortedError('connecting was aborted', { cause: signal.reason });
  const child = spawn(program, others, {
    stdio: ['pipe', 'pipe', 'inherit'],
    shell: false,
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'there is no such program' : systemReason(cause);
      reject(
        new ConnectProgramError(`RSYNC_CONNECT_PROG: ${program} cannot be started: ${reason}`, { cause }),
      );
    });
    child.once('spawn', () => resolve(new ProgramTransport(child, program, host)));
  });
}

/** Carries the protocol over the standard streams of a program; ends it when it is destroyed. */
class ProgramTransport implements Transport {
  readonly peer: string;
  readonly #child: Program;
  readonly #incoming = new ChunkQueue();
  /** Why the program has ended, once it has. */
  readonly #ended = Promise.withResolvers<Error | undefined>();

  constructor(child: Program, program: string, host: string) {
    this.peer = `${host} through ${program}`;
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#incoming.push(chunk);
      if (this.#incoming.length > HIGH_WATER) child.stdout.pause();
    });
    child.stdout.once('end', () => this.#endSoon());
    child.once('close', (code, signal) => this.#finish(deathOf(program, code, signal)));
    // A program that ends while we write says with its status why.
    child.stdin.on('error', () => this.#endSoon());
  }

  async receive(): Promise<Buffer | undefined> {
    const chunk = await this.#incoming.shift();
    const { stdout } = this.#child;
    if (stdout.isPaused() && this.#incoming.length <= HIGH_WATER / 2) stdout.resume();
    return chunk;
  }

  send(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const { stdin } = this.#child;
      const [last] = chunks.slice(-1);
      if (last === undefined) {
        resolve();
        return;
      }
      stdin.cork();
      for (const chunk of chunks.slice(0, -1)) stdin.write(chunk);
      stdin.write(last, (error) => {
        if (error == null) resolve();
        else void this.#ended.promise.then((reason) => reject(reason ?? this.#deaf(error)));
      });
      stdin.uncork();
    });
  }

  end(): void {
    this.#child.stdin.end();
  }

  destroy(reason?: Error): void {
    this.#finish(reason);
    const { stdin, stdout } = this.#child;
    stdin.destroy();
    stdout.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill();
    // One that does not mind is not waited for.
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    patience.unref();
    this.#child.once('exit', () => clearTimeout(patience));
    this.#child.unref();
  }

  /** The exit status comes behind the end of the output; a program that lives on without one is not waited for. */
  #endSoon(): void {
    const patience = setTimeout(() => this.#finish(undefined), PATIENCE_MS);
    this.#ended.promise.then(() => clearTimeout(patience));
  }

  #finish(reason: Error | undefined): void {
    this.#incoming.end(reason);
    this.#ended.resolve(reason);
  }

  #deaf(cause: Error): Error {
    return new ConnectProgramError(`${this.peer}: the program does not listen any more`, { cause });
  }
}

function deathOf(program: string, code: number | null, signal: string | null): Error | undefined {
  if (code === 0) return undefined;
  const how = signal === null ? `exit status ${code}` : `signal ${signal}`;
  return new ConnectProgramError(`RSYNC_CONNECT_PROG: ${program} ended with ${how}`);
}
