import { joinPath, parentOf } from '../path-tree.ts';
import type { Disk } from '../tree/disk.ts';
import type { Task } from './planner.ts';

const MAX_FILES = 1000;
const TEMPORARY = /^\.(.+)\.[A-Za-z0-9]{6}$/s;

/**
 * Files during which a session broke off. A server that was killed leaves the file behind that it was writing to:
 * `.NAME.XXXXXX`, which the filter protects. When the file is sent again, what is left of it is deleted.
 */
export class HalfSent {
  readonly #disk: Disk;
  readonly #paths = new Set<string>();
  readonly #new = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Those that were added since this was asked last. */
  takeNew(): string[] {
    const added = [...this.#new];
    this.#new.clear();
    return added;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  add(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#paths.size >= MAX_FILES) return;
      this.#paths.add(path);
      this.#new.add(path);
    }
  }

  forget(paths: readonly string[]): void {
    for (const path of paths) {
      this.#paths.delete(path);
      this.#new.delete(path);
    }
  }

  /** Those of these tasks. One is left out if we have such a file ourselves: the remote's may be a copy of it. */
  among(tasks: readonly Task[]): string[] {
    const isOurs = new Map<string, ReadonlySet<string>>();
    return tasks.flatMap(({ path, found, todo }) => {
      if (!this.has(path) || found.kind !== 'file' || todo.action !== 'send') return [];
      const folder = parentOf(path) ?? '.';
      const ours = isOurs.get(folder) ?? this.#likeTemporary(folder);
      isOurs.set(folder, ours);
      return ours.has(path) ? [] : [path];
    });
  }

  /** The paths of files that have something beside them that looks like a temporary file of theirs. */
  #likeTemporary(folder: string): ReadonlySet<string> {
    const names = this.#disk.allNames(folder).map((name) => TEMPORARY.exec(name)?.[1]);
    return new Set(names.flatMap((name) => (name === undefined ? [] : [joinPath(folder, name)])));
  }
}
