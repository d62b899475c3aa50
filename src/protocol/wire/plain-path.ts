import { UsageError } from '../errors.ts';
import { decodeName, encodeName } from './file-name.ts';

/** A component that is empty, `.` or `..`; slashes at either end have an empty one beside them. */
const ODD_COMPONENT = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * Whether a text is the one spelling of a path below a folder: relative, without empty, `.` and `..` components, and
 * without NUL. Joined to the folder it cannot lead out of it except through symlinks. The folder itself (`.`) has no
 * such path.
 */
export function isPlainPath(path: unknown): path is string {
  return typeof path === 'string' && !ODD_COMPONENT.test(path) && !path.includes('\0') && isExact(path);
}

/**
 * Checks a path that a caller gave.
 *
 * @throws UsageError that names the field and the value.
 */
export function checkPath(field: string, path: unknown): asserts path is string {
  if (isPlainPath(path)) return;
  const shown = typeof path === 'string' ? JSON.stringify(path) : String(path);
  throw new UsageError(
    `${field}: ${shown} is not a path below the root: write it as a/b, without "." and "..", and no slash at either end`,
  );
}

/** Lone surrogates that stand for no byte would name another file: U+FFFD, or a name that is valid UTF-8. */
function isExact(path: string): boolean {
  return path.isWellFormed() || decodeName(encodeName(path)) === path;
}
