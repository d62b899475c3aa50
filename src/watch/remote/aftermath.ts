import { ancestorsOf } from '../path-tree.ts';
import { type Disk, type Found, isUnchanged } from '../tree/disk.ts';
import type { Task } from './planner.ts';

/**
 * Finds what has changed while it was being sent. That also goes for the folders above: they are sent along for their
 * times and modes, and the session that began first may end last.
 */
export class Aftermath {
  readonly #disk: Disk;
  readonly #before = new Map<string, Found>();

  /** To be made when the tasks have been planned, before they are carried out. */
  constructor(disk: Disk, tasks: readonly Task[]) {
    this.#disk = disk;
    for (const { path, found } of tasks) this.#before.set(path, found);
    for (const { path } of tasks) {
      for (const folder of ancestorsOf(path)) {
        if (!this.#before.has(folder)) this.#before.set(folder, disk.look(folder));
      }
    }
  }

  changed(): string[] {
    return [...this.#before]
      .filter(([path, before]) => !isUnchanged(before, this.#disk.look(path)))
      .map(([path]) => path);
  }
}
