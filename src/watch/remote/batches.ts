import type { TreeChange } from '../../protocol/index.ts';
import type { Task } from './planner.ts';

/**
 * How a session finds out which files differ:
 * - `always`: it takes all of them for different. What an event has named is sent even if size and time are the same;
 * - `times`: by size and time, to the nanosecond where the server can. For folders with all that is in them.
 */
export type Comparison = 'always' | 'times';

/** What goes into one session. */
export interface Batch {
  readonly comparison: Comparison;
  readonly tasks: readonly Task[];
}

export interface BatchLimits {
  readonly tasks: number;
  readonly deletions: number;
  /** Of the files that are named. One that has as many alone gets a session of its own. */
  readonly bytes: number;
}

/** Divides tasks so that no session gets too much, and none waits behind a large file. */
export function makeBatches(tasks: readonly Task[], limits: BatchLimits): Batch[] {
  const batches: Batch[] = [];
  for (const comparison of ['always', 'times'] as const) {
    let gathered: Task[] = [];
    let room = limits;
    for (const task of tasks) {
      if (comparisonFor(task) !== comparison) continue;
      const bytes = sizeOf(task);
      const deletions = isDeletion(task) ? 1 : 0;
      if (bytes >= limits.bytes) {
        batches.push({ comparison, tasks: [task] });
        continue;
      }
      if (room.tasks < 1 || room.bytes < bytes || room.deletions < deletions) {
        batches.push({ comparison, tasks: gathered });
        gathered = [];
        room = limits;
      }
      gathered.push(task);
      room = {
        tasks: room.tasks - 1,
        deletions: room.deletions - deletions,
        bytes: room.bytes - bytes,
      };
    }
    if (gathered.length > 0) batches.push({ comparison, tasks: gathered });
  }
  return batches;
}

/**
 * What the library is told of a batch.
 *
 * @param halfSent Files that a session broke off at.
 */
export function changesOf(tasks: readonly Task[], halfSent: readonly string[]): TreeChange[] {
  const leftovers = halfSent.map((path) => ({ action: 'delete-temporary' as const, path }));
  return [...tasks.map(({ todo }) => todo), ...leftovers];
}

export function isDeletion({ todo: { action } }: Task): boolean {
  return action === 'delete' || action === 'delete-folder' || action === 'delete-file';
}

/** It is sent with what is in it. */
export function isWhole({ todo: { action } }: Task): boolean {
  return action === 'send-tree' || action === 'mirror' || action === 'level';
}

/** Times say nothing about a file that was named: any program can set them back after it has written. */
function comparisonFor(task: Task): Comparison {
  return isWhole(task) ? 'times' : 'always';
}

function sizeOf({ todo: { action }, found }: Task): number {
  return found.kind === 'file' && (action === 'send' || action === 'replace') ? found.size : 0;
}
