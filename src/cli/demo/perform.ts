import { setTimeout as delay } from 'node:timers/promises';
import { AbortedError, TimeoutError } from '../../protocol/index.ts';
import type { BatchReport, Replicator } from '../../watch/index.ts';
import type { DemoChange } from './changes.ts';

const CHANGE_MS = 30_000;
const LOOK_MS = 1;

export interface Stage {
  readonly tree: string;
  readonly module: string;
  readonly replicator: Replicator;
  readonly signal: AbortSignal;
}

export interface Arrival {
  /** From the change until the remote showed it. */
  readonly ms: number;
  /** On the wire, in both directions. */
  readonly bytes: number;
}

/** Makes a change and waits until the remote shows it and everything is quiet again. */
export async function perform(
  change: DemoChange,
  { tree, module, replicator, signal }: Stage,
): Promise<Arrival> {
  let bytes = 0;
  const count = ({ sentBytes, receivedBytes }: BatchReport) => {
    bytes += sentBytes + receivedBytes;
  };
  await until(() => isQuiet(replicator), signal);
  replicator.events.on('batch', count);
  const startedAt = performance.now();
  change.make(tree);
  await until(() => change.isIn(module), signal);
  const ms = performance.now() - startedAt;
  await until(() => isQuiet(replicator), signal);
  replicator.events.off('batch', count);
  return { ms, bytes };
}

function isQuiet(replicator: Replicator): boolean {
  const { dirty, remotes } = replicator.status();
  return dirty === 0 && remotes.every(({ backlog, sessions }) => backlog + sessions === 0);
}

async function until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
  for (const deadline = performance.now() + CHANGE_MS; !isTrue(); await delay(LOOK_MS)) {
    if (signal.aborted) throw new AbortedError('interrupted', { cause: signal.reason });
    if (performance.now() > deadline)
      throw new TimeoutError(`nothing arrived within ${CHANGE_MS / 1000} seconds`);
  }
}
