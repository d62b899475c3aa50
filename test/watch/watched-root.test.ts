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
import { UsageError } from '../../src/protocol/index.ts';
import { LocalDisk } from '../../src/watch/disk.ts';
import { findRoot, isRootThere } from '../../src/watch/watched-root.ts';

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
    expect(findRoot(join(base, 'link', 'root'))).toMatchObject({
      path: join(base, 'real', 'root'),
      device: dev,
      inode: ino,
    });
  });

  it.runIf(process.platform === 'linux')('has times of this machine if its file system is kept here', () => {
    expect(findRoot('/proc').hasOurClock).toBe(false);
    expect(findRoot('/dev/shm').hasOurClock).toBe(true);
  });

  it('is refused if it is none', () => {
    writeFileSync(join(base, 'file'), '');
    symlinkSync('file', join(base, 'link'));
    for (const name of ['nowhere', 'file', 'link'])
      expect(() => findRoot(join(base, name))).toThrow(UsageError);
  });

  it('is there as long as it is the same', () => {
    const path = join(base, 'root');
    mkdirSync(path);
    const [root, disk] = [findRoot(path), new LocalDisk(path)];
    expect(isRootThere(disk, root)).toBe(true);
    renameSync(path, `${path}2`);
    expect(isRootThere(disk, root)).toBe(false);
    mkdirSync(path);
    expect(isRootThere(disk, root)).toBe(false);
    rmSync(path, { recursive: true });
    renameSync(`${path}2`, path);
    expect(isRootThere(disk, root)).toBe(true);
  });
});
