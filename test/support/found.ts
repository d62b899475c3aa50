import type { Found, FoundEntry } from '../../src/watch/tree/disk.ts';

/** What a look at a file or folder might tell. */
export function found(kind: 'file' | 'folder', details: Partial<FoundEntry> = {}): FoundEntry {
  return {
    kind,
    isRegular: kind === 'file',
    isSymlink: false,
    size: kind === 'file' ? 10 : 0,
    device: 1,
    inode: 1,
    links: 1,
    mode: 0o755,
    mtimeMs: 0,
    ctimeMs: 0,
    bornMs: 0,
    ...details,
  };
}

export const missing: Found = { kind: 'missing' };

/** A disk on which these paths are; the root is there in any case. */
export function diskOf(paths: Readonly<Record<string, Found>>) {
  const all: Readonly<Record<string, Found>> = { '.': found('folder'), ...paths };
  return { look: (path: string) => all[path] ?? missing, names: () => undefined, allNames: () => [] };
}
