import type { ResolvedOptions } from '../options/resolve-options.ts';
import { modeChange } from './mode-changes.ts';
import type { ListingOptions } from './stat-entry.ts';

/** What the options say about how files are listed. */
export function listingOptions(options: ResolvedOptions): ListingOptions {
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
