import TinyQueue from 'tinyqueue';
import type { SettleTimes } from '../config/settings.ts';

/** A path that has settled. */
export interface SettledPath {
  readonly path: string;
  /** When it became dirty. */
  readonly since: number;
  /** When it was last told by the system itself; -Infinity if there were echoes only. */
  readonly heardAt: number;
  /** It may not be held back any longer. */
  readonly isOverdue: boolean;
}

interface Dirty {
  readonly path: string;
  readonly since: number;
  heardAt: number;
  touchedAt: number;
  windowMs: number;
  /** Not due before, whatever happens. */
  readonly notBefore: number;
}

interface Queued {
  readonly due: number;
  readonly dirty: Dirty;
}

/** How a path behaved when it was last taken. */
interface Habit {
  readonly takenAt: number;
  readonly windowMs: number;
  /** How often in a row it was dirty again at once. */
  readonly streak: number;
}

/** In windows: dirty again within the first number is restless, after the second it is calm. */
const AT_ONCE = 4;
const CALM = 16;
/** So often in a row, before its window grows. */
const RESTLESS = 4;
const MAX_HABITS = 1000;
/** The longest window, as a part of the longest wait. */
const MAX_WINDOW = 0.5;

/**
 * Changed paths, gathered until each has been quiet for a while. The window of a path that keeps changing grows, and
 * shrinks again when it calms down. Owns no timer: the caller has the clock. All times are milliseconds.
 */
export class DirtyPaths {
  readonly #times: SettleTimes;
  readonly #dirty = new Map<string, Dirty>();
  /** By time. It may know a path as due earlier than it is: then it is queued again. */
  #queue = newQueue();
  readonly #habits = new Map<string, Habit>();

  constructor(times: SettleTimes) {
    this.#times = times;
  }

  get size(): number {
    return this.#dirty.size;
  }

  /** @param isEcho It is only said once more: that does not make a dirty path wait longer. */
  add(path: string, now: number, isEcho = false): void {
    const known = this.#dirty.get(path);
    const heardAt = isEcho ? Number.NEGATIVE_INFINITY : now;
    if (known === undefined) {
      const windowMs = this.#windowFor(path, now);
      this.#enter({ path, since: now, heardAt, touchedAt: now, windowMs, notBefore: now });
    } else if (!isEcho) {
      known.touchedAt = now;
      known.heardAt = now;
    }
  }

  /** When the next path is due, or a bit before; Infinity while empty. */
  dueAt(): number {
    return this.#queue.peek()?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the paths that are due, at most `limit`. */
  take(now: number, limit: number): SettledPath[] {
    const taken: SettledPath[] = [];
    while (taken.length < limit && this.dueAt() <= now) {
      const dirty = this.#queue.pop()?.dirty;
      if (dirty === undefined || this.#dirty.get(dirty.path) !== dirty) continue;
      const due = this.#dueTime(dirty);
      if (due > now) this.#queue.push({ due, dirty });
      else taken.push(this.#settle(dirty, now));
    }
    return taken;
  }

  /** Takes everything, due or not. */
  takeAll(now: number): SettledPath[] {
    const taken = [...this.#dirty.values()].map((dirty) => this.#settle(dirty, now));
    this.#queue = newQueue();
    return taken;
  }

  /**
   * Gives back a path that was taken: it is not finished. It waits until a certain time, until it is quiet, and no
   * longer than any other.
   */
  hold(settled: SettledPath, now: number, until: number): void {
    const windowMs = this.#habits.get(settled.path)?.windowMs ?? this.#times.quietMs;
    const notBefore = Math.min(until, Math.max(now, settled.since + this.#times.maxMs));
    this.#giveBack(settled, { touchedAt: now, windowMs: Math.min(windowMs, until - now), notBefore });
  }

  /** Gives back a path that was taken and could not be looked at: it is due at a certain time. */
  postpone(settled: SettledPath, until: number): void {
    this.#giveBack(settled, { touchedAt: until, windowMs: 0, notBefore: until });
  }

  #giveBack(
    { path, since, heardAt }: SettledPath,
    wait: Pick<Dirty, 'touchedAt' | 'windowMs' | 'notBefore'>,
  ): void {
    const known = this.#dirty.get(path);
    if (known !== undefined) known.heardAt = Math.max(known.heardAt, heardAt);
    else this.#enter({ path, since, heardAt, ...wait });
  }

  #enter(dirty: Dirty): void {
    this.#dirty.set(dirty.path, dirty);
    this.#queue.push({ due: this.#dueTime(dirty), dirty });
  }

  #dueTime({ touchedAt, windowMs, since, notBefore }: Dirty): number {
    return Math.max(notBefore, Math.min(touchedAt + windowMs, since + this.#times.maxMs));
  }

  #settle({ path, since, heardAt, windowMs }: Dirty, now: number): SettledPath {
    this.#dirty.delete(path);
    const streak = this.#streakOf(path, since);
    this.#habits.delete(path);
    this.#habits.set(path, { takenAt: now, windowMs, streak });
    if (this.#habits.size > MAX_HABITS) this.#forgetOldest();
    return {
      path,
      since,
      heardAt,
      isOverdue: now >= since + this.#times.maxMs,
    };
  }

  #streakOf(path: string, since: number): number {
    const habit = this.#habits.get(path);
    if (habit === undefined) return 0;
    return since - habit.takenAt < AT_ONCE * habit.windowMs ? habit.streak + 1 : 0;
  }

  #windowFor(path: string, now: number): number {
    const { quietMs } = this.#times;
    const habit = this.#habits.get(path);
    if (habit === undefined) return quietMs;
    const calmMs = now - habit.takenAt;
    if (calmMs < AT_ONCE * habit.windowMs)
      return habit.streak + 1 >= RESTLESS ? this.#grown(habit.windowMs) : habit.windowMs;
    return calmMs > CALM * habit.windowMs ? Math.max(quietMs, habit.windowMs / 2) : habit.windowMs;
  }

  #grown(windowMs: number): number {
    const { quietMs, maxMs } = this.#times;
    return Math.max(quietMs, Math.min(2 * Math.max(1, windowMs), MAX_WINDOW * maxMs));
  }

  #forgetOldest(): void {
    const [oldest] = this.#habits.keys();
    if (oldest !== undefined) this.#habits.delete(oldest);
  }
}

function newQueue(): TinyQueue<Queued> {
  return new TinyQueue<Queued>([], (one, other) => one.due - other.due);
}
