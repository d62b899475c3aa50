/**
 * How much of a path has to be compared with a remote:
 * - `path`: itself;
 * - `level`: a folder and what is directly in it;
 * - `all`: the whole tree, by the user's own options (only of the root);
 * - `tree`: a folder and everything below it.
 */
export type ChangeKind = 'path' | 'level' | 'all' | 'tree';

/** Something that has to be made equal at a remote. What is to be done is decided late, from the disk. */
export interface Change {
  /** Relative to the watched folder, which is `.` itself. */
  readonly path: string;
  readonly kind: ChangeKind;
  /** The path was a folder, and at the remote it may still be one. */
  readonly wasFolder: boolean;
  /** When it was first heard of, in ms of the monotonic clock. */
  readonly since: number;
  /** When it was last told by the system itself; -Infinity if it was only said once more. */
  readonly heardAt: number;
  /** When it was handed on, in ms of the monotonic clock: nobody was writing to it. */
  readonly settledAt?: number;
  /** How often it has failed, alone, since it was last sent. */
  readonly attempts: number;
  /** It was in a session that failed as a whole: it is sent apart from those that were not. */
  readonly isSuspect?: boolean;
  /** A comparison of the folder above would delete nothing here: the path has to be named itself. */
  readonly needsName?: boolean;
}

const ranks: Readonly<Record<ChangeKind, number>> = { path: 0, level: 1, all: 2, tree: 3 };

/** @param heardAt See {@link Change.heardAt}; news, if nothing is said. */
export function changeOf(path: string, kind: ChangeKind, since: number, heardAt = since): Change {
  return { path, kind, since, heardAt, wasFolder: false, attempts: 0 };
}

/** One change that does what two changes of the same path would do. */
export function mergeChanges(a: Change, b: Change): Change {
  return {
    path: a.path,
    kind: ranks[a.kind] >= ranks[b.kind] ? a.kind : b.kind,
    wasFolder: a.wasFolder || b.wasFolder,
    since: Math.min(a.since, b.since),
    heardAt: Math.max(a.heardAt, b.heardAt),
    attempts: Math.max(a.attempts, b.attempts),
    ...latest(a.settledAt, b.settledAt),
    ...((a.isSuspect || b.isSuspect) && { isSuspect: true }),
    ...((a.needsName || b.needsName) && { needsName: true }),
  };
}

function latest(a: number | undefined, b: number | undefined): Pick<Change, 'settledAt'> {
  if (a === undefined && b === undefined) return {};
  return { settledAt: Math.max(a ?? Number.NEGATIVE_INFINITY, b ?? Number.NEGATIVE_INFINITY) };
}

/** Whether sending the change of a folder also does what a change below it would do. */
export function covers(folder: Change, below: Change, isDirectlyIn: boolean): boolean {
  if (below.needsName === true) return false;
  if (folder.kind === 'tree' || folder.kind === 'all') return true;
  return folder.kind === 'level' && below.kind === 'path' && isDirectlyIn;
}
