import { type BackOffTimes, backOffMs } from '../back-off.ts';
import { type Change, changeOf } from '../change.ts';
import type { SettleTimes } from '../config/settings.ts';
import { errorOf } from '../listeners/log.ts';
import type { Found } from '../tree/disk.ts';
import { DirtyPaths, type SettledPath } from './dirty-paths.ts';
import { Writers, type WritersParts } from './writers.ts';

export interface SettlerParts extends WritersParts {
  readonly times: SettleTimes;
  /** What has to be sent because something happened at a path. */
  readonly look: (path: string, since: number, sure: Set<string>) => Promise<Change | undefined>;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Other names of a file to which something happened. */
  readonly othersOf: (path: string, found: Found) => readonly string[];
  /** So many paths were dirty that they were forgotten: anything may have changed. */
  readonly onFlood: () => void;
}

/** Paths that are looked at together, and how many may wait for that. */
const MAX_AT_ONCE = 1000;
/** Each takes half a kilobyte; a remote makes the whole tree of so many changes anyway. */
const MAX_DIRTY = 100_000;
/** Changes are handed on at least so often while others are still being looked at. */
const HAND_ON_MS = 5;
/** For what throws. */
const RETRY: BackOffTimes = { firstMs: 250, maxMs: 60_000 };
/** The longest time between two looks at a file that is being written, unless the looks take long. */
const MAX_WAIT_MS = 100;

/** Turns hints into changes: waits until a path has settled and nobody writes to it any more, then looks at it. */
export class Settler {
  readonly #parts: SettlerParts;
  readonly #dirty: DirtyPaths;
  readonly #writers: Writers;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  /** Looks happen one after the other: a folder may take a while to be known. */
  #looking: Promise<void> = Promise.resolve();

  /** Found out, and yet to be handed on. */
  #changes: Change[] = [];
  #handOnTimer: NodeJS.Timeout | undefined;
  #handOnFailures = 0;
  /** How often each path could not be looked at in a row. */
  readonly #attempts = new Map<string, number>();

  constructor(parts: SettlerParts) {
    this.#parts = parts;
    this.#dirty = new DirtyPaths(parts.times);
    this.#writers = new Writers(parts);
  }

  /** Paths that have not settled. */
  get size(): number {
    return this.#dirty.size + this.#changes.length;
  }

  /** @param isEcho Of something that has been told before, most likely. */
  hint(path: string, isEcho = false): void {
    this.#dirty.add(path, this.#parts.now(), isEcho);
    if (!isEcho) this.#writers.told(path);
    if (this.#dirty.size > MAX_DIRTY) this.#flood();
    this.#schedule();
  }

  /** Lets everything settle now. Resolves when all changes have been handed on, but for those that cannot be. */
  async flush(): Promise<void> {
    const postponed = new Set<string>();
    do {
      const settled = this.#dirty.takeAll(this.#parts.now());
      this.#enqueue(settled.map((path) => ({ ...path, isOverdue: true })));
      await this.#looking;
      // Those that were on their way before may have been given back; those that fail again are left.
      for (const { path } of settled) if (this.#attempts.has(path)) postponed.add(path);
    } while (this.#dirty.size > postponed.size);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#handOnTimer);
    this.#writers.clear();
    this.#dirty.takeAll(this.#parts.now());
  }

  #schedule(): void {
    const dueAt = this.#dirty.dueAt();
    if (dueAt >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, dueAt - this.#parts.now()));
  }

  #onTimer(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const taken = this.#dirty.take(this.#parts.now(), MAX_AT_ONCE);
    if (taken.length > 0) this.#enqueue(taken);
    this.#schedule();
  }

  #enqueue(settled: readonly SettledPath[]): void {
    this.#looking = this.#looking.then(() => this.#look(settled));
  }

  /** Never rejects: a path that cannot be looked at is looked at again later, and no other waits for it. */
  async #look(settled: readonly SettledPath[]): Promise<void> {
    const { look, now } = this.#parts;
    const sure = new Set<string>();
    let handedOnAt = now();
    for (const each of this.#finished(settled)) {
      const { path, since, heardAt } = each;
      try {
        const change = await look(path, since, sure);
        if (change !== undefined) this.#changes.push({ ...change, heardAt });
        for (const other of this.#others(path, since, heardAt)) this.#changes.push(other);
        this.#attempts.delete(path);
      } catch (thrown) {
        this.#postpone(each, thrown);
      }
      if (now() - handedOnAt < HAND_ON_MS) continue;
      this.#handOn();
      handedOnAt = now();
    }
    this.#handOn();
  }

  #postpone(settled: SettledPath, thrown: unknown): void {
    const { now, onTrouble } = this.#parts;
    const attempts = (this.#attempts.get(settled.path) ?? 0) + 1;
    this.#attempts.set(settled.path, attempts);
    this.#dirty.postpone(settled, now() + backOffMs(attempts, RETRY, () => 1));
    if (attempts === 1) onTrouble(errorOf(thrown));
    this.#schedule();
  }

  /** What has been found out is kept until it has been handed on: a second look might find less. */
  #handOn(): void {
    if (this.#changes.length === 0 || this.#handOnTimer !== undefined) return;
    const { onChanges, onTrouble } = this.#parts;
    const changes = this.#changes;
    this.#changes = [];
    try {
      onChanges(changes);
      this.#handOnFailures = 0;
    } catch (thrown) {
      this.#changes = changes;
      this.#handOnFailures += 1;
      this.#handOnTimer = setTimeout(
        () => {
          this.#handOnTimer = undefined;
          this.#handOn();
        },
        backOffMs(this.#handOnFailures, RETRY, () => 1),
      );
      if (this.#handOnFailures === 1) onTrouble(errorOf(thrown));
    }
  }

  /** What happens to a file under one of its names happens to all of them. */
  #others(path: string, since: number, heardAt: number): Change[] {
    const { disk, othersOf } = this.#parts;
    return othersOf(path, disk.look(path)).map((other) => changeOf(other, 'path', since, heardAt));
  }

  /** Those that nobody writes to any more. The others wait on, but not for ever. */
  #finished(settled: readonly SettledPath[]): readonly SettledPath[] {
    const { now, onTrouble } = this.#parts;
    try {
      const open = this.#writers.writtenOf(settled);
      for (const path of open) this.#dirty.hold(path, now(), this.#nextLookAt(path));
      this.#schedule();
      return open.size === 0 ? settled : settled.filter((path) => !open.has(path));
    } catch (thrown) {
      // To send a file too early is better than never.
      onTrouble(errorOf(thrown));
      return settled;
    }
  }

  /** The longer a file has been written, the longer it may take to notice that it is not any more. */
  #nextLookAt({ since }: SettledPath): number {
    const { now, times } = this.#parts;
    const waitMs = Math.min(Math.max(times.quietMs, (now() - since) / 8), MAX_WAIT_MS);
    return now() + Math.max(waitMs, this.#writers.restMs);
  }

  #flood(): void {
    this.#parts.onFlood();
    this.#writers.clear();
    this.#dirty.takeAll(this.#parts.now());
  }
}
