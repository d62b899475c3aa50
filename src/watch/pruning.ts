import type { Disk } from './disk.ts';
import type { EventFilter } from './event-filter.ts';
import { ancestorsOf } from './path-tree.ts';

/**
 * Of the paths that a server would delete, those that it really should: the topmost ones that do not exist here, unless
 * the filter protects something in them. Expressions are nothing that a server understands, so it is asked first.
 *
 * @param victims Folders end with a slash.
 */
export function pathsToPrune(victims: readonly string[], disk: Disk, filter: EventFilter): string[] {
  const isProtected = new Map<string, boolean>();
  for (const victim of victims) {
    const isFolder = victim.endsWith('/');
    const path = isFolder ? victim.slice(0, -1) : victim;
    const topmost = ancestorsOf(path).find((folder) => disk.look(folder).kind === 'missing') ?? path;
    const wasProtected = isProtected.get(topmost) ?? false;
    isProtected.set(topmost, wasProtected || !filter.accepts(path, isFolder));
  }
  return [...isProtected].filter(([, protects]) => !protects).map(([path]) => path);
}
