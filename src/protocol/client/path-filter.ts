import { checkText } from '../arguments.ts';
import { UnsupportedError } from '../errors.ts';
import { parseFilters } from '../filter/parse-filters.ts';
import { FilterScope } from '../filter/scope.ts';
import { readNamedFile } from '../named-files/read-named.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { TransferOptions } from '../options/transfer-options.ts';

/**
 * The filter rules of a transfer, applied to single paths instead of a whole tree.
 *
 * @throws UnsupportedError if there are rules that are read from the folders of the tree.
 */
export class PathFilter {
  /** The user has given rules. */
  readonly hasUserRules: boolean;
  /** Patterns of what transfers leave behind at the server: backups and partial files. */
  readonly leftovers: readonly string[];
  /** Rules that were left out, as rsync would say it. */
  readonly warnings: readonly string[];
  readonly #scope: FilterScope;

  /** `root` is the absolute path of the root of the transfer. */
  constructor(transfer: TransferOptions, root: string) {
    checkText(root, 'root');
    const options = resolveOptions(transfer);
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const filters = parseFilters(options, { read: readNamedFile, warn });
    this.warnings = warnings;
    if (filters.rules.some(({ kind }) => kind === 'dir-merge')) {
      throw new UnsupportedError('filter rules in files of the tree cannot be applied to single changes');
    }
    const { filters: _, ...withoutRules } = options;
    const automatic = parseFilters(withoutRules).rules;
    this.hasUserRules = filters.rules.length > automatic.length;
    this.leftovers = automatic.flatMap((rule) => (rule.kind === 'pattern' ? [rule.pattern] : []));
    this.#scope = FilterScope.outside(filters, 'sender', root);
  }

  /** Whether a rule excludes this path. The folders above it are to be asked about first. */
  excludes(path: string, isFolder: boolean): boolean {
    return this.#scope.excludes(path, isFolder);
  }
}
