import { checkList, checkObject, shownValue } from '../arguments.ts';
import { UsageError } from '../errors.ts';
import { checkPath } from '../wire/plain-path.ts';

/**
 * One change at one path of a tree, and what the receiver does about it. Paths are relative to the root of the tree,
 * without a slash at either end and without `.` and `..` components. The root itself is `.`; it can neither be replaced
 * nor deleted. What is deleted no longer exists here, but the folder that it was in does: name the topmost path that is
 * missing. One that is sent besides is no longer a folder, and what the receiver has in it goes.
 */
export type TreeChange =
  /** Gets what exists at the path; of a folder only the folder itself. */
  | { readonly action: 'send'; readonly path: string }
  /** Gets what exists at the path, and if it has a folder there, deletes that with all that is in it. */
  | { readonly action: 'replace'; readonly path: string }
  /** Gets the folder with all that is in it; what it has there besides stays. */
  | { readonly action: 'send-tree'; readonly path: string }
  /** Gets the folder with all that is in it, and deletes whatever else it has there. */
  | { readonly action: 'mirror'; readonly path: string }
  /** Gets the folder with what is directly in it, and deletes whatever else it has there. */
  | { readonly action: 'level'; readonly path: string }
  /** Deletes the path with all that is in it. */
  | { readonly action: 'delete'; readonly path: string }
  /** Deletes the path with all that is in it if it has a folder there. */
  | { readonly action: 'delete-folder'; readonly path: string }
  /** Deletes the path if it has anything but a folder there. */
  | { readonly action: 'delete-file'; readonly path: string }
  /** Deletes rsync's temporary files of this file, `.NAME.XXXXXX`, that a broken session has left, whatever is kept. */
  | { readonly action: 'delete-temporary'; readonly path: string };

export type TreeAction = TreeChange['action'];

/** What the receiver keeps in spite of changes. */
export interface KeptInChanges {
  /**
   * Paths that stay as they are, with all that is in them, even if a folder above them is mirrored or deleted. What is
   * to be deleted in them by its own path goes.
   */
  readonly keptPaths?: readonly string[] | undefined;
  /** Rsync patterns of what mirrored and leveled folders may have besides. */
  readonly kept?: readonly string[] | undefined;
  /** The same, but of files only. */
  readonly keptFiles?: readonly string[] | undefined;
}

/** Whether an action may be about the root. */
const MAY_BE_ROOT: Readonly<Record<TreeAction, boolean>> = {
  send: true,
  replace: false,
  'send-tree': true,
  mirror: true,
  level: true,
  delete: false,
  'delete-folder': false,
  'delete-file': false,
  'delete-temporary': false,
};

const ACTIONS = Object.keys(MAY_BE_ROOT) as readonly TreeAction[];

export type PathsByAction = Readonly<Record<TreeAction, readonly string[]>>;

/** The paths of each action, in the order of the changes. */
export function pathsByAction(changes: readonly TreeChange[]): PathsByAction {
  const paths = Object.fromEntries(ACTIONS.map((action) => [action, []])) as unknown as Record<
    TreeAction,
    string[]
  >;
  for (const { action, path } of changes) paths[action].push(path);
  return paths;
}

/**
 * Callers may be JavaScript, and a wrong path can delete what nobody meant: to delete `.` would empty the destination.
 *
 * @throws UsageError that names the action or field, and the value.
 */
export function checkChanges(changes: readonly TreeChange[]): void {
  checkList(changes, 'changes');
  // Holes in a list are no changes either.
  for (let place = 0; place < changes.length; place += 1) {
    const change: unknown = changes[place];
    checkObject(change, `changes[${place}]`);
    checkChange(change as Record<string, unknown>, `changes[${place}]`);
  }
}

function checkChange({ action, path, ...others }: Record<string, unknown>, what: string): void {
  const mayBeRoot =
    typeof action === 'string' && Object.hasOwn(MAY_BE_ROOT, action)
      ? MAY_BE_ROOT[action as TreeAction]
      : undefined;
  if (mayBeRoot === undefined)
    throw new UsageError(`${what}.action: ${shownValue(action)} is not one of ${ACTIONS.join(', ')}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new UsageError(`${what}.${unknown}: there is no such field in a change of a tree`);
  if (!mayBeRoot || path !== '.') checkPath(`${what}, to ${action}`, path);
}

/** @throws UsageError that names the field and the value. */
export function checkKept({ keptPaths = [], kept = [], keptFiles = [] }: KeptInChanges): void {
  for (const [field, values] of Object.entries({ keptPaths, kept, keptFiles })) {
    checkList(values, field);
    for (const value of values) {
      if (field === 'keptPaths') checkPath(field, value);
      else checkPattern(field, value);
    }
  }
}

function checkPattern(field: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  throw new UsageError(`${field}: ${shownValue(value)} is not a pattern`);
}
