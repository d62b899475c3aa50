import type { Change } from '../change.ts';
import type { RemoteSettings, ReplicatorSettings } from '../config/settings.ts';
import type { EventFilter, EventFilterRules } from '../filter/event-filter.ts';
import { Remote, type RemoteParts } from './remote.ts';
import { RemoteSessions, type RemoteSessionsParts } from './remote-sessions.ts';
import type { RemoteStatus } from './remote-status.ts';

/** Maximum number of concurrent sessions with one remote. */
const MAX_SESSIONS = 3;

/** What all remotes have in common. */
export interface RemotesParts
  extends Pick<RemoteParts, 'disk' | 'root' | 'clocks' | 'emit' | 'beingWritten' | 'onDirty' | 'onRootGone'>,
    Pick<RemoteSessionsParts, 'places' | 'pool' | 'signal'> {
  readonly maxLanes: number;
  readonly filter: EventFilter;
  readonly filterRules: EventFilterRules;
}

/** All remotes of a replicator. Each gets the same changes, and works through them on its own. */
export class Remotes {
  readonly #remotes: readonly Remote[];

  constructor(settings: ReplicatorSettings, parts: RemotesParts) {
    // If a remote is slow, lanes are left for the others.
    const share = Math.floor(parts.maxLanes / settings.remotes.length);
    const maxSessions = Math.max(1, Math.min(MAX_SESSIONS, share));
    this.#remotes = settings.remotes.map((remote) => newRemote(remote, settings, parts, maxSessions));
  }

  get status(): RemoteStatus[] {
    return this.#remotes.map(({ status }) => status);
  }

  /** Changes that have yet to arrive somewhere. */
  get waiting(): number {
    return this.status.reduce((sum, { backlog }) => sum + backlog, 0);
  }

  /** A change will come soon: sessions are made ready. */
  expect(): void {
    for (const remote of this.#remotes) remote.expect();
  }

  add(changes: readonly Change[]): void {
    for (const remote of this.#remotes) remote.add(changes);
  }

  /** Sends what can be sent now. */
  pump(): void {
    for (const remote of this.#remotes) remote.pump();
  }

  /** Sends nothing until {@link resume}. */
  pause(): void {
    for (const remote of this.#remotes) remote.pause();
  }

  resume(): void {
    for (const remote of this.#remotes) remote.resume();
  }

  /** Resolves when nothing is left that could be sent without waiting for something else. */
  async drained(): Promise<void> {
    await Promise.all(this.#remotes.map((remote) => remote.drained()));
  }

  stop(): void {
    for (const remote of this.#remotes) remote.stop();
  }
}

function newRemote(
  { name, target, connection }: RemoteSettings,
  settings: ReplicatorSettings,
  parts: RemotesParts,
  maxSessions: number,
): Remote {
  const { transfer, wholeTreeExcludes, updatesOnly, retryMs } = settings;
  const { deletes, sendsFiles, sendsFolders, followsLinks } = settings;
  const { filter, filterRules, root, places, pool, signal } = parts;
  const sessions = new RemoteSessions({
    name,
    target,
    connection,
    rules: { transfer, wholeTreeExcludes, updatesOnly, sendsFolders },
    deletes,
    filter: filterRules,
    root,
    places,
    pool,
    signal,
    standing: () => remote.standing,
  });
  const { disk, clocks, emit, beingWritten, onDirty, onRootGone } = parts;
  const remote: Remote = new Remote({
    name,
    folder: target.path,
    sessions,
    maxSessions,
    rules: { filter, deletes, sendsFiles, sendsFolders, followsLinks },
    disk,
    root,
    retryMs,
    clocks,
    random: Math.random,
    emit,
    beingWritten,
    onDirty,
    onRootGone,
  });
  return remote;
}
