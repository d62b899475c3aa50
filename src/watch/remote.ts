import { Aftermath } from './aftermath.ts';
import { Backlog, type Failure } from './backlog.ts';
import { type Batch, changeSetOf, isDeletion, makeBatches } from './batches.ts';
import { blame } from './blame.ts';
import { type Change, changeOf } from './change.ts';
import { type Clocks, Deliveries, type Delivery } from './deliveries.ts';
import type { Disk } from './disk.ts';
import { SessionFailure } from './lanes/lane.ts';
import type { Outcome, WatchedRoot } from './lanes/messages.ts';
import type { BatchReport, Log } from './log.ts';
import { PathTree } from './path-tree.ts';
import { type Plan, planTasks, RootGoneError, type SendRules, type Task } from './planner.ts';
import { pathsToPrune } from './pruning.ts';
import { Reachability } from './reachability.ts';
import type { RemoteSessions } from './remote-sessions.ts';

/** Sessions with one remote at a time. */
const MOST_SESSIONS = 3;
/** Changes that are decided about together. */
const MOST_CHANGES = 1000;
const BATCH_LIMITS = { tasks: MOST_CHANGES, deletions: 500, bytes: 64 * 1024 * 1024 };
const BACKLOG_LIMITS = { mostInFolder: 10_000, most: 100_000 };
const FIRST_RETRY_MS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface RemoteParts {
  /** `user@host::module/path`. */
  readonly name: string;
  /** The folder in the module that the tree goes to. */
  readonly folder: string;
  readonly sessions: RemoteSessions;
  readonly rules: SendRules;
  readonly disk: Disk;
  readonly root: WatchedRoot;
  /** The longest that a path waits which could not be sent. */
  readonly retryMs: number;
  readonly clocks: Clocks;
  readonly random: () => number;
  readonly log: Log;
  /** Something happened to a path while it was being sent. */
  readonly onDirty: (path: string) => void;
  readonly onBatch: (report: BatchReport) => void;
  /** The watched folder is not there, or not what it was: nothing is sent until {@link Remote.resume}. */
  readonly onRootGone: () => void;
}

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

/**
 * Keeps one remote equal: takes changes from its backlog, decides from the disk what they mean, sends them, and looks
 * at what became of them. It knows nothing of other remotes.
 */
