import type { Failure } from './backlog.ts';

/** How a remote is doing. */
export interface RemoteStatus {
  readonly name: string;
  /** `blocked`: the last try failed, for `reason`; `paused`: the watched folder is gone. */
  readonly state: 'idle' | 'sending' | 'blocked' | 'paused' | 'stopped';
  /** Changes that have yet to arrive: they wait, or are being sent. */
  readonly backlog: number;
  readonly sessions: number;
  readonly failures: readonly Failure[];
  /** What is wrong with the remote as a whole, until a session goes well. */
  readonly reason: string | undefined;
  /** When a remote that is blocked is tried again, in ms of the monotonic clock; undefined at that time. */
  readonly nextTryAt: number | undefined;
}
