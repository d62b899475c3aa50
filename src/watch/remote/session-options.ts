import type { TransferOptions } from '../../protocol/index.ts';

/** What a session is about, and what it may do. */
export interface SessionKind {
  /** What events have named, or the whole tree. */
  readonly scope: 'changes' | 'all';
  /**
   * Which files are sent: all that are named, those that differ by size and time to the nanosecond, or those that
   * differ by the user's own options.
   */
  readonly compare: 'always' | 'times' | 'options';
  /** What the remote has besides is deleted. */
  readonly deletes: boolean;
  /** Nothing is done, but what would be done is told. */
  readonly dryRun: boolean;
}

/** The same text for equal kinds, another one for any other. */
export function sessionKey({ scope, compare, deletes, dryRun }: SessionKind): string {
  return [scope, compare, ...(deletes ? ['delete'] : []), ...(dryRun ? ['dry-run'] : [])].join('-');
}

export interface SessionRules {
  /** The user's own options. */
  readonly transfer: TransferOptions;
  /** Rsync patterns that hold for the whole tree only, not for single changes. */
  readonly wholeTreeExcludes: readonly string[];
  /** `-u` holds for what events have named, too. */
  readonly updatesOnly: boolean;
  /** Folders are sent for themselves, also when they are empty. */
  readonly sendsFolders: boolean;
}

/** The options of a session: the user's, but for what the kind of session needs. */
export function sessionOptions(kind: SessionKind, rules: SessionRules): TransferOptions {
  const { compare, deletes, dryRun } = kind;
  return {
    ...optionsFor(kind, rules),
    ...(compare === 'always' && { ignoreTimes: rules.transfer.checksum !== true }),
    ...(deletes && { delete: 'default' }),
    ...(dryRun && { dryRun }),
  };
}

function optionsFor({ scope, compare }: SessionKind, rules: SessionRules): TransferOptions {
  if (scope === 'changes') return forChanges(rules);
  return compare === 'options' ? forAll(rules) : forCatchUp(rules);
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
