import type { Change } from '../change.ts';
import type { Task } from './planner.ts';

/** How long a file counts as closed that was found closed. */
const FRESH_MS = 1000;
const MAX_GIVEN_BACK = 1000;

/** Answers which of these paths are being written. It may take some milliseconds. */
export type BeingWritten = (paths: readonly string[]) => ReadonlySet<string>;

/**
 * A file is sent when nobody writes to it. But a backlog may wait for its remote long after that was found out, so its
 * files are looked at once more. What is being written by now has to settle again: once until it is sent, so that it waits
 * only so long, and a file that breaks every session is found.
 */
export class LateLooks {
  readonly #beingWritten: BeingWritten;
  readonly #givenBack = new Set<string>();

  constructor(beingWritten: BeingWritten) {
    this.#beingWritten = beingWritten;
  }

  /** Those of the tasks that have to settle again. */
  written(tasks: readonly Task[], now: number): Task[] {
    const late = tasks.filter((task) => !this.#givenBack.has(task.path) && isLate(task, now));
    if (late.length === 0) return [];
    const open = this.#beingWritten(late.map(({ path }) => path));
    const room = MAX_GIVEN_BACK - this.#givenBack.size;
    const written = late.filter(({ path }) => open.has(path)).slice(0, room);
    for (const { path } of written) this.#givenBack.add(path);
    return written;
  }

  /** These were sent. */
  forget(tasks: readonly Task[]): void {
    for (const { path } of tasks) this.#givenBack.delete(path);
  }
}

/** Only what nothing else is known of than that something happened to it: the rest would be forgotten. */
function isLate({ todo, found, changes }: Task, now: number): boolean {
  return todo.action === 'send' && found.kind === 'file' && found.isRegular && changes.every(isPlain);

  function isPlain({ kind, attempts, wasFolder, needsName, settledAt }: Change): boolean {
    const isOnlyHint = kind === 'path' && attempts === 0 && !wasFolder && !needsName;
    return isOnlyHint && settledAt !== undefined && now - settledAt > FRESH_MS;
  }
}
