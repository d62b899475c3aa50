import { setImmediate as breathe } from 'node:timers/promises';
import { fileKey, LocalDisk } from '../disk.ts';
import { joinPath } from '../path-tree.ts';

const FOLDERS_AT_ONCE = 100;

/**
 * The names below a folder of all files that have more than one, and of those that are asked for, file by file. Others
 * get to work in between.
 */
export async function findLinks(root: string, files: readonly string[]): Promise<string[][]> {
  const wanted = new Set(files);
  const disk = new LocalDisk(root);
  const byFile = new Map<string, string[]>();
  const pending = ['.'];
  let entered = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of disk.allNames(folder)) {
      const path = joinPath(folder, name);
      const found = disk.look(path);
      if (found.kind === 'folder') pending.push(path);
      if (found.kind !== 'file' || !found.isRegular) continue;
      const file = fileKey(found);
      if (found.links < 2 && !wanted.has(file)) continue;
      const names = byFile.get(file) ?? [];
      names.push(path);
      byFile.set(file, names);
    }
    entered += 1;
    if (entered % FOLDERS_AT_ONCE === 0) await breathe();
  }
  return [...byFile.values()];
}
