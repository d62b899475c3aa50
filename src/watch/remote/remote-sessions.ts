import type { ConnectionOptions, DaemonTarget, TreeChange } from '../../protocol/index.ts';
import type { EventFilterRules } from '../filter/event-filter.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { Outcome, SessionRequest, Standing, Work } from '../lanes/messages.ts';
import type { Deletions } from '../lanes/pruning.ts';
import type { MountPlace } from '../tree/mount-places.ts';
import type { WatchedRoot } from '../tree/watched-root.ts';
import type { Comparison } from './batches.ts';
import { type SessionKind, type SessionRules, sessionKey, sessionOptions } from './session-options.ts';

export interface RemoteSessionsParts {
  /** Tells this remote from others. */
  readonly name: string;
  readonly target: DaemonTarget;
  readonly connection: ConnectionOptions;
  readonly rules: SessionRules;
  readonly deletes: boolean;
  readonly filter: EventFilterRules;
  readonly root: WatchedRoot;
  /** What is mounted in it by now. */
  readonly places: () => readonly MountPlace[];
  readonly pool: LanePool;
  /** Ends all of them. */
  readonly signal: AbortSignal;
  readonly standing: () => Standing;
}

const OPENING_DELAY_MS = 20;

/** As the user asked for it, or because it is not known what has changed. */
export type WholeTreeComparison = Extract<SessionKind['compare'], 'options' | 'times'>;

/** Sessions with one remote. All promises reject with a {@link SessionFailure} if no session comes about, or one breaks. */
export interface Sessions {
  /** Whether work would begin at once. */
  readonly hasRoom: boolean;
  /** Opens a session that waits for the next change. */
  hold(): void;
  release(): void;
  sendChanges(compare: Comparison, changes: readonly TreeChange[]): Promise<Outcome>;
  sendAll(compare: WholeTreeComparison, deletes: boolean): Promise<Outcome>;
  /** What may be deleted so that these folders become equal. */
  dryRun(folders: readonly string[]): Promise<Deletions>;
  /** What may be deleted so that the whole tree becomes equal. */
  dryRunAll(compare: WholeTreeComparison): Promise<Deletions>;
}

/** Those that run in lanes. */
export class RemoteSessions implements Sessions {
  readonly #parts: RemoteSessionsParts;
  /** Those sessions are held open of which the next one is likely to be. */
  readonly #held: SessionKind;

  constructor(parts: RemoteSessionsParts) {
    this.#parts = parts;
    this.#held = { scope: 'changes', compare: 'always', deletes: parts.deletes, dryRun: false };
  }

  get hasRoom(): boolean {
    const { pool, standing } = this.#parts;
    return pool.hasRoom(standing());
  }

  hold(): void {
    this.#parts.pool.hold(this.#key(this.#held), this.#request(this.#held));
  }

  release(): void {
    this.#parts.pool.release(this.#key(this.#held));
  }

  sendChanges(compare: Comparison, changes: readonly TreeChange[]): Promise<Outcome> {
    const { deletes } = this.#parts;
    return this.#run({ scope: 'changes', compare, deletes, dryRun: false }, { kind: 'changes', changes });
  }

  sendAll(compare: WholeTreeComparison, deletes: boolean): Promise<Outcome> {
    return this.#run({ scope: 'all', compare, deletes, dryRun: false }, { kind: 'all' });
  }

  async dryRun(folders: readonly string[]): Promise<Deletions> {
    const kind = { scope: 'changes', compare: 'times', deletes: true, dryRun: true } as const;
    const changes = folders.map((path) => ({ action: 'mirror' as const, path }));
    const { deletions } = await this.#run(kind, { kind: 'changes', changes }, folders);
    return deletions;
  }

  async dryRunAll(compare: WholeTreeComparison): Promise<Deletions> {
    const kind = { scope: 'all', compare, deletes: true, dryRun: true } as const;
    const { deletions } = await this.#run(kind, { kind: 'all' }, ['.']);
    return deletions;
  }

  async #run(
    kind: SessionKind,
    what: { readonly kind: 'changes'; readonly changes: readonly TreeChange[] } | { readonly kind: 'all' },
    prunes: readonly string[] = [],
  ): Promise<Outcome> {
    const { pool, root, places, filter, signal, standing } = this.#parts;
    const work: Work = { ...what, root, places: places(), filter, prunes };
    // The next session is opened behind this one, but not in its way: most are over in a moment.
    const key = this.#key(kind);
    const isHeld = key === this.#key(this.#held);
    const next = isHeld ? setTimeout(() => this.hold(), OPENING_DELAY_MS) : undefined;
    try {
      const session = this.#request(kind);
      const outcome = await pool.run({ kind: 'push', key, session, work, standing: standing() }, signal);
      if (isHeld) this.hold();
      return outcome;
    } finally {
      clearTimeout(next);
    }
  }

  #key(kind: SessionKind): string {
    return `${sessionKey(kind)} ${this.#parts.name}`;
  }

  #request(kind: SessionKind): SessionRequest {
    const { target, connection, rules } = this.#parts;
    return { target, connection, transfer: sessionOptions(kind, rules) };
  }
}
