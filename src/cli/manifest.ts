import { readFileSync } from 'node:fs';

/** What the package says of itself. The same place seen from src/cli and from dist/cli. */
export const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
  readonly description: string;
};
