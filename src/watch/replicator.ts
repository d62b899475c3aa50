import { EventEmitter } from 'node:events';
import { type Change, changeOf } from './change.ts';
import { checkPasswordFiles } from './config/check-config.ts';
import { checkConfigShape } from './config/config-shape.ts';
import { checkReplicatorOptions, type ReplicatorOptions } from './config/replicator-options.ts';
import type { SersyncConfig } from './config/sersync-config.ts';
import { type ReplicatorSettings, settingsOf } from './config/settings.ts';
import { targetKeys } from './config/targets.ts';
import { EventFilter, type EventFilterRules } from './filter/event-filter.ts';
import { LanePool } from './lanes/lane-pool.ts';
import { eventStream } from './listeners/event-stream.ts';
import type { Emit, ReplicatorEvents, ReplicatorState } from './listeners/events.ts';
import { errorOf } from './listeners/log.ts';
import type { Clocks } from './remote/deliveries.ts';
import type { RemoteStatus } from './remote/remote-status.ts';
import { Remotes } from './remote/remotes.ts';
import { OpenFiles } from './settle/open-files.ts';
import { Settler } from './settle/settler.ts';
import { CatchUp } from './tree/catch-up.ts';
import type { LocalDisk } from './tree/disk.ts';
import { FolderLock } from './tree/folder-lock.ts';
import { HardLinks } from './tree/hard-links.ts';
import type { MountNews } from './tree/mount-places.ts';
import { TreeGuard } from './tree/tree-guard.ts';
import type { WatchedRoot } from './tree/watched-root.ts';
import { WatchedTree } from './tree/watched-tree.ts';

export interface ReplicatorStatus {
  readonly root: string;
  readonly state: ReplicatorState;
  /** Folders that are watched. */
  readonly folders: number;
  /** Paths that have changed a moment ago and have not settled. */
  readonly dirty: number;
  /** Why changes may be missed, or nothing is sent, if that is so. */
  readonly trouble: string | undefined;
  /** Where something was mounted in the watched folder that is not mounted now: nothing of it is sent or deleted. */
  readonly away: readonly string[];
  readonly remotes: readonly RemoteStatus[];
  readonly lanes: number;
}

const DEFAULT_LANES = 10;
const IDLE_MS = 5 * 60_000;
/** Each lane takes 20 MB, and 30 to 150 ms to start: bursts that follow each other find theirs. */
const LANE_IDLE_MS = 30_000;
const DRAIN_MS = 5000;
/** To find out who writes to files: what is not seen by then counts as closed. */
const OPEN_FILES_BUDGET_MS = 200;

const clocks: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * Watches a folder and keeps remotes equal to it, until it is stopped. Resolves when everything is being watched.
 *
 * @throws UsageError for a field that is missing, unknown or of another type; UsageError or UnsupportedError if the
 * config cannot be carried out, also if its password file cannot be used; FileError if the folder is not there.
 */
export async function startReplicator(
  config: SersyncConfig,
  options: ReplicatorOptions,
): Promise<Replicator> {
  checkReplicatorOptions(options);
  checkConfigShape(config);
  const settings = settingsOf(config, options.environment);
  checkPasswordFiles(settings);
  const replicator = new Replicator(settings, options);
  await replicator.start();
  return replicator;
}

