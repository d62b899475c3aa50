import type { TransferOptions } from '../../protocol/index.ts';

/**
 * The sessions that a remote needs:
 * - `always`: what events have named, whether it seems to differ or not;
 * - `times`: folders with all that is in them, compared by size and time;
 * - `all`: the whole tree as the user asked for it;
 * - `catch-up`: the whole tree, because it is not known what has changed;
 * - `dry-run`, `all-dry-run`: nothing is done, but what would be deleted is told.
 */
export type SessionKind =
  | 'always'
  | 'times'
  | 'all'
  | 'all-without-deletion'
  | 'catch-up'
  | 'catch-up-without-deletion'
  | 'dry-run'
  | 'all-dry-run'
  | 'catch-up-dry-run';

export interface SessionRules {
  /** The user's own options. */
  readonly transfer: TransferOptions;
  /** Rsync patterns that hold for the whole tree only, not for single changes. */
  readonly wholeTreeExcludes: readonly string[];
  readonly deletes: boolean;
  /** `-u` holds for what events have named, too. */
  readonly updatesOnly: boolean;
  /** Folders are sent for themselves, also when they are empty. */
  readonly sendsFolders: boolean;
}

/** The options of a session: the user's, but for what the kind of session needs. */
export function sessionOptions(kind: SessionKind, rules: SessionRules): TransferOptions {
  const { deletes } = rules;
  switch (kind) {
    case 'always':
      return { ...forChanges(rules), ...deletion(deletes), ignoreTimes: rules.transfer.checksum !== true };
    case 'times':
      return { ...forChanges(rules), ...deletion(deletes) };
    case 'dry-run':
      return { ...forChanges(rules), ...deletion(true), dryRun: true };
    case 'all':
      return { ...forAll(rules), ...deletion(deletes) };
    case 'all-without-deletion':
      return forAll(rules);
    case 'catch-up':
      return { ...forCatchUp(rules), ...deletion(deletes) };
    case 'catch-up-without-deletion':
      return forCatchUp(rules);
    case 'all-dry-run':
      return { ...forAll(rules), ...deletion(true), dryRun: true };
    case 'catch-up-dry-run':
      return { ...forCatchUp(rules), ...deletion(true), dryRun: true };
  }
}

/** What makes no sense for a tree that is watched. */
const OUT_OF_PLACE = [
  'delete',
  'deleteExcluded',
  'deleteMissingArgs',
  'ignoreMissingArgs',
  'dirs',
  'filesFrom',
  'impliedDirs',
  'listOnly',
  'relative',
  'removeSourceFiles',
] as const;

function forTree({ transfer }: SessionRules): TransferOptions {
  const options = { ...transfer };
  for (const option of OUT_OF_PLACE) delete options[option];
  return { ...options, recursive: true, itemizeChanges: 1 };
}

function forAll(rules: SessionRules): TransferOptions {
  const { filters = [], ...options } = forTree(rules);
  const excludes = rules.wholeTreeExcludes.map((text) => ({ kind: 'exclude', text }) as const);
  const all = [...filters, ...excludes];
  return { ...options, ...(all.length > 0 && { filters: all }) };
}

function forCatchUp(rules: SessionRules): TransferOptions {
  const { update, ...options } = forTree(rules);
  return { ...options, modifyWindow: -1, ...(rules.updatesOnly && update === true && { update }) };
}

/** To the nanosecond: what changed twice within a second, or a folder whose time was touched by a deletion in it. */
function forChanges(rules: SessionRules): TransferOptions {
  const { updatesOnly, sendsFolders, transfer } = rules;
  const { filters, ignoreTimes, modifyWindow, pruneEmptyDirs, update, ...options } = forTree(rules);
  return {
    ...options,
    modifyWindow: -1,
    incRecursive: false,
    ...(updatesOnly && update === true && { update }),
    ...(!sendsFolders && { pruneEmptyDirs: true }),
    ...(transfer.itemizeChanges === 2 && { itemizeChanges: 2 }),
  };
}

function deletion(deletes: boolean): TransferOptions {
  return deletes ? { delete: 'default' } : {};
}
