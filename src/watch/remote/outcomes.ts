import { type Change, changeOf } from '../change.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import { SessionFailure } from '../lanes/lane.ts';
import type { Outcome } from '../lanes/messages.ts';
import type { Emit } from '../listeners/events.ts';
import { errorOf } from '../listeners/log.ts';
import { joinPath } from '../path-tree.ts';
import type { Disk } from '../tree/disk.ts';
import type { Backlog } from './backlog.ts';
import { isDeletion, isWhole } from './batches.ts';
import { blame } from './blame.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { headlineOf } from './headlines.ts';
import type { Task } from './planner.ts';
import type { Reachability } from './reachability.ts';

/** A folder with more in it is not sent path by path. */
const MAX_PARTS = 50_000;
/** First words of servers, so that no file name can pass for them. */
const REFUSALS = /^(?:(?:rsync: )?The server is configured to refuse |ERROR: module is read only(?:;|$))/;

export interface OutcomesParts {
  /** Of the remote. */
  readonly name: string;
  /** The folder in the module that the tree goes to. */
  readonly folder: string;
  readonly disk: Disk;
  readonly filter: EventFilter;
  readonly backlog: Backlog;
  readonly deliveries: Deliveries;
  readonly reachability: Reachability;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
  readonly emit: Emit;
  /** What was to be sent was gone by then: it has to be looked at again. */
  readonly onDirty: (path: string) => void;
}

/**
 * What becomes of changes after their session: some have arrived, some come back into the backlog, at once or later,
 * and sometimes the remote as a whole is left alone for a while.
 */
export class Outcomes {
  readonly #parts: OutcomesParts;
  /** The last error of the program itself. */
  #told: string | undefined;

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  /** A session went to its end. */
  onEnd(tasks: readonly Task[], outcome: Outcome): void {
    const { backlog, deliveries, emit, name, onDirty, reachability } = this.#parts;
    if (reachability.recover()) emit('recovered', { remote: name });
    if (outcome.exitCode === 0) {
      this.#noteDelivered(tasks, outcome);
      return;
    }
    deliveries.clear();
    const { failed, vanished, undone, undeleted, done, unexplained } = blame(tasks, outcome, this.#parts);
    for (const path of vanished) onDirty(path);
    for (const { change, reason } of failed) this.fail(change, reason);
    backlog.add(undone.flatMap(({ changes }) => changes));
    for (const [task, paths] of undeleted) this.#putOff(task, paths);
    if (unexplained === undefined) return;
    this.#suspect(
      done.flatMap(({ changes }) => changes),
      unexplained,
    );
  }

  /** A session failed as a whole: of what it was to do, nothing is known. */
  onFailure(changes: readonly Change[], thrown: unknown): void {
    const { backlog, deliveries, reachability } = this.#parts;
    deliveries.clear();
    if (!(thrown instanceof SessionFailure)) {
      this.onThrow(changes, thrown);
    } else if (thrown.isOpening || isRefusal(thrown)) {
      backlog.add(changes);
      this.#backOff(thrown, thrown.isTransient);
    } else if (isNobodysFault(thrown) && !changes.some(({ isSuspect }) => isSuspect)) {
      // A line that breaks is no path's fault, unless it breaks again for the same ones.
      backlog.setApart(changes);
      this.#backOff(thrown, true);
    } else {
      this.#narrowDown(changes, thrown.message);
      if (changes.length > 1 && !reachability.mayGoOn()) this.#backOff(thrown, false);
    }
  }

  /** The program itself has an error that has to do with one of these changes, perhaps. */
  onThrow(changes: readonly Change[], thrown: unknown): void {
    this.#tell(thrown);
    if (changes.length > 0) this.#suspect(changes, errorOf(thrown).message);
  }

  /** The program itself has an error, and what it has to do with is not known: it must not be tried at once. Never throws. */
  onTrouble(thrown: unknown): void {
    this.#tell(thrown);
    const { now, reachability } = this.#parts;
    reachability.block(errorOf(thrown).message, false, now());
  }

  /**
   * This one cannot be sent, whatever becomes of others.
   *
   * @param isAlone It may end whole sessions.
   */
  fail(change: Change, reason: string, isAlone = false): void {
    const { backlog, emit, name, now } = this.#parts;
    const { path, attempts, nextAt } = backlog.fail(change, reason, now(), isAlone);
    emit('failed', { remote: name, path, reason, attempts, retryMs: Math.round(nextAt - now()) });
  }

