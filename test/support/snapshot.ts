import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { pathsIn } from './random-tree.ts';

/**
 * All that a push keeps of what is in a folder, a line for each path, to the nanosecond; hard links are named by their
 * first path.
 */
export function snapshot(folder: string): string[] {
  const root = Buffer.from(folder).toString('latin1');
  const inodes = new Map<bigint, string>();
  return [root, ...pathsIn(root)].map((path) => {
    const onDisk = Buffer.from(path, 'latin1');
    const stats = lstatSync(onDisk, { bigint: true });
    const name = path.slice(root.length + 1) || '.';
    if (!inodes.has(stats.ino)) inodes.set(stats.ino, name);
    const line = [name, stats.mode.toString(8), stats.uid, stats.gid, stats.mtimeNs];
    if (stats.isFile()) line.push(stats.size, createHash('sha1').update(readFileSync(onDisk)).digest('hex'));
    if (stats.isSymbolicLink()) line.push(readlinkSync(onDisk, 'latin1'));
    if (stats.isBlockDevice() || stats.isCharacterDevice()) line.push(stats.rdev);
    if (!stats.isDirectory() && inodes.get(stats.ino) !== name) line.push(`= ${inodes.get(stats.ino)}`);
    return line.join(' ');
  });
}
