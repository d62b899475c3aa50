import type * as Fs from 'node:fs';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NamedFileError } from '../../../src/protocol/named-files/named-file-error.ts';
import { openNamed } from '../../../src/protocol/named-files/open-named.ts';

/* What happens between two system calls: somebody else gets their turn in front of one of ours. */

const between = vi.hoisted(() => ({
  before: undefined as ((call: string, path: string) => void) | undefined,
}));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  type Path = string | Buffer;
  const watched = (name: string, call: (path: Path, ...others: unknown[]) => unknown) => {
    return (path: Path, ...others: unknown[]) => {
      between.before?.(name, String(path));
      return call(path, ...others);
    };
  };
  return {
    ...fs,
    openSync: watched('openSync', fs.openSync as never),
    readlinkSync: watched('readlinkSync', fs.readlinkSync as never),
  };
});

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-swapped-')));
  for (const name of ['sub', 'other']) mkdirSync(join(folder, name));
  for (const name of ['file', 'secret', 'sub/file', 'other/file'])
    writeFileSync(join(folder, name), `content of ${name}`);
  symlinkSync('file', join(folder, 'link'));
});
afterEach(() => {
  between.before = undefined;
  rmSync(folder, { recursive: true });
});

/** Puts a link in the place of something, in front of the first of these calls about it. */
function swap(name: string, target: string, call: 'openSync' | 'readlinkSync'): void {
  between.before = (called, path) => {
    if (called !== call || !path.endsWith(`/${name}`)) return;
    between.before = undefined;
    renameSync(join(folder, name), join(folder, `${name}.old`));
    symlinkSync(target, join(folder, name));
  };
}

function contentOf(name: string): string {
  const descriptor = openNamed(join(folder, name));
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

describe.runIf(process.platform === 'linux')('a file that the operator has named is not read', () => {
  it('through a link that is put in its place when it has been looked at', () => {
    expect(contentOf('file')).toBe('content of file');
    swap('file', 'secret', 'openSync');
    expect(() => contentOf('file')).toThrow(NamedFileError);
  });

  it('through a link in the place of a folder on the way', () => {
    expect(contentOf('sub/file')).toBe('content of sub/file');
    swap('sub', 'other', 'openSync');
    expect(() => contentOf('sub/file')).toThrow(NamedFileError);
  });

  it('through a link that is put in the place of another one', () => {
    expect(contentOf('link')).toBe('content of file');
    swap('link', 'secret', 'readlinkSync');
    expect(() => contentOf('link')).toThrow('a symlink on its way is being replaced');
  });
});
