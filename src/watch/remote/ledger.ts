import type { Change } from '../change.ts';
import { PathTree } from '../path-tree.ts';
import { Backlog, type BacklogParts } from './backlog.ts';
import type { Task } from './planner.ts';

/**
 * Every change that one remote has yet to be sent: those that wait or have failed ({@link waiting}), those that were
 * taken ({@link Lease}) and those that a session is about ({@link Flight}). Each is in one of them until it is done.
 */
export class Ledger {
  readonly waiting: Backlog;
  readonly #leases = new Set<Lease>();
  readonly #flights = new Set<Flight>();
  /** What sessions are about right now: no two at once may be about the same path, or one below it. */
  readonly #inFlight = new PathTree<Task>();

  constructor(parts: BacklogParts) {
    this.waiting = new Backlog(parts);
  }

  /** Changes that wait, have failed, were taken or are in flight. */
  get size(): number {
    const sizes = [...this.#flights, ...this.#leases].map(({ size }) => size);
    return sizes.reduce((sum, size) => sum + size, this.waiting.size);
  }

  get sessions(): number {
    return this.#flights.size;
  }

  /** Whether no session is about this path, one above it or one below it. */
  isFree(path: string): boolean {
    return !this.#inFlight.touches(path);
  }

  /** Takes changes to be sent together, the oldest first, of which none is in flight. Undefined if there are none. */
  take(now: number, limit: number): Lease | undefined {
    const taken = this.waiting.take(now, limit, (path) => this.isFree(path));
    if (taken.length === 0) return undefined;
    const lease = new Lease(taken, (tasks) => this.#begin(tasks));
    this.#leases.add(lease);
    return lease;
  }

  /** Ends leases: what they still hold waits again. If it throws, nothing is lost. */
  giveBack(leases: readonly Lease[]): void {
    for (const lease of leases) {
      this.waiting.putBack(lease.held);
      this.#leases.delete(lease);
    }
    this.waiting.add([]);
  }

  #begin(tasks: readonly Task[]): Flight {
    const flight = new Flight(tasks, () => {
      this.#flights.delete(flight);
      for (const task of tasks) if (!isMereFolder(task)) this.#inFlight.delete(task.path);
    });
    this.#flights.add(flight);
    for (const task of tasks) if (!isMereFolder(task)) this.#inFlight.set(task.path, task);
    return flight;
  }
}

/** Changes that were taken. Whoever took them answers for each until it is in a flight or somebody else answers for it. */
export class Lease {
  readonly #held: Set<Change>;
  readonly #begin: (tasks: readonly Task[]) => Flight;

  constructor(changes: readonly Change[], begin: (tasks: readonly Task[]) => Flight) {
    this.#held = new Set(changes);
    this.#begin = begin;
  }

  /** Those that nobody else answers for. */
  get held(): Change[] {
    return [...this.#held];
  }

  get size(): number {
    return this.#held.size;
  }

  /** Somebody else answers for these from now on, or nothing has to be done about them. */
  pass(changes: Iterable<Change>): void {
    for (const change of changes) this.#held.delete(change);
  }

  /** Holds these from now on; the others are done. */
  hold(changes: readonly Change[]): void {
    this.#held.clear();
    for (const change of changes) this.#held.add(change);
  }

  /** A session is about to send these. */
  begin(tasks: readonly Task[]): Flight {
    const flight = this.#begin(tasks);
    this.pass(flight.changes);
    return flight;
  }
}

/** What one session is about, from before it starts until its changes have arrived, have failed or wait again. */
export class Flight {
  readonly tasks: readonly Task[];
  readonly changes: readonly Change[];
  readonly #onEnd: () => void;
  #isOver = false;

  constructor(tasks: readonly Task[], onEnd: () => void) {
    this.tasks = tasks;
    this.changes = tasks.flatMap(({ changes }) => changes);
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.changes.length;
  }

  /** The paths are free again. */
  end(): void {
    if (!this.#isOver) this.#onEnd();
    this.#isOver = true;
  }
}

/** A folder that is sent for its own attributes only conflicts with nothing: every session below it sends these too. */
function isMereFolder({ todo, found }: Task): boolean {
  return todo.action === 'send' && found.kind === 'folder';
}
