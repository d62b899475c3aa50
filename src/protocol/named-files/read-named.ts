import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { checkObject, checkPathText } from '../arguments.ts';
import { AbortedError } from '../errors.ts';
import { failure, NamedFileError, namedFileError, refusal } from './named-file-error.ts';
import { openNamed } from './open-named.ts';

/** Bytes of a file that are read unless the caller says otherwise: more than any list has. */
const MAX_LENGTH = 256 * 1024 * 1024;
const CHUNK_LENGTH = 64 * 1024;
const STANDARD_INPUT = 0;

/** How long a named pipe without a writer is waited for. */
const MAX_WAIT_FOR_WRITER_MS = 2000;
/** How long whoever cannot be interrupted waits for the next bytes. */
const MAX_WAIT_FOR_BYTES_MS = 10_000;
const PAUSE_MS = 10;

/** Answers the whole content of a file that the operator has named. Throws what {@link readNamed} throws. */
export type ReadNamed = (path: string, limits?: ReadLimits) => Buffer;

export interface ReadLimits {
  /** Bytes; of a longer file the first `most + 1` are answered, and it is for the caller to refuse it. */
  readonly most?: number;
  /** `--insecure-links`: symlinks of other users are followed. */
  readonly trustsLinks?: boolean | undefined;
  /** `-` is standard input. */
  readonly knowsStandardInput?: boolean;
  /** What comes first is enough: the other end of a pipe may stay. */
  readonly takesFirst?: boolean;
  /** How long a pipe by name may be without anybody who writes to it. */
  readonly maxWaitMs?: number;
  /** Looks at the open file before anything is read, and throws if it must not be used. */
  readonly check?: (stats: Stats) => void;
}

/**
 * The content of a file that the operator has named, opened by {@link openNamed}. It is never cut: what is longer than
 * any sensible file is refused. For a pipe this waits a bounded time, in which nothing else can happen; see
 * {@link withPipes} for another way.
 *
 * @throws NamedFileError, and what `check` throws
 */
export const readNamed: ReadNamed = (path, limits = {}) => {
  checkPathText(path, 'path');
  checkObject(limits, 'the limits');
  const source = new Source(path, limits);
  try {
    const pauses = new Int32Array(new SharedArrayBuffer(4));
    while (!source.readOn()) {
      if (source.idleMs() > MAX_WAIT_FOR_BYTES_MS) throw refusal('EAGAIN', 'nothing comes through the pipe');
      Atomics.wait(pauses, 0, 0, PAUSE_MS);
    }
    return source.content();
  } finally {
    source.close();
  }
};

/** The same for what will be read again and again: no pipe can be. */
export const readNamedFile: ReadNamed = (path, limits = {}) => {
  if (path === '-' && limits.knowsStandardInput === true) throw notAgain();
  return readNamed(path, {
    ...limits,
    check: (stats) => {
      limits.check?.(stats);
      if (stats.isFIFO() || stats.isSocket()) throw notAgain();
    },
  });
};

/**
 * Does `work`, which reads files at once, and waits for pipes in between without blocking: then `work` is begun again,
 * and finds what the pipe had. It must change nothing that counts before it has read all.
 *
 * @throws AbortedError, and what `work` throws
 */
export async function withPipes<T>(
  signal: AbortSignal | undefined,
  work: (read: ReadNamed) => T,
): Promise<T> {
  const contents = new Map<string, Buffer | NamedFileError>();
  for (;;) {
    const counts = new Map<string, number>();
    try {
      return work((path, limits = {}) => {
        // Standard input read twice has nothing left the second time.
        const count = (counts.get(path) ?? 0) + 1;
        counts.set(path, count);
        const key = `${count} ${path}`;
        const known = contents.get(key);
        if (known instanceof NamedFileError) throw known;
        if (known !== undefined) return known;
        const source = new Source(path, limits);
        if (!source.isFile) throw new PipeAhead(key, source);
        try {
          source.readOn();
          return source.content();
        } finally {
          source.close();
        }
      });
    } catch (thrown) {
      if (!(thrown instanceof PipeAhead)) throw thrown;
      contents.set(thrown.key, await contentOf(thrown.source, signal));
    }
  }
}

/** What a piece of work must wait for. */
class PipeAhead extends Error {
  readonly key: string;
  readonly source: Source;

  constructor(key: string, source: Source) {
    super('a pipe must be read first');
    this.key = key;
    this.source = source;
  }
}

/** What is wrong with the pipe is for whoever has named it to say. */
async function contentOf(source: Source, signal: AbortSignal | undefined): Promise<Buffer | NamedFileError> {
  try {
    while (!source.readOn()) {
      if (signal?.aborted === true)
        throw new AbortedError('aborted while waiting for a pipe', { cause: signal.reason });
      // The signal is asked at once again, and need not end the pause.
      await delay(PAUSE_MS);
    }
    return source.content();
  } catch (thrown) {
    if (thrown instanceof NamedFileError) return thrown;
    throw thrown;
  } finally {
    source.close();
  }
}

/** An open file or pipe, and what has been read of it. */
class Source {
  readonly isFile: boolean;
  readonly #descriptor: number;
  readonly #isOurs: boolean;
  readonly #most: number;
  readonly #isCut: boolean;
  readonly #takesFirst: boolean;
  readonly #maxWaitMs: number;
  readonly #chunks: Buffer[] = [];
  /** A pipe in a folder may still wait for its writer; one without a name had one. */
  readonly #hasWriter: boolean;
  #length = 0;
  #progressAt = performance.now();

  constructor(path: string, limits: ReadLimits) {
    const { most, knowsStandardInput, trustsLinks, takesFirst, check } = limits;
    const isInput = path === '-' && knowsStandardInput === true;
    this.#descriptor = isInput ? openInput() : openNamed(path, trustsLinks);
    this.#isOurs = this.#descriptor !== STANDARD_INPUT;
    this.#most = most ?? MAX_LENGTH;
    this.#isCut = most !== undefined;
    this.#takesFirst = takesFirst === true;
    this.#maxWaitMs = limits.maxWaitMs ?? MAX_WAIT_FOR_WRITER_MS;
    try {
      const stats = fstatSync(this.#descriptor);
      check?.(stats);
      if (stats.isDirectory()) throw failure('EISDIR');
      // Standard input goes on where it is, so it cannot be read again either.
      this.isFile = stats.isFile() && !isInput;
      this.#hasWriter = isInput || !stats.isFIFO() || isNameless(this.#descriptor);
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  /** Reads what there is; false if more may come. */
  readOn(): boolean {
    for (;;) {
      const room = Math.min(CHUNK_LENGTH, this.#most + 1 - this.#length);
      if (room === 0 && this.#isCut) return true;
      if (room === 0) throw failure('EFBIG', `it is longer than ${this.#most} bytes`);
      const chunk = Buffer.allocUnsafe(room);
      const got = this.#read(chunk);
      if (got === undefined) return false;
      if (got === 0) return this.#isOver();
      this.#chunks.push(chunk.subarray(0, got));
      this.#length += got;
      this.#progressAt = performance.now();
      if (this.#takesFirst) return true;
    }
  }

  /** How long nothing has come. */
  idleMs(): number {
    return performance.now() - this.#progressAt;
  }

  content(): Buffer {
    return Buffer.concat(this.#chunks, this.#length);
  }

  close(): void {
    if (this.#isOurs) closeSync(this.#descriptor);
  }

  #isOver(): boolean {
    if (this.#hasWriter || this.#length > 0) return true;
    if (this.idleMs() > this.#maxWaitMs) throw refusal('EPIPE', 'it is a pipe that nobody writes to');
    return false;
  }

  #read(into: Buffer): number | undefined {
    try {
      return readSync(this.#descriptor, into, 0, into.length, null);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
      throw namedFileError(thrown);
    }
  }
}

/** Standard input, opened anew if that can be, so that reading does not block; a file must go on where it is. */
function openInput(): number {
  if (fstatSync(STANDARD_INPUT).isFile()) return STANDARD_INPUT;
  try {
    return openSync('/dev/stdin', constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    // A socket, or the pipe of another user: it can only be read as it is.
    return STANDARD_INPUT;
  }
}

function isNameless(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('pipe:');
  } catch {
    return true;
  }
}

function notAgain(): Error {
  return refusal('ESPIPE', 'it is read again for every session, so it must be a file, not a pipe');
}
