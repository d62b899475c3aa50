import { PathTree } from '../path-tree.ts';
import type { Task } from './planner.ts';

/** What is being sent to a remote right now: no two sessions at once may be about the same path, or one below it. */
export class UnderWay {
  readonly #paths = new PathTree<Task>();
  /** What each session is about. */
  readonly #batches = new Set<readonly Task[]>();

  get sessions(): number {
    return this.#batches.size;
  }

  /** How many changes they are about. */
  get changes(): number {
    return [...this.#batches].flat().reduce((sum, { changes }) => sum + changes.length, 0);
  }

  isFree(path: string): boolean {
    return !this.#paths.touches(path);
  }

  begin(tasks: readonly Task[]): void {
    this.#batches.add(tasks);
    for (const task of tasks) if (!isMereFolder(task)) this.#paths.set(task.path, task);
  }

  /** @param tasks The array that began. */
  end(tasks: readonly Task[]): void {
    this.#batches.delete(tasks);
    for (const task of tasks) if (!isMereFolder(task)) this.#paths.delete(task.path);
  }
}

/** A folder that is sent for its own attributes only conflicts with nothing: every session below it sends these too. */
function isMereFolder({ todo, found }: Task): boolean {
  return todo.action === 'send' && found.kind === 'folder';
}
