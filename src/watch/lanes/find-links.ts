import { setImmediate as breathe } from 'node:timers/promises';
import { joinPath } from '../path-tree.ts';
import { fileKey, LocalDisk } from '../tree/disk.ts';

/** Looks at files and folders between two turns of the event loop: a few milliseconds. */
const LOOKS_AT_ONCE = 1000;

/**
 * The names below a folder of all files that have more than one, and of those that are asked for, file by file. Others
 * get to work in between.
 */
export async function findLinks(root: string, files: readonly string[]): Promise<string[][]> {
  const wanted = new Set(files);
  const disk = new LocalDisk(root);
  const byFile = new Map<string, string[]>();
  const pending = ['.'];
  let looks = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of disk.allNames(folder)) {
      const path = joinPath(folder, name);
      const found = disk.look(path);
      looks += 1;
      if (looks % LOOKS_AT_ONCE === 0) await breathe();
      if (found.kind === 'folder') pending.push(path);
      if (found.kind !== 'file' || !found.isRegular) continue;
      const file = fileKey(found);
      if (found.links < 2 && !wanted.has(file)) continue;
      const names = byFile.get(file) ?? [];
      names.push(path);
      byFile.set(file, names);
    }
  }
  return [...byFile.values()];
}
