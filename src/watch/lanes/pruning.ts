import { isPlainPath } from '../../protocol/internal.ts';
import { type Change, changeOf } from '../change.ts';
import type { EventFilter } from '../filter/event-filter.ts';
import { ancestorsOf, joinPath } from '../path-tree.ts';
import type { Disk, Found } from '../tree/disk.ts';

/** Paths that are deleted after one dry run; the next one tells of more. */
const MAX_PATHS = 5000;
const MAX_REMEMBERED = 10_000;

/** What may be deleted at a remote, by its own word and ours. */
export interface Deletions {
  readonly paths: readonly string[];
  /** There is more than this. */
  readonly isAbridged: boolean;
}

/**
 * Of the names that a server would delete, those paths that it really should: the topmost ones that do not exist here,
 * unless the filter protects something in them. Expressions are nothing that a server understands, so it is asked first.
 * Names may be told in any number; what is not below the folders in question, or no plain path, is dropped.
 */
export class Pruning {
  readonly #folders: readonly string[];
  readonly #disk: Pick<Disk, 'look'>;
  readonly #filter: Pick<EventFilter, 'accepts'>;
  readonly #isProtected = new Map<string, boolean>();
  readonly #looks = new Map<string, Found['kind']>();
  #isAbridged = false;

  /** @param folders What the dry run was about, relative to the watched folder. */
  constructor(folders: readonly string[], disk: Pick<Disk, 'look'>, filter: Pick<EventFilter, 'accepts'>) {
    this.#folders = folders;
    this.#disk = disk;
    this.#filter = filter;
  }

  get deletions(): Deletions {
    const paths = [...this.#isProtected].filter(([, protects]) => !protects).map(([path]) => path);
    return { paths, isAbridged: this.#isAbridged };
  }

  /** A name that the server has told. */
  add(path: string, isFolder: boolean): void {
    if (!isPlainPath(path) || !this.#isAskedFor(path)) return;
    const topmost = this.#topmost(path, isFolder);
    if (topmost === undefined) return;
    const known = this.#isProtected.get(topmost);
    if (known === undefined && this.#isProtected.size >= MAX_PATHS) this.#isAbridged = true;
    else if (known !== true) this.#isProtected.set(topmost, !this.#filter.accepts(path, isFolder));
  }

  #isAskedFor(path: string): boolean {
    return this.#folders.some((folder) => folder === '.' || path.startsWith(joinPath(folder, '')));
  }

  /** The first path on the way that is no folder here; `undefined` if nothing is to be deleted for it. */
  #topmost(path: string, isFolder: boolean): string | undefined {
    const above = ancestorsOf(path).find((folder) => this.#kindOf(folder) !== 'folder');
    if (above !== undefined) return this.#kindOf(above) === 'unknown' ? undefined : above;
    const { kind } = this.#disk.look(path);
    // It may have come meanwhile; then it has its own event.
    return kind === 'missing' || kind === (isFolder ? 'file' : 'folder') ? path : undefined;
  }

  #kindOf(folder: string): Found['kind'] {
    const known = this.#looks.get(folder);
    if (known !== undefined) return known;
    const { kind } = this.#disk.look(folder);
    if (this.#looks.size >= MAX_REMEMBERED) this.#looks.clear();
    this.#looks.set(folder, kind);
    return kind;
  }
}

/** What is to be done about a path that a remote has and should not. */
export function changeForDeletion(path: string, since: number): Change {
  return { ...changeOf(path, 'path', since), wasFolder: true };
}
