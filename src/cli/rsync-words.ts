import { DaemonError, exitCodes } from '../protocol/index.ts';
import type { CliIo } from './io.ts';
import { manifest } from './manifest.ts';

/** What rsync says last, by its exit code. */
const reasons: Readonly<Record<number, string>> = {
  1: 'syntax or usage error',
  2: 'protocol incompatibility',
  3: 'errors selecting input/output files, dirs',
  4: 'requested action not supported',
  5: 'error starting client-server protocol',
  10: 'error in socket IO',
  11: 'error in file IO',
  12: 'error in rsync protocol data stream',
  13: 'errors with program diagnostics',
  19: 'received SIGUSR1',
  20: 'received SIGINT, SIGTERM, or SIGHUP',
  22: 'error allocating core memory buffers',
  23: 'some files/attrs were not transferred (see previous errors)',
  24: 'some files vanished before they could be transferred',
  25: 'the --max-delete limit stopped deletions',
  30: 'timeout in data send/receive',
  35: 'timeout waiting for daemon connection',
};

/** `TSERSYNC_ERRORS=rsync`: a script looks for the words of rsync. */
function wantsRsyncWords({ environment }: CliIo): boolean {
  return environment.TSERSYNC_ERRORS === 'rsync';
}

/** The words with which a daemon has refused us, as rsync shows them. */
export function refusalLine(thrown: unknown, io: CliIo): string | undefined {
  if (!wantsRsyncWords(io) || !(thrown instanceof DaemonError) || thrown.said === undefined) return undefined;
  return `@ERROR: ${thrown.said}`;
}

/** The last line of a command that did not succeed, as rsync has it; it stands behind ours. */
export function endingLine(exitCode: number, io: CliIo): string | undefined {
  if (!wantsRsyncWords(io) || exitCode === exitCodes.ok) return undefined;
  const rank = exitCode === exitCodes.vanished ? 'warning' : 'error';
  const reason = reasons[exitCode] ?? 'unexplained error';
  return `rsync ${rank}: ${reason} (code ${exitCode}) at tsersync [sender=${manifest.version}]`;
}
