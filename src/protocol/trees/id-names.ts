import { readFileSync } from 'node:fs';
import type { IdNames } from '../file-list/file-entry.ts';

const MAX_NAME_LENGTH = 255;

/**
 * The names of users and groups from /etc/passwd and /etc/group: Node has no access to other name services. Ids that
 * are not there travel as numbers.
 */
export function localIdNames(): IdNames {
  const users = lazy(() => readNames('/etc/passwd'));
  const groups = lazy(() => readNames('/etc/group'));
  return { user: (uid) => users().get(uid), group: (gid) => groups().get(gid) };
}

/** Lines `name:password:id:...`; the first of several names for one id counts. */
function readNames(file: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of readLines(file)) {
    const [name = '', , id = ''] = line.split(':');
    const isUsable = /^\d+$/.test(id) && name !== '' && Buffer.byteLength(name) <= MAX_NAME_LENGTH;
    if (isUsable && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // Windows and some containers have no such file: then there are no names, only numbers.
    return [];
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
