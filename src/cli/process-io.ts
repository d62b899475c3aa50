import { readlinkSync } from 'node:fs';
import { decodeName, exitCodes } from '../protocol/index.ts';
import type { CliIo, TextSink } from './io.ts';
import { askPassword } from './password-prompt.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The world around this process. From now on signals end it in order. */
export function processIo(): CliIo {
  const signal = interruption();
  const terminal = { input: process.stdin, output: process.stderr };
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    isTerminal: process.stdout.isTTY === true,
    environment: process.env,
    signal,
    folder: currentFolder(),
    processId: process.pid,
    now: () => new Date(),
    askPassword: process.stdin.isTTY ? () => askPassword(terminal, signal) : undefined,
  };
}

/** A pipe whose reader has gone must not end a transfer: rsync goes on silently, too. */
function sinkOf(stream: NodeJS.WriteStream): TextSink {
  stream.on('error', () => {
    // Nobody is left to whom it could be told.
  });
  return { write: (bytes) => void stream.write(bytes) };
}

/** The first signal asks for an orderly end, the next one does not ask. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}

function currentFolder(): string {
  if (process.platform !== 'linux') return process.cwd();
  return decodeName(readlinkSync('/proc/self/cwd', 'buffer'));
}
