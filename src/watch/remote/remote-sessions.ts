import type { ChangeSet, ConnectionOptions, DaemonTarget } from '../../protocol/index.ts';
import type { EventFilterRules } from '../filter/event-filter.ts';
import type { Standing } from '../lanes/lane.ts';
import type { LanePool } from '../lanes/lane-pool.ts';
import type { Outcome, SessionRequest, Work } from '../lanes/messages.ts';
import type { Deletions } from '../lanes/pruning.ts';
import type { MountPlace } from '../tree/mount-places.ts';
import type { WatchedRoot } from '../tree/watched-root.ts';
import { type SessionKind, type SessionRules, sessionOptions } from './session-options.ts';

export interface RemoteSessionsParts {
  /** Tells this remote from others. */
  readonly name: string;
  readonly target: DaemonTarget;
  readonly connection: ConnectionOptions;
  readonly rules: SessionRules;
  readonly filter: EventFilterRules;
  readonly root: WatchedRoot;
  /** What is mounted in it by now. */
  readonly places: () => readonly MountPlace[];
  readonly pool: LanePool;
  /** Ends all of them. */
  readonly signal: AbortSignal;
  readonly standing: () => Standing;
}

/** Those sessions are held open of which the next one is likely to be. */
const HELD: SessionKind = 'always';

const OPENING_DELAY_MS = 20;

export type WholeTreeKind = 'all' | 'all-without-deletion' | 'catch-up' | 'catch-up-without-deletion';

/** Sessions with one remote. All promises reject with a {@link SessionFailure} if no session comes about, or one breaks. */
export interface Sessions {
  /** Whether work would begin at once. */
  readonly hasRoom: boolean;
  /** Opens a session that waits for the next change. */
  hold(): void;
  release(): void;
  sendChanges(kind: 'always' | 'times', changes: ChangeSet): Promise<Outcome>;
  sendAll(kind: WholeTreeKind): Promise<Outcome>;
  /** What may be deleted so that these folders become equal. */
  dryRun(folders: readonly string[]): Promise<Deletions>;
  /** What may be deleted so that the whole tree becomes equal. */
  dryRunAll(kind: 'all-dry-run' | 'catch-up-dry-run'): Promise<Deletions>;
}

/** Those that run in lanes. */
export class RemoteSessions implements Sessions {
  readonly #parts: RemoteSessionsParts;

  constructor(parts: RemoteSessionsParts) {
    this.#parts = parts;
  }

  get hasRoom(): boolean {
    const { pool, standing } = this.#parts;
    return pool.hasRoom(standing());
  }

  hold(): void {
    this.#parts.pool.hold(this.#key(HELD), this.#request(HELD));
  }

  release(): void {
    this.#parts.pool.release(this.#key(HELD));
  }

  sendChanges(kind: 'always' | 'times', changes: ChangeSet): Promise<Outcome> {
    return this.#run(kind, { kind: 'changes', changes });
  }

  sendAll(kind: WholeTreeKind): Promise<Outcome> {
    return this.#run(kind, { kind: 'all' });
  }

  async dryRun(folders: readonly string[]): Promise<Deletions> {
    const changes = { changed: [], added: [], mirrored: folders, gone: [] };
    const { deletions } = await this.#run('dry-run', { kind: 'changes', changes }, folders);
    return deletions;
  }

  async dryRunAll(kind: 'all-dry-run' | 'catch-up-dry-run'): Promise<Deletions> {
    const { deletions } = await this.#run(kind, { kind: 'all' }, ['.']);
    return deletions;
  }

  async #run(
    kind: SessionKind,
    what: { readonly kind: 'changes'; readonly changes: ChangeSet } | { readonly kind: 'all' },
    prunes: readonly string[] = [],
  ): Promise<Outcome> {
    const { pool, root, places, filter, signal, standing } = this.#parts;
    const work: Work = { ...what, root, places: places(), filter, prunes };
    // The next session is opened behind this one, but not in its way: most are over in a moment.
    const next = kind === HELD ? setTimeout(() => this.hold(), OPENING_DELAY_MS) : undefined;
    try {
      const outcome = await pool.run({
        key: this.#key(kind),
        session: this.#request(kind),
        work,
        signal,
        standing: standing(),
      });
      if (kind === HELD) this.hold();
      return outcome;
    } finally {
      clearTimeout(next);
    }
  }

  #key(kind: SessionKind): string {
    return `${kind} ${this.#parts.name}`;
  }

  #request(kind: SessionKind): SessionRequest {
    const { target, connection, rules } = this.#parts;
    return { target, connection, transfer: sessionOptions(kind, rules) };
  }
}
