import type { ResolvedOptions } from '../options/resolve-options.ts';
import { modeChange } from './mode-changes.ts';
import type { EntryWishes } from './stat-entry.ts';

/** What the options say about how files are listed. */
export function entryWishes(options: ResolvedOptions): EntryWishes {
  const { hardLinks, atimes, chmod = [] } = options;
  return {
    hardLinks,
    atimes: atimes > 0,
    chmod: chmod.length === 0 ? undefined : modeChange(chmod, process.umask()),
    copyLinks: options.copyLinks,
    copyDirlinks: options.copyDirlinks,
    copyUnsafeLinks: options.copyUnsafeLinks,
    mungeLinks: options.mungeLinks,
    oneFileSystem: options.oneFileSystem,
  };
}
