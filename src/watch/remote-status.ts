import type { Failure } from './backlog.ts';

/** How a remote is doing. */
export interface RemoteStatus {
  readonly name: string;
  /** `blocked`: it is left alone until `nextTryAt`; `paused`: the watched folder is gone. */
  readonly state: 'idle' | 'sending' | 'blocked' | 'paused' | 'stopped';
  /** Changes that wait. */
  readonly backlog: number;
  readonly sessions: number;
  readonly failures: readonly Failure[];
  /** Why the remote as a whole is blocked. */
  readonly reason: string | undefined;
  /** In ms of the monotonic clock. */
  readonly nextTryAt: number | undefined;
}
