import { readdirSync } from 'node:fs';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { IS_LINUX } from './open-folder.ts';
import { LinkError, realPath } from './origin.ts';

const REPLACEMENT = '\ufffd';

/**
 * The names in a folder, in no order.
 *
 * @param path Absolute and without symlinks, as it was found; if it leads elsewhere by now, that is an error.
 */
export function readFolder(path: string): string[] {
  if (IS_LINUX) {
    const place = realPath(path) || '/';
    if (place !== path) throw new LinkError(`${path} has become a way to ${place}`);
  }
  return namesIn(path);
}

function namesIn(path: string): string[] {
  const names = readdirSync(systemPath(path), { encoding: 'utf8' });
  if (!names.some((name) => name.includes(REPLACEMENT))) return names;
  return readdirSync(systemPath(path), { encoding: 'buffer' }).map(decodeName);
}
