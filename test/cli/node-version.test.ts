import { describe, expect, it } from 'vitest';
import { manifest } from '../../src/cli/manifest.ts';
import { complaintAbout, oldestNode } from '../../src/cli/node-version.ts';

describe('the version of Node.js', () => {
  it('is that of the package', () => {
    expect(manifest).toMatchObject({ engines: { node: `>=${oldestNode}` } });
  });

  it.each([['20.20.2'], ['22.21.9'], ['9.99.0']])('%s is too old', (version) => {
    expect(complaintAbout(version)).toBe(`this is Node.js ${version}; tsersync needs ${oldestNode} or newer`);
  });

  it.each([['22.22.0'], ['23.0.0'], ['24.21.0'], ['100.1.0']])('%s will do', (version) => {
    expect(complaintAbout(version)).toBeUndefined();
  });
});
