import { closeSync, readdirSync } from 'node:fs';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { IS_LINUX, openFolder } from './open-folder.ts';

const REPLACEMENT = '\ufffd';

/** The names in a folder, in no order. The folder is read by its descriptor: its path may not lead elsewhere. */
export function readFolder(path: string): string[] {
  if (!IS_LINUX) return namesIn(path);
  const descriptor = openFolder(path);
  try {
    return namesIn(`/proc/self/fd/${descriptor}`);
  } finally {
    closeSync(descriptor);
  }
}

function namesIn(path: string): string[] {
  const names = readdirSync(systemPath(path), { encoding: 'utf8' });
  if (!names.some((name) => name.includes(REPLACEMENT))) return names;
  return readdirSync(systemPath(path), { encoding: 'buffer' }).map(decodeName);
}
