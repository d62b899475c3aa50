import type { CliIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import type { RsyncResult } from './rsync-client.ts';

export interface TsersyncOptions {
  readonly password?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly isTerminal?: boolean;
  readonly askPassword?: () => Promise<string>;
  /** Called with all that is printed, as it is printed. */
  readonly onOutput?: (text: string) => void;
}

/** Runs our command line inside this process, in the locale in which the real rsync is run for tests. */
export async function tsersync(
  words: readonly string[],
  options: TsersyncOptions = {},
): Promise<RsyncResult> {
  const { password, environment = {}, folder = process.cwd(), askPassword } = options;
  const out: Uint8Array[] = [];
  const errors: Uint8Array[] = [];
  const io: CliIo = {
    stdout: {
      write: (bytes) => {
        out.push(bytes);
        options.onOutput?.(Buffer.from(bytes).toString('latin1'));
      },
    },
    stderr: { write: (bytes) => void errors.push(bytes) },
    isTerminal: options.isTerminal === true,
    environment: { LC_ALL: 'C', ...(password !== undefined && { RSYNC_PASSWORD: password }), ...environment },
    signal: options.signal ?? new AbortController().signal,
    folder,
    processId: process.pid,
    now: () => new Date(),
    askPassword,
  };
  const exitCode = await run(words, io);
  return {
    exitCode,
    stdout: Buffer.concat(out).toString('latin1'),
    stderr: Buffer.concat(errors).toString('latin1'),
  };
}
