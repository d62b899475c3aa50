import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { currentFolder } from '../../src/cli/current-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-current-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('the folder in which we run', () => {
  it('may have bytes that are not UTF-8', () => {
    const link = join(folder, 'cwd');
    symlinkSync(Buffer.from('/gbk/\xd6\xd0', 'latin1'), link);
    expect(currentFolder(link)).toBe('/gbk/\udcd6\udcd0');
  });

  it('is known without /proc, too', () => {
    expect(currentFolder(join(folder, 'nothing'))).toBe(process.cwd());
  });

  it('may be unknown, which ends nothing', () => {
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw new Error('ENOENT: no such file or directory, uv_cwd');
    });
    expect(currentFolder(join(folder, 'nothing'))).toBe('.');
  });
});
