import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SourcePaths } from '../../src/cli/source-paths.ts';

function pathsOf(
  sources: readonly string[],
  { relative = false, hasList = false, folder = '/home/me' } = {},
) {
  return new SourcePaths(sources, { relative, hasList, folder });
}

/** What rsync 3.5.0 printed for `%f`, but for the first slash. */
describe('the path of a listed name', () => {
  it.each([
    ['src', 'src/a.txt', 'src/a.txt'],
    ['src/', 'a.txt', 'src/a.txt'],
    ['src/', '.', 'src/.'],
    ['/tmp/lab/src', 'src/sub/b', '/tmp/lab/src/sub/b'],
    ['/tmp/lab/src/', 'sub/b', '/tmp/lab/src/sub/b'],
    ['./src', 'src/a', 'src/a'],
    ['../lab/src/', 'a', '../lab/src/a'],
    ['src/./sub', 'sub/b.txt', 'src/sub/b.txt'],
    ['src//sub/', 'b.txt', 'src/sub/b.txt'],
    ['.', 'a', 'a'],
    ['..', 'a', '../a'],
    ['/', 'etc', '/etc'],
  ])('of %s: %s is %s', (source, name, expected) => {
    expect(pathsOf([source]).pathOf(name)).toBe(expected);
  });

  it.each([
    ['src/./sub', 'sub/b.txt', 'src/sub/b.txt'],
    ['/tmp/lab/src', 'tmp/lab', '/tmp/lab'],
    ['./src/sub', 'src/sub/b', 'src/sub/b'],
    ['src/sub/', 'src', 'src'],
    ['a/.//b/', 'b/c', 'a/b/c'],
  ])('of %s with --relative: %s is %s', (source, name, expected) => {
    expect(pathsOf([source], { relative: true }).pathOf(name)).toBe(expected);
  });

  it('is below the only source with --files-from', () => {
    const paths = pathsOf(['/data/x'], { relative: true, hasList: true });
    expect(paths.pathOf('sub/file')).toBe('/data/x/sub/file');
    expect(paths.shownName('sub')).toBe('sub');
    expect(paths.nameOf('sub/deep/')).toBe('sub/deep');
    expect(paths.folderOf('a/b/c')).toBe('/data/x/a/b');
    expect(paths.folderOf('a/b/')).toBe('/data/x/a/b');
    expect(paths.folderOf('a')).toBe('/data/x');
    const plain = pathsOf(['/data/x'], { hasList: true });
    expect(['sub/deep', 'sub/deep/', '.'].map((text) => plain.nameOf(text))).toEqual(['deep', '.', '.']);
  });

  it('is looked up on the disk where it could be below several sources', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsersync-paths-'));
    mkdirSync(join(folder, 'one'));
    mkdirSync(join(folder, 'two'));
    writeFileSync(join(folder, 'two/x'), '');
    const paths = pathsOf(['one/', 'two/'], { folder });
    expect(paths.pathOf('x')).toBe('two/x');
    expect(paths.pathOf('nowhere')).toBe('one/nowhere');
    rmSync(folder, { recursive: true });
  });
});

describe('the full path', () => {
  it('begins at the folder in which we run', () => {
    const paths = pathsOf(['src/', 'none']);
    expect(paths.fullPath('a')).toBe('/home/me/src/a');
    expect(paths.fullPath('none')).toBe('/home/me/none');
    expect(paths.folderOf('src/')).toBe('/home/me/src');
    expect(paths.folderOf('none')).toBe('/home/me');
  });
});

describe('the name of a source', () => {
  it.each([
    ['src/sub', false, 'sub'],
    ['src/', false, '.'],
    ['.', false, '.'],
    ['a/..', false, '.'],
    ['src/sub', true, 'src/sub'],
    ['src/./d', true, 'd'],
    ['src/', true, 'src'],
    ['./', true, '.'],
  ])('%s, relative %s, is %s', (source, relative, expected) => {
    expect(pathsOf([source], { relative }).nameOf(source)).toBe(expected);
  });

  it('keeps the first slash of absolute sources with --relative', () => {
    expect(pathsOf(['/tmp/x'], { relative: true }).shownName('tmp')).toBe('/tmp');
    expect(pathsOf(['/tmp/./x'], { relative: true }).shownName('x')).toBe('x');
    expect(pathsOf(['/tmp/x', 'y'], { relative: true }).shownName('tmp')).toBe('tmp');
    expect(pathsOf(['/tmp/x']).shownName('x')).toBe('x');
  });
});
