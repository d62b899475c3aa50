import { checkObject } from '../arguments.ts';
import { UsageError } from '../errors.ts';
import { checkPath } from '../wire/plain-path.ts';

/**
 * Changes at scattered paths of one tree. All paths are relative to its root, without a slash at either end and without
 * `.` and `..` components. The root itself is `.`; it can neither be gone nor replaced.
 */
export interface ChangeSet {
  /** Paths that exist; a folder is sent without its contents. */
  readonly changed: readonly string[];
  /** Those of `changed` for which the other side may have a folder, to be deleted with all that is in it. */
  readonly replaced?: readonly string[];
  /** Folders that are sent with all that is in them; what the other side has besides stays there. */
  readonly added: readonly string[];
  /** Folders that are sent with all that is in them, and the other side is to have nothing else in them. */
  readonly mirrored: readonly string[];
  /** Folders that are sent with what is directly in them, and the other side is to have nothing else there. */
  readonly leveled?: readonly string[];
  /**
   * Paths that no longer exist: the topmost ones, so that their parents do. A path may be changed besides: then it is
   * no longer a folder, and what the other side has in it goes.
   */
  readonly gone: readonly string[];
  /** The same, but only a folder of that name is to be deleted. */
  readonly goneFolders?: readonly string[];
  /** The same, but only what is no folder is to be deleted. */
  readonly goneFiles?: readonly string[];
  /**
   * Paths that stay as they are, with all that is in them, even if a folder above them is mirrored or gone. What is
   * named as gone in them goes.
   */
  readonly keptPaths?: readonly string[];
  /**
   * Files of `changed` during which a session broke off: temporary files of rsync that the other side still has of them
   * are deleted, whatever is kept.
   */
  readonly halfSent?: readonly string[];
  /** Rsync patterns of what mirrored and leveled folders may have besides. */
  readonly kept?: readonly string[];
  /** The same, but of files only. */
  readonly keptFiles?: readonly string[];
}

/** What the texts in each field are. */
const FIELDS = {
  changed: 'path or root',
  replaced: 'path',
  added: 'path or root',
  mirrored: 'path or root',
  leveled: 'path or root',
  gone: 'path',
  keptPaths: 'path',
  goneFolders: 'path',
  goneFiles: 'path',
  halfSent: 'path',
  kept: 'pattern',
  keptFiles: 'pattern',
} as const satisfies Record<keyof ChangeSet, 'path' | 'path or root' | 'pattern'>;

const REQUIRED: readonly (keyof ChangeSet)[] = ['changed', 'added', 'mirrored', 'gone'];

/**
 * Callers may be JavaScript, and a wrong path can delete what nobody meant: `gone: ['.']` would empty the destination.
 *
 * @throws UsageError that names the field and the value.
 */
export function checkChanges(changes: ChangeSet): void {
  checkObject(changes, 'changes');
  for (const field of REQUIRED) {
    if (changes[field] === undefined) throw new UsageError(`${field}: an array of paths is missing`);
  }
  for (const [field, values] of Object.entries(changes) as [keyof ChangeSet, unknown][]) {
    if (values === undefined) continue;
    const kind = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (kind === undefined) throw new UsageError(`${field}: there is no such field in a set of changes`);
    if (!Array.isArray(values)) throw new UsageError(`${field}: is not an array`);
    for (const value of values as unknown[]) {
      if (kind === 'pattern') checkPattern(field, value);
      else if (kind === 'path' || value !== '.') checkPath(field, value);
    }
  }
}

function checkPattern(field: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  throw new UsageError(`${field}: ${JSON.stringify(value)} is not a pattern`);
}
