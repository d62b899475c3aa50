import { type BackOffTimes, backOffMs } from '../back-off.ts';
import { type Change, changeOf, covers, mergeChanges } from '../change.ts';
import { ancestorsOf, PathTree, parentOf } from '../path-tree.ts';
import { Suspects } from './suspects.ts';

export interface BacklogLimits {
  /** More changed paths than this in one folder become one change of the folder. */
  readonly maxInFolder: number;
  /** More changes than this become one change of the whole tree. */
  readonly most: number;
}

/** A path that could not be sent although others could. */
export interface Failure {
  readonly path: string;
  readonly reason: string;
  readonly attempts: number;
  /** When it is tried again, in ms of the monotonic clock. */
  readonly nextAt: number;
}

export interface BacklogParts {
  readonly limits: BacklogLimits;
  readonly retry: BackOffTimes;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
}

interface FailedChange {
  readonly change: Change;
  readonly reason: string;
  readonly nextAt: number;
  /** It ends whole sessions: it is tried again in one of its own. */
  readonly isAlone: boolean;
  /** It is of no use before these paths, if they have failed, too. */
  readonly after: readonly string[];
}

/** What waits for other paths is tried so long after they are. */
const AFTER_MS = 5000;

/** A path that ends whole sessions is tried again so soon after something has happened to it. */
const NEWS_DELAY_MS = 5000;

/**
 * What one remote still has to be sent, in memory that is bounded however long it is out of reach: a change of a whole
 * folder swallows those below it, and too many in one folder become one of the folder. Paths that fail wait here too,
 * each for longer than the time before, without being in the way of others; what may end a whole session is sent apart.
 */
export class Backlog {
  readonly #parts: BacklogParts;
  /** In the order of their arrival. */
  readonly #ready = new Map<string, Change>();
  /** The same, by place. */
  readonly #tree = new PathTree<Change>();
  readonly #failed = new Map<string, FailedChange>();
  #retryAt = Number.POSITIVE_INFINITY;
  readonly #suspects = new Suspects();
  /** Whether suspects are next: they and others take turns. */
  #areSuspectsNext = true;
  /** What has come in, or back, and has no place yet: it has one as soon as {@link #sort} has not thrown. */
  readonly #inbox: Change[] = [];

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  /** Changes that are to be sent, the failed ones among them. */
  get size(): number {
    return this.#ready.size + this.#failed.size + this.#suspects.size + this.#inbox.length;
  }

  get isReady(): boolean {
    return this.#ready.size > 0 || this.#suspects.size > 0 || this.#inbox.length > 0;
  }

