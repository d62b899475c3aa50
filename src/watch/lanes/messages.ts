import type {
  ConnectionOptions,
  DaemonTarget,
  Problem,
  TransferOptions,
  TreeChange,
} from '../../protocol/index.ts';
import type { EventFilterRules } from '../filter/event-filter.ts';
import type { MountPlace } from '../tree/mount-places.ts';
import type { WatchedRoot } from '../tree/watched-root.ts';
import type { Deletions } from './pruning.ts';

/** How a session is opened. */
export interface SessionRequest {
  readonly target: DaemonTarget;
  readonly transfer: TransferOptions;
  readonly connection: ConnectionOptions;
}

/** What a session is to send. */
export type Work = {
  readonly root: WatchedRoot;
  readonly places: readonly MountPlace[];
  readonly filter: EventFilterRules;
  /** Folders of which it is to be found out what may be deleted in them at the remote. */
  readonly prunes: readonly string[];
} & (
  | { readonly kind: 'changes'; readonly changes: readonly TreeChange[] }
  /** The whole tree. */
  | { readonly kind: 'all' }
);

/** What became of it. */
export interface Outcome {
  readonly exitCode: number;
  readonly problems: readonly ProblemReport[];
  /** What the server said had gone wrong. */
  readonly errors: readonly string[];
  /** There were more errors or problems than are told here. */
  readonly isAbridged: boolean;
  /** Files and folders that were sent, or changed at the remote. */
  readonly changed: number;
  readonly deleted: number;
  /** What may be deleted in the folders for which that was to be found out. */
  readonly deletions: Deletions;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** When the session began to list what is there. */
  readonly listedAt: Moment;
}

/** A point in time by two clocks. */
export interface Moment {
  /** In ms since 1970. */
  readonly wall: number;
  /** In ms of the monotonic clock; between threads, of the clock of the process. */
  readonly monotonic: number;
}

export interface ProblemReport extends Pick<Problem, 'path' | 'doing' | 'kind'> {
  readonly reason: string;
}

/** Why a session failed as a whole. */
export interface FailureReport {
  readonly message: string;
  /** Of the error: `ERR_RSYNC_CLOSED`. */
  readonly code: string;
  readonly isTransient: boolean;
  /** Nothing had been sent yet. */
  readonly isOpening: boolean;
  /** The files that were sent last, the latest at the end. */
  readonly sentLast?: readonly string[];
}

/** A session that sends changes, or the whole tree. */
export interface PushTask {
  readonly kind: 'push';
  /** Names the kind of session: one that is held open under it may be used. */
  readonly key: string;
  readonly session: SessionRequest;
  readonly work: Work;
  readonly standing?: Standing;
}

/** Looks for the names of files that have several, and of these files. It runs beside whatever else a lane does. */
export interface FindLinksTask {
  readonly kind: 'find-links';
  readonly root: string;
  /** As {@link fileKey} names them. */
  readonly files: readonly string[];
}

/** Something for a lane to do. */
export type LaneTask = PushTask | FindLinksTask;

/** What comes of each kind of task. */
export interface LaneResults {
  readonly push: Outcome;
  /** Names of one file each. */
  readonly 'find-links': readonly (readonly string[])[];
}

export type ResultOf<Task extends LaneTask> = LaneResults[Task['kind']];

/** A result, and what it is the result of. */
export type LaneResult = {
  [Kind in keyof LaneResults]: { readonly task: Kind; readonly result: LaneResults[Kind] };
}[keyof LaneResults];

/** How the last session with a remote went. One lane is left to those that are not in trouble. */
export type Standing = 'good' | 'unknown' | 'troubled';

/** What a lane is told. A key names a session that is to be held open, an id a task. */
export type LaneOrder =
  | { readonly kind: 'hold'; readonly key: string; readonly session: SessionRequest }
  | { readonly kind: 'release'; readonly key: string }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly task: LaneTask;
      /** The session is open as far as we know; else the task begins when it is `opened`, and told to `start`. */
      readonly isOpen: boolean;
    }
  | { readonly kind: 'start'; readonly id: number }
  | { readonly kind: 'abort'; readonly id: number };

/** What a lane says. */
export type LaneReport =
  | { readonly kind: 'held'; readonly key: string }
  | { readonly kind: 'not-held'; readonly key: string; readonly failure: FailureReport }
  /** The session of a task is open, and waits for its turn. */
  | { readonly kind: 'opened'; readonly id: number }
  /** Next to nothing goes over the line, or something does again. */
  | { readonly kind: 'stalled' | 'resumed'; readonly id: number }
  | ({ readonly kind: 'done'; readonly id: number } & LaneResult)
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureReport };
