import { systemReason } from '../../protocol/internal.ts';
import type { Change } from '../change.ts';
import { TREE_MOVED } from '../lanes/guarded-tree.ts';
import { SessionFailure } from '../lanes/lane.ts';
import type { Outcome, Standing } from '../lanes/messages.ts';
import type { BatchReport, Emit } from '../listeners/events.ts';
import type { Disk } from '../tree/disk.ts';
import { isRootThere, type WatchedRoot } from '../tree/watched-root.ts';
import { Aftermath } from './aftermath.ts';
import { reportOf } from './batch-report.ts';
import { BatchSender } from './batch-sender.ts';
import { makeBatches } from './batches.ts';
import { type Clocks, Deliveries } from './deliveries.ts';
import { HalfSent } from './half-sent.ts';
import { type BeingWritten, LateLooks } from './late-looks.ts';
import { type Flight, type Lease, Ledger } from './ledger.ts';
import { Outcomes } from './outcomes.ts';
import { type Plan, planTasks, RootGoneError, type SendRules, type Task } from './planner.ts';
import { Reachability } from './reachability.ts';
import type { Sessions } from './remote-sessions.ts';
import type { RemoteStatus } from './remote-status.ts';

/** Changes that are decided about together. */
const MAX_CHANGES = 1000;
const BATCH_LIMITS = { tasks: MAX_CHANGES, deletions: 500, bytes: 64 * 1024 * 1024 };
const BACKLOG_LIMITS = { maxInFolder: 10_000, most: 100_000 };
const FIRST_RETRY_MS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface RemoteParts {
  /** `user@host::module/path`. */
  readonly name: string;
  /** The folder in the module that the tree goes to. */
  readonly folder: string;
  readonly sessions: Sessions;
  /** At a time. */
  readonly maxSessions: number;
  readonly rules: SendRules;
  readonly disk: Disk;
  readonly root: WatchedRoot;
  /** Maximum retry delay of a path that could not be sent. */
  readonly retryMs: number;
  readonly clocks: Clocks;
  readonly random: () => number;
  readonly emit: Emit;
  readonly beingWritten: BeingWritten;
  /** Something happened to a path while it was being sent, or it is being written: it has to settle. */
  readonly onDirty: (path: string) => void;
  /** The watched folder or something in it seems not to be what it was: it pauses, or knows better now. */
  readonly onRootGone: () => void;
}

/**
 * Keeps one remote equal: takes changes from its ledger, decides from the disk what they mean, sends them, and looks
 * at what became of them. It knows nothing of other remotes.
 */
