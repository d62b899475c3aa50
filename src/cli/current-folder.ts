import { readlinkSync } from 'node:fs';
import { decodeName } from '../protocol/index.ts';

/**
 * The folder in which we run, in bytes as Linux has them: Node takes them for UTF-8. Without /proc, and for a path that
 * is too long for it, Node has to do; where nobody knows the path, as of a folder that was deleted, it is `.`.
 */
export function currentFolder(link = '/proc/self/cwd'): string {
  try {
    return decodeName(readlinkSync(link, 'buffer'));
  } catch {
    // Another system, or a chroot without /proc.
  }
  try {
    return process.cwd();
  } catch {
    return '.';
  }
}
