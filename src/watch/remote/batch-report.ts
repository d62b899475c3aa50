import type { Change } from '../change.ts';
import type { Outcome } from '../lanes/messages.ts';

/** What one session has done. */
export interface BatchReport {
  /** `user@host::module/path`. */
  readonly remote: string;
  /** Changes that events have told of, or the whole tree. */
  readonly kind: 'changes' | 'all';
  /** Files and folders that were sent, or changed at the remote. */
  readonly changed: number;
  readonly deleted: number;
  /** On the wire. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Duration of the session. */
  readonly ms: number;
  /** From the first sign of the oldest change to the end of the session. */
  readonly latencyMs: number;
  /** The paths that it was about; a folder may stand for everything in it. */
  readonly paths: readonly string[];
}

interface Circumstances {
  readonly remote: string;
  readonly kind: BatchReport['kind'];
  /** What led to the session. */
  readonly changes: readonly Change[];
  /** In ms of the monotonic clock, as the times of the changes. */
  readonly startedAt: number;
  readonly endedAt: number;
}

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
