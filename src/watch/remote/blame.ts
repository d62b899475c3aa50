import { type Change, type ChangeKind, changeOf } from '../change.ts';
import type { Outcome, ProblemReport } from '../lanes/messages.ts';
import { ancestorsOf } from '../path-tree.ts';
import { isDeletion } from './batches.ts';
import { NamedPaths, type NamedPathsParts } from './named-paths.ts';
import type { Task } from './planner.ts';

/** The paths that are the cause of a session that ended with exit code 23 or 24. */
export interface Blame {
  /** What did not arrive, with the reason. */
  readonly failed: ReadonlyArray<{ readonly change: Change; readonly reason: string }>;
  /** Paths of which something was gone when it was to be listed or read. */
  readonly vanished: readonly string[];
  /** Tasks that were not carried out because of others. */
  readonly undone: readonly Task[];
  /** Tasks in which nothing was deleted, because these paths in them could not be listed. */
  readonly undeleted: ReadonlyMap<Task, readonly string[]>;
  /** Tasks that went well, as far as can be told. */
  readonly done: readonly Task[];
  /** Something else went wrong, and nobody said with what: any task that seems done may not be. */
  readonly unexplained: string | undefined;
}

/** The text that sums a session up blames nobody. */
const SUMMARY = /^rsync (?:error|warning): /;

/**
 * Finds out which tasks of a session have failed: from problems on our side, and from names in the server's texts, which
 * are looked up in what the session was about.
 */
export function blame(
  tasks: readonly Task[],
  { problems, errors, isAbridged }: Pick<Outcome, 'problems' | 'errors' | 'isAbridged'>,
  looks: Omit<NamedPathsParts, 'tasks'>,
): Blame {
  const names = new NamedPaths({ ...looks, tasks });
  const reasons = new Map<Task, string>();
  const failed = new Map<string, { change: Change; reason: string }>();
  const vanished: string[] = [];
  const byPath = new Map(tasks.map((task) => [task.path, task]));
  const unlisted = new Map<Task, readonly string[]>();
  let isListIncomplete = false;
  for (const problem of problems) {
    if (problem.kind === 'vanished') vanished.push(problem.path);
    if (problem.kind !== 'failed') continue;
    const reason = `${problem.doing} ${problem.path}: ${problem.reason}`;
    const task = taskAt(problem.path, byPath);
    const isListing = !isReading(problem);
    isListIncomplete ||= isListing;
    if (task === undefined) continue;
    if (task.path === problem.path) {
      reasons.set(task, reason);
      continue;
    }
    failed.set(problem.path, { change: innerChange(problem.path, task), reason });
    if (isListing) unlisted.set(task, [...(unlisted.get(task) ?? []), problem.path]);
  }
  let unexplained = isAbridged ? 'too many errors to tell' : undefined;
  for (const text of errors) {
    if (SUMMARY.test(text)) continue;
    const named = names.namedIn(text);
    if (named === undefined) unexplained ??= text;
    for (const { task, path, isDeletion } of named ?? []) {
      const kind = isDeletion ? 'level' : 'tree';
      if (path === task.path && !isDeletion) reasons.set(task, text);
      else failed.set(path, { change: innerChange(path, task, kind), reason: text });
    }
  }
  const failedTasks = [...reasons].flatMap(([task, reason]) =>
    task.changes.map((change) => ({ change: { ...change, path: task.path }, reason })),
  );
  const others = tasks.filter((task) => !reasons.has(task));
  // The server deletes nothing if something could not be listed.
  const isUndeleted = (task: Task) => unlisted.has(task) && deletes(task);
  const isUndone = (task: Task) => isListIncomplete && deletes(task) && !isUndeleted(task);
  return {
    failed: [...failed.values(), ...failedTasks],
    vanished,
    undone: others.filter(isUndone),
    undeleted: new Map([...unlisted].filter(([task]) => isUndeleted(task) && !reasons.has(task))),
    done: others.filter((task) => !isUndone(task) && !isUndeleted(task)),
    unexplained,
  };
}

/** Anything else happens while the list is made. */
function isReading({ doing }: ProblemReport): boolean {
  return doing === 'open' || doing === 'read';
}

function deletes(task: Task): boolean {
  return isDeletion(task) || task.todo.action === 'mirror' || task.todo.action === 'level';
}

/** The task that a path belongs to: its own, or that of a folder above it. */
function taskAt(path: string, byPath: ReadonlyMap<string, Task>): Task | undefined {
  const own = byPath.get(path);
  if (own !== undefined) return own;
  const above = ancestorsOf(path).findLast((folder) => byPath.has(folder));
  return above === undefined ? undefined : byPath.get(above);
}

/** What a task for a whole folder has left undone. It may be a folder itself. */
function innerChange(path: string, task: Task, kind: ChangeKind = 'tree'): Change {
  const since = Math.min(...task.changes.map((change) => change.since));
  return { ...changeOf(path, kind, since), wasFolder: true };
}
