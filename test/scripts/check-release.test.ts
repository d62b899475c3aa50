import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/check-release.sh');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-release-'));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(SCRIPT, join(folder, 'scripts/check-release.sh'));
  writeFileSync(join(folder, 'package.json'), '{\n  "name": "x",\n  "version": "1.2.0",\n  "a": 1\n}\n');
  writeFileSync(join(folder, 'CHANGELOG.md'), '## [Unreleased]\n\n## [1.2.0] - 2030-01-01\n');
});

afterEach(() => rmSync(folder, { recursive: true }));

function check(tag: string) {
  const { status, stderr } = spawnSync('sh', [join(folder, 'scripts/check-release.sh'), tag], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('a tag', () => {
  it('can be released if it is the version of the package and the changelog tells of it', () => {
    expect(check('v1.2.0')).toEqual({ status: 0, stderr: '' });
  });

  it('is refused if the package has another version', () => {
    expect(check('v1.3.0')).toMatchObject({ status: 1, stderr: expect.stringContaining('version 1.2.0') });
  });

  it('is refused without a section of the changelog', () => {
    writeFileSync(join(folder, 'CHANGELOG.md'), '## [Unreleased]\n\n## [1.2.01]\n');
    expect(check('v1.2.0')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no section [1.2.0]'),
    });
  });
});
