/** What a munged symlink's target starts with: it leads nowhere, as long as there is no such folder. */
const MUNGED = '/rsyncd-munged/';

/**
 * Whether a symlink leads out of the tree that is sent, by the look of its target alone: it is absolute or empty, has
 * more `..` at its start than folders lead to the link, or has `..` anywhere but at its start.
 *
 * Source: rsync(1), `--copy-unsafe-links`, and rsync 3.5.0 for every target of up to four components.
 *
 * @param name of the symlink in the file list
 */
export function isUnsafeTarget(target: string, name: string): boolean {
  if (target === '' || target.startsWith('/') || target.endsWith('/..')) return true;
  const [start = ''] = /^(?:\.\.(?:\/+|$))*/.exec(target) ?? [];
  if (target.slice(start.length).includes('/../')) return true;
  return countOf(start, /\.\./g) > countOf(name, /\//g);
}

/** The target that a symlink had before it was munged. */
export function unmungedTarget(target: string): string {
  return target.startsWith(MUNGED) && target !== MUNGED ? target.slice(MUNGED.length) : target;
}

function countOf(text: string, part: RegExp): number {
  return text.match(part)?.length ?? 0;
}
