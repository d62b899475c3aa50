import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT });

describe('the workflows of the hosted CI', () => {
  it('use actions by the hash of their commit, as a tag may be moved', () => {
    const uses = workflows.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\buses:\s*(.+)/g)].map(([, action]) => action),
    );
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual(
      [],
    );
  });
});