  /** A folder was sent, but nothing is deleted in it as long as some of it cannot be listed. */
  #putOff({ path, changes }: Task, paths: readonly string[]): void {
    const { backlog, emit, name, now } = this.#parts;
    const reason = `nothing is deleted in it until this can be listed: ${paths.slice(0, 3).join(', ')}`;
    for (const change of changes) {
      const { attempts } = backlog.putOff({ ...change, path }, reason, now(), paths);
      emit('deletionsDeferred', { remote: name, path, reason, attempts });
    }
  }

  /** These went well, and will have to be done once more after a moment. */
  repeat(changes: readonly Change[], reason: string): void {
    const { backlog, now } = this.#parts;
    for (const change of changes) backlog.fail({ ...change, attempts: 0 }, reason, now());
  }

  #noteDelivered(tasks: readonly Task[], { listedAt }: Outcome): void {
    for (const task of tasks) {
      const isExact = task.changes.every(({ kind }) => kind !== 'all');
      if (!isExact || isDeletion(task)) continue;
      this.#parts.deliveries.note(task.path, { kind: deliveryOf(task), listedAt });
    }
  }

  #tell(thrown: unknown): void {
    const { emit, name } = this.#parts;
    const error = errorOf(thrown);
    emit('programError', { remote: name, error, isKnown: error.message === this.#told });
    this.#told = error.message;
  }

  /** One of these is the cause, without having ended the session. */
  #suspect(changes: readonly Change[], reason: string): void {
    const [only] = changes;
    if (changes.length === 1 && only !== undefined) this.fail(only, reason, true);
    else this.#parts.backlog.suspect(changes);
  }

  /** One of these ended the session; it may be a folder with all that is in it. */
  #narrowDown(changes: readonly Change[], reason: string): void {
    const [only] = changes;
    if (changes.length > 1 || only === undefined) {
      this.#parts.backlog.suspect(changes);
      return;
    }
    // What is directly in a folder has been tried path by path before it is tried as a whole again.
    const isDivided = only.kind === 'level' && only.attempts > 0;
    const parts = isDivided ? [] : partsOf(only, this.#parts.disk);
    if (parts.length === 0) {
      this.fail(only, reason, true);
      return;
    }
    this.#parts.backlog.suspect(parts);
    // What the remote has besides is deleted as soon as all that is here can be sent.
    this.fail({ ...only, kind: 'level' }, reason, true);
  }

  #backOff(failure: SessionFailure, isTransient: boolean): void {
    const { backlog, emit, name, now, reachability } = this.#parts;
    const reason = failure.message;
    const block = reachability.block(reason, isTransient, now());
    if (block === undefined) return;
    const retryMs = Math.round(block.until - now());
    const { isKnown } = block;
    const headline = headlineOf(failure);
    emit('blocked', { remote: name, headline, reason, retryMs, backlog: backlog.size, isKnown });
  }
}

/** What is in a folder that is sent whole, path by path. */
function partsOf({ path: folder, kind, since }: Change, disk: Disk): Change[] {
  if (kind === 'path' || disk.look(folder).kind !== 'folder') return [];
  const names = disk.allNames(folder);
  if (names.length > MAX_PARTS) return [];
  return names.flatMap((name) => {
    const path = joinPath(folder, name);
    const isFolder = disk.look(path).kind === 'folder';
    if (isFolder && kind === 'level') return [];
    return [{ ...changeOf(path, isFolder ? 'tree' : 'path', since), wasFolder: true }];
  });
}

/** A line that broke, or a server that was told to stop. */
function isNobodysFault({ isTransient, message }: SessionFailure): boolean {
  return isTransient || /received SIGINT, SIGTERM, or SIGHUP|\(code 20\)/.test(message);
}

/** Nothing can be sent there, or not with these options, whatever it is about. Servers say so when a session is open. */
function isRefusal({ code, message }: SessionFailure): boolean {
  return code === 'ERR_RSYNC_REMOTE_EXIT' && REFUSALS.test(message);
}

function deliveryOf(task: Task): Delivery['kind'] {
  if (!isWhole(task)) return 'path';
  return task.todo.action === 'level' ? 'level' : 'tree';
}
