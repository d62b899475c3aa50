import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the package says of itself. */
export const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  readonly version: string;
  readonly description: string;
};

/** The path of something that comes with the package; it lies in the same place seen from src/cli and from dist/cli. */
export function packagePath(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
