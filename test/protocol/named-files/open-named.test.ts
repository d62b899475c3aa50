import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ForeignLinkError, NamedFileError } from '../../../src/protocol/named-files/named-file-error.ts';
import { openNamed, openNamedForAppending } from '../../../src/protocol/named-files/open-named.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-named-')));
  writeFileSync(join(folder, 'file'), 'content');
  mkdirSync(join(folder, 'sub'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const isRoot = process.geteuid?.() === 0;
const STRANGER = (process.geteuid?.() ?? 0) + 12_345;

/** Makes links that belong to somebody else than us and root. */
function foreign(...names: string[]): void {
  // Who may not give links away can be a stranger to them.
  if (isRoot) for (const name of names) lchownSync(join(folder, name), STRANGER, STRANGER);
  else vi.spyOn(process, 'geteuid').mockReturnValue(STRANGER);
}

function contentOf(path: string): string {
  const descriptor = openNamed(path);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function append(path: string, text: string): void {
  const descriptor = openNamedForAppending(path);
  writeSync(descriptor, text);
  closeSync(descriptor);
}

function errorOf(action: () => void): NamedFileError {
  try {
    action();
  } catch (thrown) {
    return thrown as NamedFileError;
  }
  throw new Error('nothing was thrown');
}

describe.each([
  ['by descriptors', undefined],
  ['where there is no /proc', 'other'],
])('a file that the operator has named, found %s', (_name, platform) => {
  beforeEach(() => {
    if (platform !== undefined) vi.spyOn(process, 'platform', 'get').mockReturnValue(platform as never);
  });

  it.each(['file', './file', 'sub/../file', 'sub/./..//file'])('is opened by its path %s', (path) => {
    expect(contentOf(join(folder, 'x', '..', path))).toBe('content');
    expect(contentOf(`${folder}/${path}`)).toBe('content');
    expect(contentOf(`${relative(process.cwd(), folder)}/${path}`)).toBe('content');
  });

  it('is followed through links of our own, relative and absolute', () => {
    symlinkSync('../file', join(folder, 'sub', 'one'));
    symlinkSync(join(folder, 'sub', 'one'), join(folder, 'two'));
    symlinkSync('sub/', join(folder, 'way'));
    expect(contentOf(join(folder, 'two'))).toBe('content');
    expect(contentOf(join(folder, 'way', 'one'))).toBe('content');
  });

  it.each([
    ['the link itself', 'link', /^it is a symlink that belongs to another user$/],
    ['a link on the way', 'way/file', /\/way is a symlink that belongs to another user$/],
    ['a link behind a link of our own', 'chain', /\/link is a symlink that belongs to another user$/],
    ['a link that leads nowhere', 'nowhere', /^it is a symlink/],
  ])('is refused when %s belongs to another user', (_what, path, message) => {
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('.', join(folder, 'way'));
    symlinkSync('link', join(folder, 'chain'));
    symlinkSync('none', join(folder, 'nowhere'));
    foreign('link', 'way', 'nowhere');
    for (const action of [openNamed, openNamedForAppending]) {
      const error = errorOf(() => action(join(folder, path)));
      expect(error).toBeInstanceOf(ForeignLinkError);
      if (isRoot) expect(error.message).toMatch(message);
      expect(error.plain).not.toContain(folder);
    }
    expect(() => lstatSync(join(folder, 'none'))).toThrow('ENOENT');
  });

  it('may be made, also behind a link of our own, to be written at its end', () => {
    symlinkSync('sub/log', join(folder, 'link'));
    append(join(folder, 'link'), 'a');
    append(join(folder, 'sub', 'log'), 'b');
    expect(readFileSync(join(folder, 'sub', 'log'), 'utf8')).toBe('ab');
  });

  it.each([
    ['none', 'ENOENT', 'there is no such file'],
    ['none/x', 'ENOENT', 'there is no such file'],
    ['file/x', 'ENOTDIR', 'a part of its path is a file, not a folder'],
    ['loop', 'ELOOP', 'its symlinks go in a circle'],
  ])('that cannot be opened is told of without the words of Node: %s', (path, code, message) => {
    symlinkSync('loop', join(folder, 'loop'));
    const error = errorOf(() => openNamed(join(folder, path)));
    expect(error).toBeInstanceOf(NamedFileError);
    expect(error).toMatchObject({ code, message });
    expect(error.errno).toBeLessThan(0);
  });

  it('cannot be a folder that is written to', () => {
    for (const path of ['sub', 'sub/'])
      expect(errorOf(() => openNamedForAppending(join(folder, path)))).toMatchObject({ code: 'EISDIR' });
  });

  it('is opened at once if it is a pipe that nobody uses', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    closeSync(openNamed(join(folder, 'pipe')));
    expect(errorOf(() => openNamedForAppending(join(folder, 'pipe')))).toMatchObject({ code: 'ENXIO' });
  });
});

describe.runIf(process.platform === 'linux')('an open file that the operator has named', () => {
  it.each(['/proc/self/fd/', '/dev/fd/'])('is found by its number in %s', (place) => {
    const descriptor = openSync(join(folder, 'file'), 'r');
    expect(contentOf(`${place}${descriptor}`)).toBe('content');
    closeSync(descriptor);
  });
});