  get failures(): Failure[] {
    return [...this.#failed.values()].map(({ change: { path, attempts }, reason, nextAt }) => {
      return { path, reason, attempts, nextAt };
    });
  }

  /** When the next failed path is tried again; Infinity if there is none. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Adds news, or changes that come back because they were not tried. */
  add(changes: Iterable<Change>): void {
    this.putBack(changes);
    this.#sort();
  }

  /** Adds changes without a look at them. Never throws: for whoever took them and cannot go on. */
  putBack(changes: Iterable<Change>): void {
    for (const change of changes) this.#inbox.push(change);
  }

  /**
   * Takes changes to be sent together, the oldest first: some that are ready, or a group of suspects.
   *
   * @param isFree Whether a path may be sent now: nothing above or below it is under way.
   */
  take(now: number, limit: number, isFree: (path: string) => boolean): Change[] {
    this.#sort();
    if (now >= this.#retryAt) this.#revive(now);
    const isTheirTurn = this.#areSuspectsNext;
    const group = isTheirTurn ? this.#suspects.take(isFree) : undefined;
    const taken = group ?? this.#takeReady(limit, isFree);
    this.#areSuspectsNext = group === undefined;
    return taken.length > 0 || isTheirTurn ? taken : (this.#suspects.take(isFree) ?? []);
  }

  #takeReady(limit: number, isFree: (path: string) => boolean): Change[] {
    const taken: Change[] = [];
    let looks = 0;
    for (const change of this.#ready.values()) {
      if (taken.length === limit || looks === 4 * limit) break;
      looks += 1;
      if (isFree(change.path)) taken.push(change);
    }
    for (const { path } of taken) this.#remove(path);
    return taken;
  }

  /** One of these made a session fail, and it is not known which: each half is sent apart. */
  suspect(changes: readonly Change[]): void {
    const middle = (changes.length + 1) >> 1;
    for (const half of [changes.slice(middle), changes.slice(0, middle)])
      this.#suspects.push(half.map((change) => this.#withNews(change)));
  }

  /** These were in a session that broke, which may be nobody's fault: they are sent together, but apart from others. */
  setApart(changes: readonly Change[]): void {
    this.#suspects.pushLast(changes.map((change) => this.#withNews(change)));
  }

  /**
   * This one cannot be sent. It is tried again after a while, or as soon as something happens to it; then everything
   * about the remote's side is in doubt.
   *
   * @param isAlone It ends whole sessions, and is tried again in one of its own.
   */
  fail(failing: Change, reason: string, now: number, isAlone = false): Failure {
    const change = isAlone ? this.#withNews(failing) : failing;
    const older = this.#failed.get(change.path)?.change ?? change;
    const attempts = Math.max(change.attempts, older.attempts) + 1;
    const nextAt = now + backOffMs(attempts, this.#parts.retry, this.#parts.random);
    const failed = { ...mergeChanges(change, older), attempts, wasFolder: true };
    this.#failed.set(change.path, { change: failed, reason, nextAt, isAlone, after: [] });
    this.#retryAt = Math.min(this.#retryAt, nextAt);
    if (this.#failed.size > this.#parts.limits.most) this.#collapse();
    return { path: change.path, reason, attempts, nextAt };
  }

  /** This one is to be done again, but not before these paths: they have failed, and are in its way. */
  putOff(change: Change, reason: string, now: number, after: readonly string[]): Failure {
    const failure = this.fail(change, reason, now);
    const failed = this.#failed.get(change.path);
    if (failed !== undefined) this.#failed.set(change.path, { ...failed, after });
    return failure;
  }

  #sort(): void {
    const suspects: Change[] = [];
    let sorted = 0;
    try {
      for (const change of this.#inbox) {
        if (change.isSuspect) suspects.push(change);
        else if (!this.#suspects.merge(change)) this.#add(change);
        sorted += 1;
      }
    } finally {
      this.#inbox.splice(0, sorted);
      this.#suspects.pushLast(suspects.map((change) => this.#withNews(change)));
    }
  }

  #add(change: Change): void {
    if (this.#isPostponed(change)) return;
    const news = this.#withFailed(change);
    if (this.#isSwallowed(news)) return;
    const known = this.#ready.get(news.path);
    const entry = this.#swallow(known === undefined ? news : mergeChanges(known, news));
    this.#ready.set(entry.path, entry);
    this.#tree.set(entry.path, entry);
    this.#relieve(entry);
  }

  /** News about a path that ends whole sessions does not go with others. */
  #isPostponed(change: Change): boolean {
    const failure = this.#failed.get(change.path);
    if (failure === undefined || !failure.isAlone) return false;
    const nextAt = Math.min(failure.nextAt, change.since + NEWS_DELAY_MS);
    this.#failed.set(change.path, { ...failure, change: mergeChanges(change, failure.change), nextAt });
    this.#retryAt = Math.min(this.#retryAt, nextAt);
    return true;
  }

  /** With what has been heard of its path meanwhile. */
  #withNews(change: Change): Change {
    const news = this.#ready.get(change.path);
    if (news === undefined) return change;
    this.#remove(change.path);
    return mergeChanges(change, news);
  }

  /** News about a path that has failed: both are tried now. What is only about a folder itself is no news of its contents. */
  #withFailed(change: Change): Change {
    const failed = this.#failed.get(change.path)?.change;
    if (failed === undefined || (change.kind === 'path' && failed.kind !== 'path')) return change;
    this.#failed.delete(change.path);
    return mergeChanges(change, failed);
  }

  #isSwallowed(change: Change): boolean {
    const parent = parentOf(change.path);
    for (const [folder, above] of this.#tree.above(change.path)) {
      if (covers(above, change, folder === parent)) return true;
    }
    return false;
  }

  /** Removes what a change does as well. The result is as old as the oldest of them. */
  #swallow(entry: Change): Change {
    if (entry.kind === 'path') return entry;
    let { since } = entry;
    for (const [path, change] of [...this.#tree.below(entry.path)]) {
      if (!covers(entry, change, parentOf(path) === entry.path)) continue;
      since = Math.min(since, change.since);
      this.#remove(path);
    }
    for (const [path, { change }] of this.#failed) {
      const isBelow = ancestorsOf(path).includes(entry.path);
      if (isBelow && covers(entry, change, parentOf(path) === entry.path)) this.#failed.delete(path);
    }
    return { ...entry, since };
  }

  /** Makes few of too many. */
  #relieve({ path, since }: Change): void {
    const { maxInFolder, most } = this.#parts.limits;
    const folder = parentOf(path);
    const isCrowded = folder !== undefined && this.#tree.countIn(folder) > maxInFolder;
    const kind = isCrowded ? this.#tree.get(folder)?.kind : 'level';
    if (isCrowded && (kind === undefined || kind === 'path')) this.#add(changeOf(folder, 'level', since));
    if (this.#ready.size > most) this.#collapse();
  }

  #collapse(): void {
    let since = Number.POSITIVE_INFINITY;
    for (const change of this.#ready.values()) since = Math.min(since, change.since);
    for (const { change } of this.#failed.values()) since = Math.min(since, change.since);
    this.#add(changeOf('.', 'tree', since));
  }

  #remove(path: string): void {
    this.#ready.delete(path);
    this.#tree.delete(path);
  }

  #revive(now: number): void {
    for (const [path, failed] of this.#failed) {
      const others = failed.after.flatMap((other) => this.#failed.get(other)?.nextAt ?? []);
      if (failed.nextAt > now || others.length === 0) continue;
      this.#failed.set(path, { ...failed, nextAt: Math.max(now, ...others) + AFTER_MS });
    }
    const due = [...this.#failed.values()].filter(({ nextAt }) => nextAt <= now);
    for (const { change, isAlone } of due) {
      if (isAlone) {
        this.#failed.delete(change.path);
        this.#suspects.pushLast([change]);
      } else {
        this.#add({ ...change, isSuspect: false });
      }
    }
    this.#retryAt = Number.POSITIVE_INFINITY;
    for (const { nextAt } of this.#failed.values()) this.#retryAt = Math.min(this.#retryAt, nextAt);
  }
}
