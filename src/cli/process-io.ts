import { currentFolder } from './current-folder.ts';
import type { CliIo } from './io.ts';
import { askPassword } from './password-prompt.ts';

/** The world around this process. */
export function processIo(parts: Pick<CliIo, 'stdout' | 'stderr' | 'signal'>): CliIo {
  const { signal } = parts;
  const terminal = { input: process.stdin, output: process.stderr };
  return {
    ...parts,
    isTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns,
    environment: process.env,
    folder: currentFolder(),
    processId: process.pid,
    now: () => new Date(),
    askPassword: process.stdin.isTTY ? () => askPassword(terminal, signal) : undefined,
  };
}
