import type { TreeAction, TreeChange } from '../../protocol/index.ts';
import type { Change } from '../change.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import { errorOf } from '../listeners/log.ts';
import { ancestorsOf } from '../path-tree.ts';
import type { Disk, Found } from '../tree/disk.ts';

/** What is sent at all. */
export interface SendRules {
  readonly filter: EventFilter;
  readonly deletes: boolean;
  /** Files, symlinks and everything else that is no folder. */
  readonly sendsFiles: boolean;
  /** Folders for themselves; those that lead to a file come along in any case. */
  readonly sendsFolders: boolean;
  /** Symlinks are sent as what they lead to, which may be a folder with all that is in it. */
  readonly followsLinks: boolean;
}

/** One thing to do, and why. */
export interface Task {
  /** What the library is told. */
  readonly todo: TreeChange;
  /** That of `todo`. */
  readonly path: string;
  /** What was there when this was decided. */
  readonly found: Found;
  /** What led to this; the path of each is this one or below it. */
  readonly changes: readonly Change[];
  /** The filter protects names in this folder in ways that the server does not know: what it may delete is found out. */
  readonly needsPruning: boolean;
}

export interface Plan {
  readonly tasks: readonly Task[];
  /** Nothing is to be done about these. */
  readonly idle: readonly Change[];
  /** What is there could not be found out. */
  readonly unknown: ReadonlyArray<{ readonly change: Change; readonly cause: Error }>;
}

export class RootGoneError extends Error {
  constructor() {
    super('the watched folder is gone');
  }
}

/**
 * Decides from the disk, as late as possible, what changes mean: what exists is sent, what does not is deleted, at the
 * topmost path that is missing.
 *
 * @throws RootGoneError if there is no root; then nothing may be concluded from anything that is missing.
 */
export function planTasks(changes: readonly Change[], disk: Disk, rules: SendRules): Plan {
  const tasks = new Map<string, Task>();
  const idle: Change[] = [];
  const unknown: { change: Change; cause: Error }[] = [];
  const folders = new FolderLooks(disk);
  for (const change of changes) {
    try {
      const { path, found } = folders.resolve(change.path);
      // Its file system has gone meanwhile. When it is back, all of it is compared.
      if (found.kind === 'away') {
        idle.push(change);
        continue;
      }
      if (found.kind === 'unknown') throw found.cause;
      if (path === '.' && found.kind !== 'folder') throw new RootGoneError();
      const known = tasks.get(path);
      const meant = path === change.path ? change : { ...change, path, wasFolder: true };
      const action = stronger(actionFor(meant, found, rules), known?.todo.action);
      if (action === undefined) idle.push(change);
      else tasks.set(path, taskOf({ action, path }, found, [...(known?.changes ?? []), change], rules));
    } catch (thrown) {
      if (thrown instanceof RootGoneError) throw thrown;
      // Others are not to wait for it.
      unknown.push({ change, cause: errorOf(thrown) });
    }
  }
  return { tasks: withoutSwallowed(tasks), idle, unknown };
}

/** What stands at paths, and whether their folders are still folders; each folder is looked at once. */
class FolderLooks {
  readonly #disk: Disk;
  readonly #looks = new Map<string, Found>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** The path, or the first above it that is no folder. */
  resolve(path: string): { readonly path: string; readonly found: Found } {
    for (const folder of ancestorsOf(path)) {
      const found = this.#look(folder);
      if (found.kind !== 'folder') return { path: folder, found };
    }
    return { path, found: this.#disk.look(path) };
  }

  #look(folder: string): Found {
    const known = this.#looks.get(folder) ?? this.#disk.look(folder);
    this.#looks.set(folder, known);
    return known;
  }
}

function actionFor(change: Change, found: Found, rules: SendRules): TreeAction | undefined {
  switch (found.kind) {
    case 'missing':
      return rules.deletes ? deletionOf(change.path, rules) : undefined;
    case 'folder':
      return rules.filter.accepts(change.path, true) ? folderAction(change, rules) : undefined;
    default:
      return found.kind === 'file' && found.isSymlink && rules.followsLinks
        ? linkAction(change, rules)
        : fileAction(change, rules);
  }
}

function folderAction(
  { kind }: Change,
  { deletes, sendsFolders, filter }: SendRules,
): TreeAction | undefined {
  if (kind === 'path') return sendsFolders ? 'send' : undefined;
  if (!deletes || filter.isPrivate) return 'send-tree';
  return kind === 'level' ? 'level' : 'mirror';
}

/** Where it leads is not known; as a folder it has to be sent with everything. */
function linkAction(change: Change, rules: SendRules): TreeAction | undefined {
  const action = fileAction(change, rules);
  const isSent = action === 'send' || action === 'replace';
  return isSent ? folderAction({ ...change, kind: 'tree' }, rules) : action;
}

function fileAction({ path, wasFolder }: Change, rules: SendRules): TreeAction | undefined {
  const { filter, deletes, sendsFiles } = rules;
  const mayDelete = wasFolder && deletes && filter.accepts(path, true);
  if (sendsFiles && filter.accepts(path, false)) return mayDelete ? 'replace' : 'send';
  return mayDelete ? 'delete-folder' : undefined;
}

/** It is not known what it was that is gone. */
function deletionOf(path: string, { filter }: SendRules): TreeAction | undefined {
  const isFolderAccepted = filter.accepts(path, true);
  if (filter.accepts(path, false)) return isFolderAccepted ? 'delete' : 'delete-file';
  return isFolderAccepted ? 'delete-folder' : undefined;
}

const strength: readonly TreeAction[] = [
  'send',
  'replace',
  'level',
  'send-tree',
  'mirror',
  'delete-file',
  'delete-folder',
  'delete',
];

/** Of two actions for one path the one that does more. */
function stronger(a: TreeAction | undefined, b: TreeAction | undefined): TreeAction | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return strength.indexOf(a) >= strength.indexOf(b) ? a : b;
}

function taskOf(
  todo: TreeChange,
  found: Found,
  changes: readonly Change[],
  { deletes, filter }: SendRules,
): Task {
  const needsPruning = todo.action === 'send-tree' && deletes && filter.isPrivate;
  return { todo, path: todo.path, found, changes, needsPruning };
}

/** What is missing where the folder above deletes nothing is deleted only by its own name. */
function needsName({ changes, found }: Task): boolean {
  return found.kind === 'missing' && changes.some((change) => change.needsName);
}

/** Leaves out what lies below a folder that is sent with everything: its changes belong to that folder then. */
function withoutSwallowed(tasks: ReadonlyMap<string, Task>): Task[] {
  const isWhole = (path: string) => ['send-tree', 'mirror'].includes(tasks.get(path)?.todo.action ?? '');
  const kept = new Map(tasks);
  for (const [path, task] of tasks) {
    const above = ancestorsOf(path).find(isWhole);
    const whole = above === undefined ? undefined : kept.get(above);
    if (whole === undefined || above === undefined || needsName(task)) continue;
    kept.set(above, { ...whole, changes: [...whole.changes, ...task.changes] });
    kept.delete(path);
  }
  return [...kept.values()];
}
