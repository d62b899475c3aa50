import { isDeletion } from './batches.ts';
import { type Change, changeOf } from './change.ts';
import type { Outcome, ProblemReport } from './lanes/messages.ts';
import { ancestorsOf } from './path-tree.ts';
import type { Task } from './planner.ts';

/** Who is to blame for a session that ended with exit code 23 or 24. */
export interface Blame {
  /** What did not arrive, with the reason. */
  readonly failed: ReadonlyArray<{ readonly change: Change; readonly reason: string }>;
  /** Paths of which something was gone when it was to be listed or read. */
  readonly vanished: readonly string[];
  /** Tasks that were not carried out because of others. */
  readonly undone: readonly Task[];
  /** Tasks that went well, as far as can be told. */
  readonly done: readonly Task[];
  /** Something else went wrong, and nobody said with what: any task that seems done may not be. */
  readonly unexplained: string | undefined;
}

/** The text that sums a session up blames nobody. */
const SUMMARY = /^rsync (?:error|warning): /;
const QUOTED = /"((?:[^"\\]|\\.)*)"/g;
/** How a server names the file that it writes to before it takes its place. */
const TEMPORARY = /^(.*\/)?\.([^/]+)\.[A-Za-z0-9]{6}$/;

/**
 * Finds out which tasks of a session have failed: from problems on our side, and from the names in the server's texts.
 *
 * @param folder The folder in the module that the tree goes to; the server's names begin with it.
 */
export function blame(
  tasks: readonly Task[],
  { problems, errors, isAbridged }: Pick<Outcome, 'problems' | 'errors' | 'isAbridged'>,
  folder = '',
): Blame {
  const reasons = new Map<Task, string>();
  const failed: { change: Change; reason: string }[] = [];
  const vanished: string[] = [];
  const byPath = new Map(tasks.map((task) => [task.path, task]));
  let isListIncomplete = false;
  for (const problem of problems) {
    if (problem.kind === 'vanished') vanished.push(problem.path);
    if (problem.kind !== 'failed') continue;
    const reason = `${problem.doing} ${problem.path}: ${problem.reason}`;
    const task = taskAt(problem.path, byPath);
    const isListing = !isReading(problem);
    isListIncomplete ||= isListing;
    if (task === undefined) continue;
    if (task.path === problem.path || isListing) reasons.set(task, reason);
    else failed.push({ change: innerChange(problem.path, task), reason });
  }
  let unexplained = isAbridged ? 'too many errors to tell' : undefined;
  for (const text of errors) {
    if (SUMMARY.test(text)) continue;
    const named = tasksNamedIn(text, folder, tasks, byPath);
    if (named.length === 0) unexplained ??= text;
    for (const { task, path } of named) {
      if (path === task.path) reasons.set(task, text);
      else failed.push({ change: innerChange(path, task), reason: text });
    }
  }
  for (const [task, reason] of reasons)
    failed.push(...task.changes.map((change) => ({ change: { ...change, path: task.path }, reason })));
  const others = tasks.filter((task) => !reasons.has(task));
  // The server deletes nothing if something could not be listed.
  const isUndone = (task: Task) => isListIncomplete && deletes(task);
  return {
    failed,
    vanished,
    undone: others.filter(isUndone),
    done: others.filter((task) => !isUndone(task)),
    unexplained,
  };
}

/** Anything else happens while the list is made. */
function isReading({ doing }: ProblemReport): boolean {
  return doing === 'open' || doing === 'read';
}

function deletes({ deed }: Task): boolean {
  return isDeletion(deed) || deed === 'mirrored' || deed === 'leveled';
}

/** The task that a path belongs to: its own, or that of a folder above it. */
function taskAt(path: string, byPath: ReadonlyMap<string, Task>): Task | undefined {
  const own = byPath.get(path);
  if (own !== undefined) return own;
  const above = ancestorsOf(path).findLast((folder) => byPath.has(folder));
  return above === undefined ? undefined : byPath.get(above);
}

/** What a task for a whole folder has left undone. It may be a folder itself. */
function innerChange(path: string, task: Task): Change {
  const since = Math.min(...task.changes.map((change) => change.since));
  return { ...changeOf(path, 'tree', since), wasFolder: true };
}

interface Named {
  readonly task: Task;
  /** The path of the task, or one in the folder that it sends. */
  readonly path: string;
}

/** The task of the path that a text names, or the folder that it was sent with, or what was to be put into it. */
function tasksNamedIn(
  text: string,
  folder: string,
  tasks: readonly Task[],
  byPath: ReadonlyMap<string, Task>,
): Named[] {
  const prefix = folder === '' ? '' : `${folder.replace(/^\/+|\/+$/g, '')}/`;
  for (const { name, isQuoted } of namesIn(text)) {
    const path = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    const own = taskAt(path, byPath);
    if (own !== undefined && (own.path === path || (isQuoted && isWhole(own)))) return [{ task: own, path }];
    const below = tasks.filter((task) => task.path.startsWith(`${path}/`));
    if (below.length > 0) return below.map((task) => ({ task, path: task.path }));
  }
  return [];
}

function isWhole({ deed }: Task): boolean {
  return deed === 'added' || deed === 'mirrored' || deed === 'leveled';
}

/** What may be a path in a text of the server: something in quotes, or what stands behind the last colon. */
function namesIn(text: string): { readonly name: string; readonly isQuoted: boolean }[] {
  const quoted = [...text.matchAll(QUOTED)].map(([, name = '']) => ({ name, isQuoted: true }));
  const last = { name: /: ([^:]+)$/.exec(text)?.[1] ?? '', isQuoted: false };
  return [...quoted, last].flatMap(({ name, isQuoted }) => {
    const path = name.replace(/^\/+/, '').replace(/\/+$/, '');
    const [, folder = '', file] = TEMPORARY.exec(path) ?? [];
    const names = file === undefined ? [path] : [path, folder + file];
    return names.filter((each) => each !== '').map((each) => ({ name: each, isQuoted }));
  });
}
