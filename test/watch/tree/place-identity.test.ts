import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FoundEntry, LocalDisk } from '../../../src/watch/tree/disk.ts';
import type { Mount } from '../../../src/watch/tree/mounts.ts';
import {
  isSameAgain,
  isSamePlace,
  type SeenPlace,
  seenPlace,
} from '../../../src/watch/tree/place-identity.ts';

let base: string;
let found: FoundEntry;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'tsersync-place-'));
  const look = new LocalDisk(base).look('.');
  if (look.kind !== 'folder') throw new Error('no folder');
  found = look;
});
afterAll(() => rmSync(base, { recursive: true }));

const mount: Mount = { id: '7', path: '/m', folder: '/', type: 'ext4', source: '/dev/x', options: 'rw' };

function seen(bornMs: number, other: Partial<Mount> = {}, fileSystem?: string): SeenPlace {
  const identity = { device: found.device, inode: found.inode, bornMs };
  return { identity, mount: { ...mount, ...other }, fileSystem };
}

describe('a place', () => {
  it('is the same as long as device, inode and birth time are', () => {
    const { identity } = seenPlace(base, found, undefined);
    expect(isSamePlace(found, identity)).toBe(true);
    for (const part of ['device', 'inode', 'bornMs'] as const)
      expect(isSamePlace({ ...found, [part]: 1 }, { ...identity, bornMs: found.bornMs })).toBe(false);
    expect(isSamePlace({ kind: 'missing' }, identity)).toBe(false);
  });

  it('has no birth time where none is kept', () => {
    expect(isSamePlace({ ...found, bornMs: 1 }, { ...seen(0).identity })).toBe(true);
  });

  it('stays the same while it changes', () => {
    const folder = join(base, 'folder');
    mkdirSync(folder);
    const look = () => new LocalDisk(folder).look('.');
    const before = look() as FoundEntry;
    const { identity } = seenPlace(folder, before, undefined);
    writeFileSync(join(folder, 'file'), '');
    expect(isSamePlace(look(), identity)).toBe(true);
  });
});

describe('a place that is mounted again', () => {
  it('is the same if it was born in the same moment on the same device', () => {
    expect(isSameAgain(seen(found.bornMs), found, { ...mount, id: '8' })).toBe(true);
    expect(isSameAgain(seen(1), found, mount)).toBe(false);
    expect(isSameAgain(seen(found.bornMs), { ...found, device: 1 }, mount)).toBe(false);
  });

  it('is the same by the UUID of its file system, whatever device it is, and another one by that, too', () => {
    const known = seen(found.bornMs, {}, 'uuid');
    const isSameWith = (uuid: string, other: Partial<FoundEntry> = {}) =>
      isSameAgain(known, { ...found, ...other }, mount, () => uuid);
    expect([isSameWith('uuid'), isSameWith('uuid', { device: 1 }), isSameWith('other')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isSameWith('uuid', { inode: 1 }), isSameWith('uuid', { bornMs: 1 })]).toEqual([false, false]);
  });

  it('is another one if its type is', () => {
    expect(isSameAgain(seen(found.bornMs), found, { ...mount, type: 'xfs' })).toBe(false);
  });

  it('without a birth time is known by its source, unless it was in memory only', () => {
    const nfs = { type: 'nfs4', source: 'host:/export' };
    expect(isSameAgain(seen(0, nfs), { ...found, device: 1 }, { ...mount, ...nfs })).toBe(true);
    expect(isSameAgain(seen(0, nfs), found, { ...mount, ...nfs, source: 'host:/other' })).toBe(false);
    expect(isSameAgain(seen(0, nfs), found, { ...mount, ...nfs, folder: '/sub' })).toBe(false);
    expect(isSameAgain(seen(0, { type: 'tmpfs' }), found, { ...mount, type: 'tmpfs' })).toBe(false);
  });

  it('as an overlay is known by its folders', () => {
    const overlay = { type: 'overlay', source: 'overlay', options: 'upperdir=/a' };
    expect(isSameAgain(seen(0, overlay), found, { ...mount, ...overlay })).toBe(true);
    expect(isSameAgain(seen(0, overlay), found, { ...mount, ...overlay, options: 'upperdir=/b' })).toBe(
      false,
    );
  });
});
