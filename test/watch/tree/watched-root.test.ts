import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/index.ts';
import { LocalDisk } from '../../../src/watch/tree/disk.ts';
import { isRootThere, RootWatch } from '../../../src/watch/tree/watched-root.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-root-')));
});
afterEach(() => rmSync(base, { recursive: true }));

describe('the folder to watch', () => {
  it('is known by its device and inode, under its real path', () => {
    mkdirSync(join(base, 'real', 'root'), { recursive: true });
    symlinkSync('real', join(base, 'link'));
    const { dev, ino } = statSync(join(base, 'real', 'root'));
    expect(new RootWatch(join(base, 'link', 'root')).root).toMatchObject({
      path: join(base, 'real', 'root'),
      device: dev,
      inode: ino,
    });
  });

  it.runIf(process.platform === 'linux')('has times of this machine if its file system is kept here', () => {
    expect(new RootWatch('/proc').root.isLocalFileSystem).toBe(false);
    expect(new RootWatch('/dev/shm').root.isLocalFileSystem).toBe(true);
  });

  it('is refused if it is none', () => {
    writeFileSync(join(base, 'file'), '');
    symlinkSync('file', join(base, 'link'));
    for (const name of ['nowhere', 'file', 'link'])
      expect(() => new RootWatch(join(base, name))).toThrow(UsageError);
  });

  it('is there as long as it is the same', () => {
    const path = join(base, 'root');
    mkdirSync(path);
    const [{ root }, disk] = [new RootWatch(path), new LocalDisk(path)];
    expect(isRootThere(disk, root)).toBe(true);
    renameSync(path, `${path}2`);
    expect(isRootThere(disk, root)).toBe(false);
    mkdirSync(path);
    expect(isRootThere(disk, root)).toBe(false);
    rmSync(path, { recursive: true });
    renameSync(`${path}2`, path);
    expect(isRootThere(disk, root)).toBe(true);
  });

  it('says what to do when it is gone, or another folder is in its place', () => {
    const path = join(base, 'root');
    mkdirSync(path);
    const watch = new RootWatch(path);
    expect(watch.trouble()).toBeUndefined();
    renameSync(path, `${path}2`);
    expect(watch.trouble()).toMatch(/the watched folder is gone: .*restart tsersync/);
    mkdirSync(path);
    expect(watch.trouble()).toMatch(/another folder is in the place of the watched one: .*restart tsersync/);
    rmSync(path, { recursive: true });
    writeFileSync(path, '');
    expect(watch.trouble()).toContain('not a folder any more');
    rmSync(path);
    renameSync(`${path}2`, path);
    expect(watch.trouble()).toBeUndefined();
  });

  it('is another one when a symlink in its path leads elsewhere, until it leads back', () => {
    for (const release of ['r1', 'r2']) mkdirSync(join(base, release, 'site'), { recursive: true });
    const link = join(base, 'current');
    symlinkSync('r1', link);
    const watch = new RootWatch(join(link, 'site'));
    expect(watch.trouble()).toBeUndefined();
    rmSync(link);
    symlinkSync('r2', link);
    expect(watch.trouble()).toContain(`leads to ${join(base, 'r2', 'site')}`);
    rmSync(link);
    expect(watch.trouble()).toContain('leads to nothing');
    symlinkSync('r1', link);
    expect(watch.trouble()).toBeUndefined();
  });
});
