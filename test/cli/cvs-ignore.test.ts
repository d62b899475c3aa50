import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cvsIgnoreOf } from '../../src/cli/cvs-ignore.ts';

it('is what the variable and the file in the home directory say', () => {
  const home = mkdtempSync(join(tmpdir(), 'tsersync-home-'));
  expect(cvsIgnoreOf({ HOME: home, CVSIGNORE: '*.x' })).toEqual({ variable: '*.x', homeFile: undefined });
  writeFileSync(join(home, '.cvsignore'), '*.y');
  expect(cvsIgnoreOf({ HOME: home })).toEqual({ variable: undefined, homeFile: Buffer.from('*.y') });
  expect(cvsIgnoreOf({})).toEqual({ variable: undefined, homeFile: undefined });
  rmSync(home, { recursive: true });
});
