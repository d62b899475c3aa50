import { checkObject, checkTexts } from '../arguments.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { readListedNames } from './listed-names.ts';
import { listingOptions } from './listing-options.ts';
import { LocalTree, type LocalTreeOptions } from './local-tree.ts';

export interface LocalSourceOptions {
  readonly accepts?: LocalTreeOptions['accepts'];
  /** Ends the wait for a list that comes through a pipe. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The files and folders that sources and options name, less those found in folders that are not accepted. With `--files-from` this reads the list of names.
 *
 * @throws UsageError or SelectionError if there is nothing that could be listed.
 */
export async function openLocalTree(
  sources: readonly string[],
  options: ResolvedOptions,
  source: LocalSourceOptions = {},
): Promise<LocalTree> {
  checkTexts(sources, 'sources');
  checkObject(options, 'the options of the transfer');
  checkObject(source, 'the options of the source');
  const { accepts, signal } = source;
  const { filesFrom, from0, insecureLinks: trustsLinks } = options;
  const names =
    filesFrom === undefined ? undefined : await readListedNames(filesFrom, from0, { signal, trustsLinks });
  return new LocalTree(sources, {
    ...listingOptions(options),
    recursive: options.recursive,
    dirs: options.dirs,
    relative: options.relative,
    openNoatime: options.openNoatime,
    insecureLinks: trustsLinks,
    names,
    accepts,
    missing: missingSources(options),
    listsOrphans: !options.recursive || !options.incRecursive,
  });
}

function missingSources(options: ResolvedOptions): LocalTreeOptions['missing'] {
  if (options.deleteMissingArgs) return 'deleted';
  return options.ignoreMissingArgs ? 'ignored' : 'reported';
}
