import { UsageError } from '../errors.ts';
import { MAX_PATTERN_LENGTH } from '../filter/rule.ts';
import { encodeName } from '../wire/file-name.ts';
import { type KeptInChanges, type PathsByAction, pathsByAction, type TreeChange } from './tree-change.ts';

export interface DeletionContext extends KeptInChanges {
  readonly protocol: number;
  /** Empty folders are left out, and deleted where they are. */
  readonly prunes: boolean;
}

/** Receivers from this version on look at the rules only where we let them delete. */
const LISTED_FOLDERS_PROTOCOL = 30;

/**
 * The rules with which a receiver that is told to delete removes just these paths, in the order in which they count: the
 * first that matches decides. For `a/old.txt` and the folder `a/olddir`:
 *
 * ```
 * + /a/              only below protocol 30, where the search begins at the root
 * + /a/old.txt
 * + /a/olddir
 * + /a/olddir/**
 * - *
 * ```
 * Source: docs/protocol chapter 2, section 2.8 (e).
 *
 * @throws UsageError for two paths that can only be told apart by rules that are too long for servers.
 */
export function deletionRules(changes: readonly TreeChange[], context: DeletionContext): string[] {
  const { protocol, prunes, kept = [], keptFiles = [], keptPaths = [] } = context;
  const paths = pathsByAction(changes);
  const isOld = protocol < LISTED_FOLDERS_PROTOCOL;
  const keepsSome = kept.length > 0 || keptFiles.length > 0;
  const patterns = new PathPatterns(paths, { isOld, keepsSome });
  const include = (path: string, suffix: string) => `+ ${patterns.of(path, suffix)}`;
  const [inKept, outside] = divideDeleted(paths, keptPaths);
  return [
    // There a folder that is not to be deleted is not looked into either.
    ...(isOld ? parentsOf(singlePaths(paths)).map((path) => include(path, '/')) : []),
    ...rulesForDeleted(inKept, patterns),
    ...keptPatterns(keptPaths).map((pattern) => `- ${pattern}`),
    ...rulesForDeleted(outside, patterns),
    ...paths['delete-temporary'].flatMap((path) => rulesForTemporary(path, patterns)),
    ...paths.replace.map((path) => include(path, '/**')),
    ...kept.map((pattern) => `- ${pattern}`),
    ...(prunes ? rulesForPruning(paths, isOld, include) : []),
    // Folders before the files that are kept, which are files only.
    ...paths.mirror.map((path) => include(path, '/**/')),
    ...paths.level.flatMap((path) => [include(path, '/*/'), include(path, '/*/**')]),
    ...keptFiles.map((pattern) => `- ${pattern}`),
    ...paths.mirror.map((path) => include(path, '/**')),
    ...paths.level.map((path) => include(path, '/*')),
    '- *',
  ];
}

/** Patterns of paths that stay, and of all that is in them. If one is too long, more than that stays. */
export function keptPatterns(paths: readonly string[]): string[] {
  return paths.flatMap((path) => [widePattern(path, ''), widePattern(path, '/**')]);
}

type Deleted = Pick<PathsByAction, 'delete' | 'delete-folder' | 'delete-file'>;

/** What is deleted in paths that are kept, and elsewhere. */
function divideDeleted(paths: Deleted, keptPaths: readonly string[]): [Deleted, Deleted] {
  const isKept = (path: string) => keptPaths.some((kept) => path === kept || path.startsWith(`${kept}/`));
  const those = (isWanted: (path: string) => boolean) => ({
    delete: paths.delete.filter(isWanted),
    'delete-folder': paths['delete-folder'].filter(isWanted),
    'delete-file': paths['delete-file'].filter(isWanted),
  });
  return [those(isKept), those((path) => !isKept(path))];
}

/** Paths that are deleted one by one, wherever they are. */
function singlePaths(paths: PathsByAction): string[] {
  return [...paths.delete, ...paths['delete-folder'], ...paths['delete-file'], ...paths['delete-temporary']];
}

function rulesForDeleted(paths: Deleted, patterns: PathPatterns): string[] {
  const include = (path: string, suffix: string) => `+ ${patterns.of(path, suffix)}`;
  return [
    ...paths['delete-file'].flatMap((path) => [`- ${patterns.of(path, '/')}`, include(path, '')]),
    ...paths.delete.flatMap((path) => [include(path, ''), include(path, '/**')]),
    ...paths['delete-folder'].flatMap((path) => [include(path, '/'), include(path, '/**')]),
  ];
}

/**
 * mkstemp(3) ends a name with six letters and digits. What ends with a word, such as `.notes.backup`, is somebody's own
 * and stays, and so do folders.
 */