export class Remote {
  readonly #parts: RemoteParts;
  readonly #ledger: Ledger;
  readonly #deliveries: Deliveries;
  readonly #reachability: Reachability;
  readonly #outcomes: Outcomes;
  readonly #halfSent: HalfSent;
  readonly #lateLooks: LateLooks;
  readonly #sender: BatchSender;
  #state: 'running' | 'paused' | 'stopped' = 'running';
  #timer: NodeJS.Timeout | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(parts: RemoteParts) {
    this.#parts = parts;
    const retry = { firstMs: FIRST_RETRY_MS, maxMs: parts.retryMs };
    this.#ledger = new Ledger({ limits: BACKLOG_LIMITS, retry, random: parts.random });
    const { root } = parts;
    this.#deliveries = new Deliveries(parts.clocks, root.isLocalFileSystem ? root.device : undefined);
    this.#reachability = new Reachability(parts.random);
    this.#halfSent = new HalfSent(parts.disk);
    this.#lateLooks = new LateLooks(parts.beingWritten);
    this.#outcomes = new Outcomes({
      ...parts,
      filter: parts.rules.filter,
      backlog: this.#ledger.waiting,
      deliveries: this.#deliveries,
      reachability: this.#reachability,
      now: () => this.#now(),
    });
    this.#sender = new BatchSender({
      sessions: parts.sessions,
      rules: parts.rules,
      waiting: this.#ledger.waiting,
      outcomes: this.#outcomes,
      halfSent: this.#halfSent,
      lateLooks: this.#lateLooks,
      emit: parts.emit,
      name: parts.name,
      now: () => this.#now(),
    });
  }

  get status(): RemoteStatus {
    return {
      name: this.#parts.name,
      state: this.#publicState(),
      backlog: this.#ledger.size,
      sessions: this.#ledger.sessions,
      failures: this.#ledger.waiting.failures,
      reason: this.#reachability.trouble,
      nextTryAt: this.#reachability.at(this.#now())?.until,
    };
  }

  /** How the last session went. */
  get standing(): Standing {
    if (this.#reachability.trouble !== undefined) return 'troubled';
    return this.#reachability.isProven ? 'good' : 'unknown';
  }

  /** A change will come soon: a session is made ready. */
  expect(): void {
    try {
      if (this.#isAllowed(this.#now())) this.#parts.sessions.hold();
    } catch (thrown) {
      this.#outcomes.onThrow([], thrown);
    }
  }

  /** Never throws: whatever happens, the changes are kept. Nobody writes to them now. */
  add(changes: readonly Change[]): void {
    const settledAt = this.#now();
    this.#ledger.waiting.putBack(changes.map((change) => ({ ...change, settledAt })));
    this.pump();
  }

  /** Sends what can be sent now. To be called as well when a lane has become free. Never throws. */
  pump(): void {
    const now = this.#now();
    const leases: Lease[] = [];
    try {
      while (this.#maySend(now)) {
        const lease = this.#ledger.take(now, MAX_CHANGES);
        if (lease === undefined) break;
        leases.push(lease);
        this.#dispatchSafely(lease);
      }
    } catch (thrown) {
      this.#outcomes.onTrouble(thrown);
    }
    this.#giveBack(leases);
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
    if (this.#ledger.sessions > 0) return 'sending';
    return this.#reachability.trouble === undefined ? 'idle' : 'blocked';
  }

  #isIdle(now: number): boolean {
    if (this.#state === 'stopped') return true;
    return this.#ledger.sessions === 0 && !(this.#ledger.waiting.isReady && this.#isAllowed(now));
  }

  #isAllowed(now: number): boolean {
    return this.#state === 'running' && this.#reachability.at(now) === undefined;
  }

  #maySend(now: number): boolean {
    return (
      this.#isAllowed(now) && this.#ledger.sessions < this.#parts.maxSessions && this.#parts.sessions.hasRoom
    );
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'running') return;
    const at = this.#reachability.at(now)?.until ?? this.#ledger.waiting.retryAt;
    if (at === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.max(1, at - now), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.pump(), waitMs);
  }

  #now(): number {
    return this.#parts.clocks.monotonic();
  }

  #giveBack(leases: readonly Lease[]): void {
    try {
      this.#ledger.giveBack(leases);
    } catch (thrown) {
      this.#outcomes.onTrouble(thrown);
    }
  }

  /** If something throws, the cause is looked for among the changes that no session has yet. */
  #dispatchSafely(lease: Lease): void {
    try {
      lease.hold(this.#dispatch(lease));
    } catch (thrown) {
      this.#outcomes.onThrow(lease.held, thrown);
      lease.hold([]);
    }
  }

  /** Decides about changes and sends them off. Answers those that have to wait for others. */
  #dispatch(lease: Lease): readonly Change[] {
    const changes = lease.held;
    const whole = changes.find(({ kind, path }) => path === '.' && (kind === 'all' || kind === 'tree'));
    if (whole !== undefined) {
      const task = this.#wholeTask(whole);
      void this.#send('all', lease.begin([task]), () => this.#sender.sendAll(whole, task));
      return changes.filter((change) => change !== whole);
    }
    const plan = this.#plan(changes);
    if (plan === undefined) return changes;
    for (const { change, cause } of plan.unknown) {
      this.#outcomes.fail(change, systemReason(cause));
      lease.pass([change]);
    }
    const undelivered = plan.tasks.filter((task) => !this.#isDelivered(task));
    const unsettled = this.#settleAgain(undelivered, lease);
    const tasks = undelivered.filter((task) => !unsettled.has(task));
    const [free, deferred] = divide(tasks, ({ path }) => this.#ledger.isFree(path));
    for (const { comparison, tasks: together } of makeBatches(free, BATCH_LIMITS)) {
      // Batches that are sent at the same time must not be about the same paths either.
      const maySend = this.#maySend(this.#now());
      const [now, later] = divide(together, ({ path }) => maySend && this.#ledger.isFree(path));
      deferred.push(...later);
      if (now.length === 0) continue;
      void this.#send('changes', lease.begin(now), () => this.#sender.send({ comparison, tasks: now }));
    }
    return deferred.flatMap((task) => task.changes);
  }

  /** Tasks about files that somebody writes to by now. At the end there is no time for that. */
  #settleAgain(tasks: readonly Task[], lease: Lease): ReadonlySet<Task> {
    const written = this.#idle === undefined ? this.#lateLooks.written(tasks, this.#now()) : [];
    for (const { path, changes } of written) {
      this.#parts.onDirty(path);
      lease.pass(changes);
    }
    return new Set(written);
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
    return isRootThere(this.#parts.disk, this.#parts.root);
  }

  #isDelivered({ todo, found, path, changes }: Task): boolean {
    if (todo.action !== 'send' || (found.kind !== 'file' && found.kind !== 'folder')) return false;
    if (this.#halfSent.has(path)) return false;
    const heardAt = Math.max(...changes.map((change) => change.heardAt));
    return changes.every(({ kind }) => kind === 'path') && this.#deliveries.covers(path, found, heardAt);
  }

  #wholeTask(change: Change): Task {
    const { disk, rules } = this.#parts;
    const needsPruning = rules.deletes && rules.filter.hasExpressions;
    const action = rules.deletes && !needsPruning ? 'mirror' : 'send-tree';
    return { todo: { action, path: '.' }, path: '.', found: disk.look('.'), changes: [change], needsPruning };
  }

  /** Never rejects: the changes arrive, or come back. */
  async #send(kind: BatchReport['kind'], flight: Flight, run: () => Promise<Outcome>): Promise<void> {
    const { disk, onDirty } = this.#parts;
    const startedAt = this.#now();
    const { tasks, changes } = flight;
    try {
      const aftermath = new Aftermath(disk, tasks);
      const outcome = await run();
      this.#outcomes.onEnd(tasks, outcome);
      for (const path of aftermath.changed()) onDirty(path);
      this.#report(kind, changes, startedAt, outcome);
    } catch (thrown) {
      this.#onFailure(changes, thrown);
    }
    flight.end();
    this.pump();
  }

  /** That the watched folder is gone, or what was mounted in it, or that we are, explains enough. */
  #onFailure(changes: readonly Change[], thrown: unknown): void {
    try {
      const isRootThere = this.#isRootThere();
      const isMoved = thrown instanceof SessionFailure && thrown.code === TREE_MOVED;
      if (this.#state === 'stopped' || !isRootThere || isMoved) this.#ledger.waiting.add(changes);
      else this.#outcomes.onFailure(changes, thrown);
      if (thrown instanceof SessionFailure && this.#parts.rules.deletes) this.#halfSent.add(thrown.sentLast);
      if (!isRootThere || isMoved) this.#parts.onRootGone();
    } catch (another) {
      this.#ledger.waiting.putBack(changes);
      this.#outcomes.onTrouble(another);
    }
  }

  #report(kind: BatchReport['kind'], changes: readonly Change[], startedAt: number, outcome: Outcome): void {
    const { emit, name } = this.#parts;
    emit('batch', reportOf(outcome, { remote: name, kind, changes, startedAt, endedAt: this.#now() }));
  }
}

/** Those for which it is true, and the others. */
function divide<T>(all: readonly T[], isTrue: (one: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const one of all) (isTrue(one) ? yes : no).push(one);
  return [yes, no];
}
