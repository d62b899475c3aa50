import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Coarse clocks of file systems lag behind by some milliseconds. */
const CLOCK_LAG_MS = 100;

/**
 * All that is in a folder, and the folder itself as `.`, a line for each: mode, owner, time, content, and the first
 * name of a hard link. Names are shown byte by byte. Times from `startedAt` (in ms) on are those of the transfer, and
 * all alike. A folder that is not there has no lines.
 */
export function treeState(folder: string, startedAt: number): Record<string, string> {
  const state: Record<string, string> = {};
  const firstNames = new Map<string, string>();
  const timeOf = timesFrom(startedAt);
  const visit = (path: Buffer, name: string): void => {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return;
    const isLinked = !stats.isDirectory() && stats.nlink > 1n;
    const inode = `${stats.dev}:${stats.ino}`;
    if (isLinked && !firstNames.has(inode)) firstNames.set(inode, name);
    const words = [
      stats.mode.toString(8),
      `${stats.uid}:${stats.gid}`,
      timeOf(stats),
      contentOf(path, stats),
      isLinked ? `is ${firstNames.get(inode)}` : '',
    ];
    state[name] = words.join(' ').trimEnd();
    if (!stats.isDirectory()) return;
    for (const leaf of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
      const child = leaf.toString('latin1');
      visit(Buffer.concat([path, Buffer.from('/'), leaf]), name === '.' ? child : `${name}/${child}`);
    }
  };
  visit(Buffer.from(folder), '.');
  return state;
}

function timesFrom(startedAt: number): (stats: BigIntStats) => string {
  const fromNs = BigInt(startedAt - CLOCK_LAG_MS) * 1_000_000n;
  const toNs = BigInt(Date.now() + CLOCK_LAG_MS) * 1_000_000n;
  return ({ mtimeNs }) => (mtimeNs >= fromNs && mtimeNs <= toNs ? 'now' : String(mtimeNs));
}

function contentOf(path: Buffer, stats: BigIntStats): string {
  if (stats.isFile()) return createHash('md5').update(readFileSync(path)).digest('hex');
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path, { encoding: 'buffer' }).toString('latin1')}`;
  return stats.isBlockDevice() || stats.isCharacterDevice() ? `device ${stats.rdev}` : '';
}
