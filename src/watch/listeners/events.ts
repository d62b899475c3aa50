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

/** `paused`: the watched folder is not what it was, and nothing is sent or deleted until it is back. */
export type ReplicatorState = 'starting' | 'watching' | 'paused' | 'stopped';

/** What happens to a path, the first time and again. */
interface PathFailure {
  readonly remote: string;
  /** Relative to the watched folder. */
  readonly path: string;
  readonly reason: string;
  /** How often it has failed since it was last sent. */
  readonly attempts: number;
}

interface OfRemote {
  readonly remote: string;
}

interface OfRoot {
  /** The watched folder. */
  readonly root: string;
}

/** What happens in the life of a replicator, by name. Plain data; remotes are named `user@host::module/path`. */
export interface EventData {
  /** A session has ended well. */
  readonly batch: BatchReport;
  /** A path could not be sent, and is tried again after `retryMs`. */
  readonly failed: PathFailure & { readonly retryMs: number };
  /** A folder was sent, but nothing is deleted in it yet. */
  readonly deletionsDeferred: PathFailure;
  /** A remote as a whole is left alone for `retryMs`. */
  readonly blocked: OfRemote & {
    /** A few words for `reason`, which is what the remote or the system said. */
    readonly headline: string;
    readonly reason: string;
    readonly retryMs: number;
    /** Changes that wait. */
    readonly backlog: number;
    /** The same was said the time before. */
    readonly isKnown: boolean;
  };
  /** A remote that was blocked takes changes again. */
  readonly recovered: OfRemote;
  /** The whole tree is being sent: at the start, or because changes may have been missed. */
  readonly fullSyncBegun: OfRemote;
  readonly fullSyncEnded: OfRemote & {
    /** Everything was sent. */
    readonly isComplete: boolean;
    /** Why the session broke, if it did. */
    readonly reason: string | undefined;
  };
  /** The program itself has an error; what it was about is tried again. */
  readonly programError: OfRemote & { readonly error: Error; readonly isKnown: boolean };
  /** A session could not be opened ahead of time. */
  readonly notHeld: { readonly session: string; readonly reason: string };
  /** The state has changed. */
  readonly state: OfRoot & { readonly state: ReplicatorState };
  /** Everything is being watched. */
  readonly started: OfRoot & { readonly folders: number };
  readonly stopped: OfRoot & {
    /** Changes that were not sent. */
    readonly waiting: number;
  };
  /** Nothing may be concluded from what is in the watched folder. */
  readonly rootGone: OfRoot & { readonly reason: string };
  /** It is as it was, and watched. */
  readonly rootBack: OfRoot;
  /** Whether the watched folder is what it was could not be found out. */
  readonly rootUnknown: OfRoot & { readonly error: Error };
  /** Something was mounted in the watched folder, unmounted, or is another file system than before. */
  readonly mount: OfRoot & {
    readonly path: string;
    readonly news: 'appeared' | 'away' | 'replaced' | 'back';
  };
  /** Something is wrong here, not at a remote. */
  readonly trouble: { readonly error: Error };
  /** A folder cannot be read or watched. */
  readonly unwatched: { readonly path: string };
  /** No folder is left that cannot be watched. */
  readonly allWatched: OfRoot;
  /** There is no lock of folders on this system. */
  readonly unlocked: OfRoot & { readonly error: Error };
  /** Another process sends another folder to the same folder of a remote, one above it, or one in it. */
  readonly sharedTarget: OfRoot &
    OfRemote & { readonly pid: number; readonly other: 'same' | 'above' | 'below' };
  /** A filter is not what it seems to be. */
  readonly filterWarning: OfRoot & { readonly text: string };
}

export type EventName = keyof EventData;

/** The stream of a replicator, as an `EventEmitter` has it. */
export type ReplicatorEvents = { [Name in EventName]: [data: EventData[Name]] };

/** One event of the stream. */
export type ReplicatorEvent = {
  [Name in EventName]: { readonly name: Name; readonly data: EventData[Name] };
}[EventName];

/** Tells all listeners. Never throws. */
export type Emit = <Name extends EventName>(name: Name, data: EventData[Name]) => void;
