import type { CliIo } from '../../src/cli/io.ts';

export interface BufferIo extends CliIo {
  /** What was written to standard output so far, and to standard error. */
  out(): string;
  errors(): string;
}

/** The world around a command, in memory. */
export function bufferIo(parts: Partial<CliIo> = {}): BufferIo {
  const [out, errors]: [Uint8Array[], Uint8Array[]] = [[], []];
  return {
    stdout: { write: (bytes) => void out.push(bytes) },
    stderr: { write: (bytes) => void errors.push(bytes) },
    isTerminal: false,
    environment: {},
    signal: new AbortController().signal,
    folder: process.cwd(),
    processId: process.pid,
    now: () => new Date(),
    askPassword: undefined,
    ...parts,
    out: () => Buffer.concat(out).toString(),
    errors: () => Buffer.concat(errors).toString(),
  };
}
