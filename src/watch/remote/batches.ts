import type { ChangeSet } from '../../protocol/index.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import type { Deed, Task } from './planner.ts';

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
      const deletions = isDeletion(task.deed) ? 1 : 0;
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

/** @param halfSent Files that a session broke off at. */
export function changeSetOf(
  tasks: readonly Task[],
  filter: EventFilter,
  halfSent: readonly string[] = [],
): ChangeSet {
  const paths = (...deeds: readonly Deed[]) =>
    tasks.filter(({ deed }) => deeds.includes(deed)).map(({ path }) => path);
  return {
    changed: paths('changed', 'replaced'),
    replaced: paths('replaced'),
    added: paths('added'),
    mirrored: paths('mirrored'),
    leveled: paths('leveled'),
    gone: paths('gone'),
    goneFolders: paths('goneFolders'),
    goneFiles: paths('goneFiles'),
    ...(halfSent.length > 0 && { halfSent }),
    kept: filter.leftovers,
    keptFiles: filter.keptFiles,
  };
}

export function isDeletion(deed: Deed): boolean {
  return deed === 'gone' || deed === 'goneFolders' || deed === 'goneFiles';
}

/** Times say nothing about a file that was named: any program can set them back after it has written. */
function comparisonFor({ deed }: Task): Comparison {
  return deed === 'added' || deed === 'mirrored' || deed === 'leveled' ? 'times' : 'always';
}

function sizeOf({ deed, found }: Task): number {
  return found.kind === 'file' && (deed === 'changed' || deed === 'replaced') ? found.size : 0;
}