/** A folder that is being watched, and its remotes. */
export class Replicator {
  /** What happens, as it happens. A listener that throws disturbs nobody; the log says so. */
  readonly events = new EventEmitter<ReplicatorEvents>();
  readonly #emit: Emit;
  readonly #settings: ReplicatorSettings;
  readonly #options: ReplicatorOptions;
  readonly #disk: LocalDisk;
  readonly #guard: TreeGuard;
  readonly #root: WatchedRoot;
  readonly #filterRules: EventFilterRules;
  readonly #filter: EventFilter;
  readonly #pool: LanePool;
  readonly #settler: Settler;
  readonly #hardLinks: HardLinks;
  readonly #openFiles = new OpenFiles(OPEN_FILES_BUDGET_MS);
  readonly #remotes: Remotes;
  readonly #control = new AbortController();
  readonly #catchUp = new CatchUp({ compare: () => this.#toAll('tree'), now: clocks.monotonic });
  readonly #onAbort = () => void this.stop();
  #tree: WatchedTree;
  #lock: FolderLock | undefined;
  #state: ReplicatorState = 'starting';
  #trouble: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: ReplicatorSettings, options: ReplicatorOptions) {
    const emit = eventStream(options.log, this.events, (thrown) => {
      this.#trouble = `the log: ${errorOf(thrown).message}`;
    });
    this.#emit = emit;
    this.#settings = settings;
    this.#options = options;
    this.#guard = new TreeGuard({
      folder: settings.root,
      isConfined: (settings.transfer.oneFileSystem ?? 0) > 0,
      isWanted: (path, isFolder) => this.#filter.accepts(path, isFolder),
      emit,
      now: clocks.monotonic,
      onLost: () => this.#onLost(),
      onFound: () => this.#onFound(),
      // A session may have been given up for something that was over at once.
      onLook: () => this.#remotes.pump(),
      onMounts: (news) => this.#onMounts(news),
    });
    this.#root = this.#guard.root;
    this.#disk = this.#guard.disk;
    this.#filterRules = { ...settings.filter, root: this.#root.path };
    this.#filter = new EventFilter(this.#filterRules);
    this.#tree = this.#newTree();
    // The first look takes longest, and nothing waits for it yet.
    this.#openFiles.beingWritten([]);
    this.#settler = new Settler({
      times: settings.settle,
      disk: this.#disk,
      newFolderAt: (path) => this.#tree.newFolderAt(path),
      beingWritten: (paths) => this.#openFiles.beingWritten(paths),
      look: (path, since, sure) => this.#tree.look(path, since, sure),
      onChanges: (changes) => this.#onChanges(changes),
      othersOf: (path, found) => this.#hardLinks.othersOf(path, found),
      onTrouble: (error) => this.#tell(error),
      onFlood: () => this.#onTrouble(new Error('more changes at once than can be kept')),
      now: clocks.monotonic,
    });
    const maxLanes = options.lanes ?? DEFAULT_LANES;
    this.#pool = new LanePool({
      maxLanes,
      idleMs: IDLE_MS,
      laneIdleMs: LANE_IDLE_MS,
      onHoldFailure: (session, { message: reason }) => emit('notHeld', { session, reason }),
      onRoom: () => this.#remotes.pump(),
    });
    this.#hardLinks = new HardLinks({
      disk: this.#disk,
      scan: (files) => this.#pool.run({ kind: 'find-links', root: this.#root.path, files }),
      onOther: (path) => this.#settler.hint(path),
      onTrouble: (error) => this.#tell(error),
      now: clocks.monotonic,
    });
    this.#remotes = new Remotes(settings, {
      maxLanes,
      filter: this.#filter,
      filterRules: this.#filterRules,
      disk: this.#disk,
      root: this.#root,
      places: () => this.#guard.places,
      pool: this.#pool,
      signal: this.#control.signal,
      clocks,
      emit,
      beingWritten: (paths) => this.#beingWritten(paths),
      onDirty: (path) => this.#settler.hint(path),
      onRootGone: () => this.#guard.check(),
    });
  }

  async start(): Promise<void> {
    const { signal, startsWithAll } = this.#options;
    const root = this.#root.path;
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) return await this.stop();
    for (const text of this.#filter.warnings) this.#emit('filterWarning', { root, text });
    if (!(await this.#takeLock())) return;
    this.#guard.begin();
    this.#remotes.expect();
    if (!(await this.#beginTree())) return;
    this.#enter('watching');
    this.#guard.run();
    this.#emit('started', { root, folders: this.#tree.folderCount });
    if (startsWithAll === true) this.#toAll('all');
  }

  /** Answers whether the replicator goes on: it may have been stopped meanwhile. */
  async #takeLock(): Promise<boolean> {
    const { remotes, deletes } = this.#settings;
    const { signal } = this.#options;
    const targets = remotes.map((remote) => ({ name: remote.name, ...targetKeys(remote) }));
    try {
      this.#lock = await FolderLock.take({ root: this.#root, targets, deletes, emit: this.#emit });
    } catch (thrown) {
      signal?.removeEventListener('abort', this.#onAbort);
      throw thrown;
    }
    if (this.#stopping === undefined) return true;
    await this.#lock.release();
    await this.#stopping;
    return false;
  }

  status(): ReplicatorStatus {
    return {
      root: this.#root.path,
      state: this.#state,
      folders: this.#tree.folderCount,
      dirty: this.#settler.size,
      trouble: this.#guard.trouble ?? this.#trouble,
      away: this.#guard.away,
      remotes: this.#remotes.status,
      lanes: this.#pool.laneCount,
    };
  }

  /** Sends what has changed so far, as far as that is possible within a few seconds, and ends everything. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#guard.end();
    this.#catchUp.stop();
    await this.#tree.end();
    await Promise.race([this.#drain(), after(this.#options.drainMs ?? DRAIN_MS)]);
    this.#enter('stopped');
    this.#settler.stop();
    this.#hardLinks.stop();
    this.#remotes.stop();
    this.#control.abort();
    await this.#pool.close();
    await this.#lock?.release();
    this.#emit('stopped', { root: this.#root.path, waiting: this.#remotes.waiting });
  }

  async #drain(): Promise<void> {
    await this.#settler.flush();
    await this.#remotes.drained();
  }

  #enter(state: ReplicatorState): void {
    const isNews = state !== this.#state;
    this.#state = state;
    if (isNews) this.#emit('state', { root: this.#root.path, state });
  }

  /** Answers whether the replicator goes on: it may have been stopped meanwhile. */
  async #beginTree(): Promise<boolean> {
    await this.#tree.begin();
    if (this.#stopping === undefined) return true;
    await this.#tree.end();
    await this.#stopping;
    return false;
  }

  #newTree(): WatchedTree {
    return new WatchedTree({
      disk: this.#disk,
      filter: this.#filter,
      isMountedLate: (folder) => this.#guard.isLate(folder),
      onHint: (path, isEcho) => this.#onHint(path, isEcho),
      onChangedIn: (folder) => this.#onChanges([changeOf(folder, 'level', clocks.monotonic())]),
      onAllWatched: () => {
        this.#trouble = undefined;
        this.#emit('allWatched', { root: this.#root.path });
      },
      onTrouble: (error) => this.#onTrouble(error),
      onClosed: (path) => this.#emit('unwatched', { path }),
    });
  }

  #beingWritten(paths: readonly string[]): ReadonlySet<string> {
    const open = this.#openFiles.beingWritten(paths.map((path) => this.#disk.absolute(path)));
    return new Set(paths.filter((path) => open.has(this.#disk.absolute(path))));
  }

  #onHint(path: string, isEcho: boolean): void {
    if (!this.#mayBeSent(path)) return;
    if (this.#settler.size === 0) this.#remotes.expect();
    this.#settler.hint(path, isEcho);
  }

  #mayBeSent(path: string): boolean {
    try {
      return this.#filter.accepts(path, false) || this.#filter.accepts(path, true);
    } catch (thrown) {
      // It is asked again when the path is sent.
      this.#tell(errorOf(thrown));
      return true;
    }
  }

  #onChanges(changes: readonly Change[]): void {
    const isLate = ({ path, kind }: Change) => kind === 'path' && this.#guard.isLate(path);
    const told = changes.map((change) => (isLate(change) ? { ...change, needsName: true } : change));
    this.#remotes.add(told);
  }

  /** Every remote is compared with the whole tree. */
  #toAll(kind: 'all' | 'tree'): void {
    this.#onChanges([changeOf('.', kind, clocks.monotonic())]);
  }

  /** Trouble by which nothing is lost. */
  #tell(error: Error): void {
    if (error.message !== this.#trouble) this.#emit('trouble', { error });
    this.#trouble = error.message;
  }

  #onTrouble(error: Error): void {
    if (this.#stopping !== undefined) return;
    this.#tell(error);
    this.#catchUp.plan();
  }

  /** Nothing may be concluded from what is missing below a folder that is missing itself. */
  #onLost(): void {
    if (this.#stopping !== undefined) return;
    this.#enter('paused');
    this.#remotes.pause();
  }

  async #onFound(): Promise<void> {
    await this.#tree.end();
    this.#tree = this.#newTree();
    if (!(await this.#beginTree()) || this.#guard.trouble !== undefined) return;
    this.#enter('watching');
    this.#emit('rootBack', { root: this.#root.path });
    this.#remotes.resume();
    this.#toAll('tree');
  }

  /** No event tells of them, so the settler is told. */
  #onMounts({ appeared, away, replaced, back }: MountNews): void {
    for (const path of [...away, ...replaced, ...back, ...appeared]) this.#tree.forget(path);
    // Not sent before they are watched, or what happens in between would be lost.
    for (const path of [...back, ...appeared]) this.#settler.hint(path);
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
