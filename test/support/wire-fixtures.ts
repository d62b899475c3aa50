import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'wire');

/** Recorded conversations of real rsync whose file names match, parsed, by name without `.json`. */
export function wireFixtures<T>(pattern: string): Array<readonly [string, T]> {
  const files = globSync(`${pattern}.json`, { cwd: FOLDER }).sort();
  if (files.length === 0) throw new Error(`no fixture in ${FOLDER} matches ${pattern}.json`);
  return files.map((file) => [
    basename(file, '.json'),
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as T,
  ]);
}