function rulesForTemporary(path: string, patterns: PathPatterns): string[] {
  const slash = path.lastIndexOf('/') + 1;
  const start = `${path.slice(0, slash)}.${path.slice(slash)}.`;
  const any = '[A-Za-z0-9]'.repeat(6);
  const words = ['[a-z]', '[A-Z]', '[0-9]'].map((one) => `- ${patterns.of(start, one.repeat(6))}`);
  return [...words, `- ${patterns.of(start, `${any}/`)}`, `+ ${patterns.of(start, any)}`];
}

/**
 * What is protected is not pruned, and all is that no rule before has named. An old receiver would look through a folder
 * that is only sent for deletions then.
 */
function rulesForPruning(
  { 'send-tree': sent, mirror, level }: PathsByAction,
  isOld: boolean,
  include: (path: string, suffix: string) => string,
): string[] {
  const tops = isOld ? [...mirror, ...level] : [...sent, ...mirror, ...level];
  const below = isOld ? [] : sent.map((path) => include(path, '/**/'));
  return [...tops.filter((path) => path !== '.').map((path) => include(path, '/')), ...below];
}

interface Reach {
  /** The receiver comes to what it deletes from the root. */
  readonly isOld: boolean;
  /** There are patterns of what is kept. */
  readonly keepsSome: boolean;
}

/** Paths as patterns that a server takes. */
class PathPatterns {
  readonly #paths: PathsByAction;
  readonly #reach: Reach;
  #searched: readonly SearchedFolder[] | undefined;

  constructor(paths: PathsByAction, reach: Reach) {
    this.#paths = paths;
    this.#reach = reach;
  }

  /**
   * The pattern of a path and what comes after it. If it is too long, folders from the top on become `*`: then it
   * matches in other folders of that depth, too, so nothing else may be deleted there.
   */
  of(path: string, suffix: string): string {
    const names = fittingNames(path, suffix);
    if (names.includes(undefined)) this.#refuseOthersLike(path, names);
    return patternOf(names, suffix);
  }

  #refuseOthersLike(path: string, names: readonly (string | undefined)[]): void {
    for (const { folder, isDeep } of this.#searchedFolders()) {
      if (folder === path || folder === parentOf(path) || folder.startsWith(`${path}/`)) continue;
      const others = folder === '.' ? [] : folder.split('/');
      const isAlike = names.every((name, i) => [undefined, others[i]].includes(name) || i >= others.length);
      const isReached = others.length >= names.length - 1 || (isDeep && this.#reach.keepsSome);
      if (isAlike && isReached)
        throw new UsageError(`rules cannot tell these apart, push them in two sessions: ${path}, ${folder}`);
    }
  }

  /** Folders in which the receiver looks for what it may delete. */
  #searchedFolders(): readonly SearchedFolder[] {
    const { mirror, level, replace } = this.#paths;
    const single = singlePaths(this.#paths);
    // An old receiver comes to them from the root, and looks for what to delete on the way.
    const flat = new Set(this.#reach.isOld ? ['.', ...parentsOf(single)] : single.map(parentOf));
    const deep = new Set([...mirror, ...level, ...replace]);
    this.#searched ??= [
      ...[...flat].map((folder) => ({ folder, isDeep: false })),
      ...[...deep].map((folder) => ({ folder, isDeep: true })),
    ];
    return this.#searched;
  }
}

interface SearchedFolder {
  readonly folder: string;
  /** With all that is in it. */
  readonly isDeep: boolean;
}

function widePattern(path: string, suffix: string): string {
  return patternOf(fittingNames(path, suffix), suffix);
}

/** The names of a path, of which the first are undefined if the pattern would be too long with them. */
function fittingNames(path: string, suffix: string): (string | undefined)[] {
  // The root has no name, and every pattern below it starts with a slash.
  const names: (string | undefined)[] = path === '.' ? [] : path.split('/');
  for (let depth = 0; depth < Math.max(1, names.length); depth += 1) {
    if (fits(patternOf(names, suffix))) return names;
    names[depth] = undefined;
  }
  throw new UsageError(`a path is too long for a filter rule: ${path}`);
}

function patternOf(names: readonly (string | undefined)[], suffix: string): string {
  const whole = names.map((name) => name ?? '*').join('/') + suffix;
  return names.map((name) => `/${name === undefined ? '*' : literally(name, whole)}`).join('') + suffix;
}

function fits(pattern: string): boolean {
  // No character has more than three bytes for each of its UTF-16 units.
  return pattern.length * 3 <= MAX_PATTERN_LENGTH || encodeName(pattern).length <= MAX_PATTERN_LENGTH;
}

/** A name as part of a pattern. Where nothing in all of it is a wildcard, a backslash stands for itself. */
function literally(name: string, whole: string): string {
  return /[*?[]/.test(whole) ? name.replaceAll(/[*?[\\]/g, '\\$&') : name;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

function parentsOf(paths: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      parents.add(path.slice(0, at));
  }
  return [...parents];
}
