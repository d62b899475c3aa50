import { isPlainPath } from '../../protocol/internal.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import { ancestorsOf, parentOf } from '../path-tree.ts';
import type { Disk } from '../tree/disk.ts';
import { isWhole } from './batches.ts';
import type { Task } from './planner.ts';

/** More of a text is not searched for names: the longest path has 4,096 bytes. */
const MAX_SEARCHED = 5000;
/** A name may hold quotes itself; more of them than this are not tried out. */
const MAX_QUOTES = 6;
/** How a server names the file that it writes to before it takes its place. */
const TEMPORARY = /^(.*\/)?\.([^/]+)\.[A-Za-z0-9]{6}$/s;

/** What a remote named, in our own terms. */
export interface Named {
  /** The task that it is about. */
  readonly task: Task;
  /** The path of the task, or one in the folder that it sends. */
  readonly path: string;
  /** The path is not here: what failed is deleting it from the folder `path`. */
  readonly isDeletion: boolean;
}

export interface NamedPathsParts {
  /** What the session was about. */
  readonly tasks: readonly Task[];
  /** The folder in the module that the tree goes to; the names of a server begin with it. */
  readonly folder: string;
  readonly disk: Pick<Disk, 'look'>;
  readonly filter: Pick<EventFilter, 'accepts'>;
}

/**
 * The paths that a session was about, to look up names in texts of the remote. Nothing else that a remote says becomes a
 * path: it might lead anywhere on this machine.
 */
export class NamedPaths {
  readonly #parts: NamedPathsParts;
  readonly #tasks: ReadonlyMap<string, Task>;
  /** Folders that lead to tasks. */
  readonly #above: ReadonlySet<string>;

  constructor(parts: NamedPathsParts) {
    this.#parts = parts;
    this.#above = new Set(parts.tasks.flatMap(({ path }) => ancestorsOf(path)));
    this.#tasks = new Map(parts.tasks.map((task) => [task.path, task]));
  }

  /** What a text of the remote is about; `undefined` if it names nothing that the session was about. */
  namedIn(text: string): readonly Named[] | undefined {
    const prefix = this.#parts.folder.replaceAll(/^\/+|\/+$/g, '');
    for (const { name, isQuoted } of namesIn(text)) {
      const below = prefix !== '' && name.startsWith(`${prefix}/`) ? name.slice(prefix.length + 1) : name;
      const named = isPlainPath(below) ? this.#lookUp(below, isQuoted) : undefined;
      if (named !== undefined) return named;
    }
    return undefined;
  }

  /** The task of the path itself, of the folder that it was sent with, or what was to be put into it. */
  #lookUp(path: string, isQuoted: boolean): readonly Named[] | undefined {
    const own = this.#tasks.get(path);
    if (own !== undefined) return [{ task: own, path, isDeletion: false }];
    const above = isQuoted ? ancestorsOf(path).findLast((folder) => this.#tasks.has(folder)) : undefined;
    const whole = above === undefined ? undefined : this.#tasks.get(above);
    if (whole !== undefined && isWhole(whole)) return this.#lookInside(whole, path);
    if (!this.#above.has(path)) return undefined;
    const below = this.#parts.tasks.filter((task) => task.path.startsWith(`${path}/`));
    return below.map((task) => ({ task, path: task.path, isDeletion: false }));
  }

  /** Of what was sent with a folder: what is here, behind no symlink, and accepted by the filter. */
  #lookInside(task: Task, path: string): readonly Named[] | undefined {
    const { disk, filter } = this.#parts;
    for (const folder of ancestorsOf(path)) {
      const { kind } = disk.look(folder);
      if (kind === 'folder') continue;
      if (kind === 'missing') return this.#missingAt(task, folder);
      // A symlink that is followed: what is behind it was sent with it.
      const isSent = kind === 'file' && isIn(folder, task.path) && filter.accepts(folder, false);
      return isSent ? [{ task, path: folder, isDeletion: false }] : undefined;
    }
    const { kind } = disk.look(path);
    if (kind === 'missing') return this.#missingAt(task, path);
    const isSent = kind !== 'unknown' && filter.accepts(path, kind === 'folder');
    return isSent ? [{ task, path, isDeletion: false }] : undefined;
  }

  /** Something that should be gone from the remote, or has just gone from here: then nothing is to be done about it. */
  #missingAt(task: Task, path: string): readonly Named[] {
    const folder = parentOf(path);
    const mayDelete = task.todo.action === 'mirror' || task.todo.action === 'level';
    if (!mayDelete || folder === undefined || !isIn(folder, task.path)) return [];
    return [{ task, path: folder, isDeletion: true }];
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || ancestorsOf(path).includes(folder);
}

interface Candidate {
  readonly name: string;
  readonly isQuoted: boolean;
}

/** What may be a name in a text: something in quotes, or what stands behind the last colon. */
function namesIn(text: string): Candidate[] {
  const searched = text.slice(0, MAX_SEARCHED);
  const quoted = quotedIn(searched).map((name) => ({ name, isQuoted: true }));
  const last = { name: searched.slice(searched.lastIndexOf(': ') + 2), isQuoted: false };
  return [...quoted, last].flatMap(({ name, isQuoted }) => {
    // From the root of the module on.
    const path = name.replace(/^\/+/, '').replace(/\/+$/, '');
    const [, folder = '', file] = TEMPORARY.exec(path) ?? [];
    const names = file === undefined ? [path] : [path, folder + file];
    return names.map((each) => ({ name: each, isQuoted }));
  });
}

/** Everything between two quotes, the longest first: quotes in names are not marked. */
function quotedIn(text: string): string[] {
  const quotes: number[] = [];
  for (let at = text.indexOf('"'); at >= 0 && quotes.length < MAX_QUOTES; at = text.indexOf('"', at + 1))
    quotes.push(at);
  return quotes.flatMap((from, i) =>
    quotes
      .slice(i + 1)
      .reverse()
      .map((to) => text.slice(from + 1, to)),
  );
}
