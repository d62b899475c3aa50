import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that two equal trees of folders and files have in common, a line for each path, in order. */
export function treeLines(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => {
    const path = join(root, name);
    const stats = lstatSync(path, { bigint: true });
    const digest = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
    return [name, stats.mode, stats.uid, stats.gid, stats.mtimeNs, digest].join(' ');
  });
}