export class Remote {
  readonly #parts: RemoteParts;
  readonly #backlog: Backlog;
  readonly #deliveries: Deliveries;
  /** Paths that are under way. */
  readonly #locked = new PathTree<Task>();
  readonly #reachability: Reachability;
  #sessions = 0;
  #state: 'running' | 'paused' | 'stopped' = 'running';
  #timer: NodeJS.Timeout | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(parts: RemoteParts) {
    this.#parts = parts;
    const retry = { firstMs: FIRST_RETRY_MS, mostMs: parts.retryMs };
    this.#backlog = new Backlog({ limits: BACKLOG_LIMITS, retry, random: parts.random });
    this.#deliveries = new Deliveries(parts.clocks);
    this.#reachability = new Reachability(parts.random);
  }

  get status(): RemoteStatus {
    const block = this.#reachability.at(this.#now());
    return {
      name: this.#parts.name,
      state: this.#publicState(),
      backlog: this.#backlog.size,
      sessions: this.#sessions,
      failures: this.#backlog.failures,
      reason: block?.reason,
      nextTryAt: block?.until,
    };
  }

  /** A change will come soon: a session is made ready. */
  expect(): void {
    if (this.#isAllowed(this.#now())) this.#parts.sessions.hold();
  }

  add(changes: readonly Change[]): void {
    this.#backlog.add(changes);
    this.pump();
  }

  /** Sends what can be sent now. To be called as well when a lane has become free. */
  pump(): void {
    const now = this.#now();
    const deferred: Change[] = [];
    while (this.#maySend(now)) {
      const taken = this.#backlog.take(now, MOST_CHANGES, (path) => !this.#locked.touches(path));
      if (taken.length === 0) break;
      deferred.push(...this.#dispatch(taken));
    }
    this.#backlog.add(deferred);
    this.#schedule(now);
    if (this.#isIdle(now)) this.#idle?.resolve();
  }

  /** Sends nothing until {@link resume}. */
  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
    this.#deliveries.clear();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.pump();
  }

  /** Resolves when nothing is left that could be sent without waiting for something else. */
  async drained(): Promise<void> {
    if (this.#isIdle(this.#now())) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Sends nothing more; the owner ends the sessions. */
  stop(): void {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#parts.sessions.release();
    this.#idle?.resolve();
  }

  #publicState(): RemoteStatus['state'] {
    if (this.#state !== 'running') return this.#state;
    if (this.#sessions > 0) return 'sending';
    return this.#isAllowed(this.#now()) ? 'idle' : 'blocked';
  }

  #isIdle(now: number): boolean {
    if (this.#state === 'stopped') return true;
    return this.#sessions === 0 && !(this.#backlog.isReady && this.#isAllowed(now));
  }

  #isAllowed(now: number): boolean {
    return this.#state === 'running' && this.#reachability.at(now) === undefined;
  }

  #maySend(now: number): boolean {
    return this.#isAllowed(now) && this.#sessions < MOST_SESSIONS && this.#parts.sessions.hasRoom;
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'running') return;
    const at = this.#reachability.at(now)?.until ?? this.#backlog.retryAt;
    if (at === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.max(1, at - now), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.pump(), waitMs);
  }

  #now(): number {
    return this.#parts.clocks.monotonic();
  }

  /** Decides about changes and sends them off. Gives back those that have to wait for others. */
  #dispatch(changes: readonly Change[]): readonly Change[] {
    const whole = changes.find(({ kind, path }) => path === '.' && (kind === 'all' || kind === 'tree'));
    if (whole !== undefined) {
      void this.#sendAll(whole);
      return changes.filter((change) => change !== whole);
    }
    const plan = this.#plan(changes);
    if (plan === undefined) return changes;
    for (const { change, cause } of plan.unknown) this.#fail(change, cause.message);
    const tasks = plan.tasks.filter((task) => !this.#isDelivered(task));
    const free = tasks.filter(({ path }) => !this.#locked.touches(path));
    const deferred = tasks.filter(({ path }) => this.#locked.touches(path));
    for (const batch of makeBatches(free, BATCH_LIMITS)) void this.#sendBatch(batch);
    return deferred.flatMap((task) => task.changes);
  }

  /** Undefined if the watched folder is gone: then everything seems to be missing. */
  #plan(changes: readonly Change[]): Plan | undefined {
    const { disk, rules, onRootGone } = this.#parts;
    try {
      const plan = planTasks(changes, disk, rules);
      if (this.#isRootThere()) return plan;
    } catch (thrown) {
      if (!(thrown instanceof RootGoneError)) throw thrown;
    }
    onRootGone();
    return undefined;
  }

  #isRootThere(): boolean {
    const { disk, root } = this.#parts;
    const found = disk.look('.');
    return found.kind === 'folder' && found.device === root.device && found.inode === root.inode;
  }

  #isDelivered({ deed, found, path, changes }: Task): boolean {
    if (deed !== 'changed' || (found.kind !== 'file' && found.kind !== 'folder')) return false;
    return changes.every(({ kind }) => kind === 'path') && this.#deliveries.covers(path, found);
  }

  async #sendBatch({ tasks, comparison }: Batch): Promise<void> {
    const { disk, rules, sessions } = this.#parts;
    const changes = tasks.flatMap((task) => task.changes);
    await this.#send('changes', tasks, changes, async () => {
      const outcome = await sessions.sendChanges(comparison, changeSetOf(tasks, rules.filter));
      const inDoubt = tasks.filter(({ needsPruning }) => needsPruning).map(({ path }) => path);
      if (inDoubt.length > 0) this.#prune(await sessions.rehearse(inDoubt), disk);
      return outcome;
    });
  }

  async #sendAll(change: Change): Promise<void> {
    const { disk, rules, sessions } = this.#parts;
    const needsPruning = rules.deletes && rules.filter.hasExpressions;
    const deed = rules.deletes && !needsPruning ? 'mirrored' : 'added';
    const task: Task = { path: '.', deed, found: disk.look('.'), changes: [change], needsPruning };
    const kind = change.kind === 'all' ? 'all' : 'catch-up';
    await this.#send('all', [task], [change], async () => {
      const outcome = await sessions.sendAll(needsPruning ? `${kind}-without-deletion` : kind);
      if (needsPruning) this.#prune(await sessions.rehearseAll(`${kind}-rehearsal`), disk);
      return outcome;
    });
  }

  async #send(
    kind: BatchReport['kind'],
    tasks: readonly Task[],
    changes: readonly Change[],
    run: () => Promise<Outcome>,
  ): Promise<void> {
    const { disk, onDirty } = this.#parts;
    const startedAt = this.#now();
    const aftermath = new Aftermath(disk, tasks);
    this.#begin(tasks);
    try {
      const outcome = await run();
      this.#onOutcome(tasks, outcome);
      this.#report(kind, changes, startedAt, outcome);
      for (const path of aftermath.changed()) onDirty(path);
    } catch (thrown) {
      this.#onFailure(changes, thrown);
    }
    this.#end(tasks);
  }

  /** What the server would delete of folders in which the filter may protect something. */
  #prune(victims: readonly string[], disk: Disk): void {
    const paths = pathsToPrune(victims, disk, this.#parts.rules.filter);
    this.#backlog.add(paths.map((path) => changeOf(path, 'path', this.#now())));
  }

  /** A folder that is sent for its own attributes only is in nobody's way. */
  #begin(tasks: readonly Task[]): void {
    this.#sessions += 1;
    for (const task of tasks) if (!isMereFolder(task)) this.#locked.set(task.path, task);
  }

  #end(tasks: readonly Task[]): void {
    this.#sessions -= 1;
    for (const task of tasks) if (!isMereFolder(task)) this.#locked.delete(task.path);
    this.pump();
  }

  #onOutcome(tasks: readonly Task[], outcome: Outcome): void {
    const { folder, log, name, onDirty } = this.#parts;
    if (this.#reachability.recover()) log.info({ remote: name }, 'the remote is back');
    if (outcome.exitCode === 0) {
      this.#noteDelivered(tasks, outcome);
      return;
    }
    this.#deliveries.clear();
    const { failed, vanished, undone, done, unexplained } = blame(tasks, outcome, folder);
    for (const path of vanished) onDirty(path);
    for (const { change, reason } of failed) this.#fail(change, reason);
    this.#backlog.add(undone.flatMap(({ changes }) => changes));
    if (unexplained !== undefined) {
      this.#suspect(
        done.flatMap(({ changes }) => changes),
        unexplained,
      );
    }
  }

  #noteDelivered(tasks: readonly Task[], { listedAt }: Outcome): void {
    for (const { path, deed, changes } of tasks) {
      const isExact = changes.every(({ kind }) => kind !== 'all');
      if (isExact && !isDeletion(deed)) this.#deliveries.note(path, { kind: deliveryOf(deed), listedAt });
    }
  }

  /** A session failed as a whole: of what it was to do, nothing is known. */
  #onFailure(changes: readonly Change[], thrown: unknown): void {
    const { log, name, onRootGone } = this.#parts;
    this.#deliveries.clear();
    if (!(thrown instanceof SessionFailure)) {
      log.error({ remote: name, err: thrown }, 'an error of the program itself');
      this.#backlog.add(changes);
      this.#leaveAlone(String(thrown), false);
    } else if (this.#state === 'stopped') {
      this.#backlog.add(changes);
    } else if (!this.#isRootThere()) {
      this.#backlog.add(changes);
      onRootGone();
    } else if (thrown.isOpening || thrown.isTransient || !this.#reachability.mayBlameFile()) {
      this.#backlog.add(changes);
      this.#leaveAlone(thrown.message, thrown.isTransient);
    } else {
      this.#suspect(changes, thrown.message);
    }
  }

  /** One of these is the culprit. */
  #suspect(changes: readonly Change[], reason: string): void {
    const [only] = changes;
    if (changes.length === 1 && only !== undefined) this.#fail(only, reason);
    else this.#backlog.suspect(changes);
  }

  #fail(change: Change, reason: string): void {
    const { log, name } = this.#parts;
    const { path, attempts, nextAt } = this.#backlog.fail(change, reason, this.#now());
    const fields = { remote: name, path, reason, attempts, retryMs: Math.round(nextAt - this.#now()) };
    if (attempts === 1) log.warn(fields, 'could not be sent');
    else log.debug(fields, 'could not be sent again');
  }

  #leaveAlone(reason: string, isTransient: boolean): void {
    const { log, name } = this.#parts;
    const block = this.#reachability.block(reason, isTransient, this.#now());
    if (block === undefined) return;
    const retryMs = Math.round(block.until - this.#now());
    const fields = { remote: name, reason, retryMs, backlog: this.#backlog.size };
    if (block.isKnown) log.debug(fields, 'the remote is still out of reach');
    else log.warn(fields, 'the remote is out of reach');
  }

  #report(kind: BatchReport['kind'], changes: readonly Change[], startedAt: number, outcome: Outcome): void {
    const { log, name, onBatch } = this.#parts;
    const now = this.#now();
    const { changed, deleted, sentBytes, receivedBytes } = outcome;
    const since = changes.reduce((oldest, change) => Math.min(oldest, change.since), startedAt);
    const times = { ms: Math.round(now - startedAt), latencyMs: Math.round(now - since) };
    const fields = { remote: name, changed, deleted, sentBytes, receivedBytes, ...times };
    log.info(fields, kind === 'all' ? 'whole tree sent' : 'sent');
    onBatch({ ...fields, kind, paths: changes.map(({ path }) => path) });
  }
}

function isMereFolder({ deed, found }: Task): boolean {
  return deed === 'changed' && found.kind === 'folder';
}

function deliveryOf(deed: Task['deed']): Delivery['kind'] {
  if (deed === 'added' || deed === 'mirrored') return 'tree';
  return deed === 'leveled' ? 'level' : 'path';
}
