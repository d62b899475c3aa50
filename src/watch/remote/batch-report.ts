import type { Change } from '../change.ts';
import type { Outcome } from '../lanes/messages.ts';
import type { BatchReport } from '../listeners/events.ts';

interface Circumstances {
  readonly remote: string;
  readonly kind: BatchReport['kind'];
  /** What led to the session. */
  readonly changes: readonly Change[];
  /** In ms of the monotonic clock, as the times of the changes. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What one session has done, for whoever listens. */
export function reportOf(outcome: Outcome, circumstances: Circumstances): BatchReport {
  const { remote, kind, changes, startedAt, endedAt } = circumstances;
  const { changed, deleted, sentBytes, receivedBytes } = outcome;
  const since = changes.reduce((oldest, change) => Math.min(oldest, change.since), startedAt);
  return {
    remote,
    kind,
    changed,
    deleted,
    sentBytes,
    receivedBytes,
    ms: Math.round(endedAt - startedAt),
    latencyMs: Math.round(endedAt - since),
    paths: changes.map(({ path }) => path),
  };
}
