import { describe, expect, it } from 'vitest';
import type { Found, FoundEntry } from '../../../src/watch/tree/disk.ts';
import { type MountNews, MountPlaces } from '../../../src/watch/tree/mount-places.ts';
import type { Mount } from '../../../src/watch/tree/mounts.ts';
import { missing } from '../../support/found.ts';

/** A watched folder `/tmp` on device 1, in which NFS exports come and go: their folders have inodes of their own. */
class World {
  mounts: Mount[] = [mount('/', 'disk')];
  inodes: Record<string, number> = { '.': 1 };
  devices: Record<string, number> = {};
  now = 0;
  readonly news: MountNews[] = [];
  readonly mounted: string[] = [];
  readonly troubles: string[] = [];
  /** The next calls that tell something throw an error. */
  faults = 0;
  readonly places: MountPlaces;

  constructor({ onlyDevice }: { readonly onlyDevice?: number } = {}) {
    this.places = new MountPlaces({
      disk: { look: (path) => this.find(path), absolute: (path) => (path === '.' ? '/tmp' : `/tmp/${path}`) },
      mountsNow: () => this.mounts,
      isWanted: (path) => this.#passing(() => !path.startsWith('unwanted')),
      onlyDevice,
      onMounted: (path) => this.#passing(() => this.mounted.push(path)),
      onNews: (news) => this.#passing(() => this.news.push(news)),
      onTrouble: ({ message }) => this.troubles.push(message),
      now: () => this.now,
    });
  }

  #passing<T>(call: () => T): T {
    this.faults -= 1;
    if (this.faults >= 0) throw new Error('a fault');
    return call();
  }

  find(path: string): Found {
    const inode = this.inodes[path];
    if (inode === undefined) return missing;
    const device = Object.entries(this.devices).find(([at]) => path === at || path.startsWith(`${at}/`))?.[1];
    return folder(inode, device ?? 1);
  }

  mount(path: string, source: string, inode: number, device = 2): void {
    this.mounts.push(mount(`/tmp/${path}`, source));
    this.inodes[path] = inode;
    this.devices[path] = device;
  }

  /** The empty folder below comes to light. */
  unmount(path: string): void {
    this.mounts = this.mounts.filter((one) => one.path !== `/tmp/${path}`);
    for (const known of Object.keys(this.inodes)) if (known.startsWith(path)) delete this.inodes[known];
    this.inodes[path] = 900;
    delete this.devices[path];
  }

  judge(path: string): Found['kind'] {
    return this.places.judge(path, this.find(path)).kind;
  }

  /** Sees what is mounted, and what is told then. */
  async look(): Promise<MountNews | undefined> {
    this.places.refresh();
    await Promise.resolve();
    return this.news.shift();
  }
}

let ids = 0;

function mount(path: string, source: string): Mount {
  ids += 1;
  return { id: `${ids}`, path, folder: '/', type: 'nfs4', source, options: 'rw' };
}

function folder(inode: number, device: number): FoundEntry {
  return {
    kind: 'folder',
    isRegular: false,
    isSymlink: false,
    size: 0,
    device,
    inode,
    links: 1,
    mode: 0o755,
    mtimeMs: 0,
    ctimeMs: 0,
    bornMs: 0,
  };
}

describe('what is mounted in the watched folder', () => {
  it('belongs to it when watching begins', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    expect(world.mounted).toEqual(['vol']);
    expect(world.places.places).toMatchObject([{ path: 'vol', state: 'there', isKept: false }]);
    expect([world.judge('vol'), world.judge('vol/gone'), world.places.isLate('vol/x')]).toEqual([
      'folder',
      'missing',
      false,
    ]);
    expect(await world.look()).toBeUndefined();
  });

  it('is away from the moment on at which it is unmounted, before anybody has told', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.inodes['vol/x'] = 65;
    world.places.begin();
    world.unmount('vol');
    expect([world.judge('vol'), world.judge('vol/x'), world.judge('beside')]).toEqual([
      'away',
      'away',
      'missing',
    ]);
    // Somebody who asked has made it look.
    await Promise.resolve();
    expect(world.news.shift() ?? (await world.look())).toMatchObject({ away: ['vol'] });
    expect(world.places.away).toEqual(['vol']);
    expect(world.places.isClosed('vol/sub')).toBe(true);
    expect(world.places.places).toMatchObject([{ state: 'away', isKept: true }]);
    expect(await world.look()).toBeUndefined();
  });

  it('is back when the same is mounted again, and nothing else', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    world.unmount('vol');
    expect(await world.look()).toMatchObject({ away: ['vol'] });
    world.mount('vol', 'host:/b', 64);
    expect(await world.look()).toMatchObject({ back: [], away: [], replaced: ['vol'] });
    expect(await world.look()).toBeUndefined();
    expect(world.judge('vol')).toBe('away');
    world.unmount('vol');
    world.mount('vol', 'host:/a', 64, 7);
    expect(await world.look()).toMatchObject({ back: ['vol'], away: [], replaced: [] });
    expect([world.judge('vol'), world.places.isLate('vol')]).toEqual(['folder', true]);
  });

  it('is away when another one takes its place at once, and that is told of each other one', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    for (const [source, device] of [
      ['host:/b', 3],
      ['host:/c', 4],
    ] as const) {
      world.unmount('vol');
      world.mount('vol', source, 64, device);
      expect(await world.look()).toMatchObject({ away: [], replaced: ['vol'] });
      expect([world.judge('vol'), world.places.away]).toEqual(['away', ['vol']]);
      expect(await world.look()).toBeUndefined();
    }
    world.unmount('vol');
    expect(await world.look()).toBeUndefined();
    world.mount('vol', 'host:/c', 64, 4);
    expect(await world.look()).toMatchObject({ replaced: ['vol'] });
  });

  it('is back, too, if it was unmounted and mounted again at once', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    world.places.doubt('vol');
    await Promise.resolve();
    expect(world.news).toMatchObject([{ back: ['vol'] }]);
    world.places.doubt('nothing');
    expect(await world.look()).toMatchObject({ back: ['vol'] });
    expect(await world.look()).toBeUndefined();
  });

  it('takes what is mounted in it along', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.mount('vol/in', 'host:/b', 65, 3);
    world.places.begin();
    world.unmount('vol/in');
    world.unmount('vol');
    expect(await world.look()).toMatchObject({ away: ['vol', 'vol/in'] });
    expect(world.judge('vol/in/x')).toBe('away');
  });

  it('may come later, and what it covers is kept', async () => {
    const world = new World();
    world.inodes.vol = 5;
    world.places.begin();
    world.mount('vol', 'host:/a', 64);
    world.mount('unwanted', 'host:/b', 66);
    expect(await world.look()).toEqual({ appeared: ['vol'], away: [], replaced: [], back: [] });
    expect(world.places.places).toMatchObject([{ path: 'vol', state: 'there', isKept: true }]);
    expect([world.judge('vol'), world.places.isLate('vol/x'), world.judge('vol/x')]).toEqual([
      'folder',
      true,
      'missing',
    ]);
  });

  it('is noticed by who finds something missing below it', () => {
    const world = new World();
    world.places.begin();
    world.now = 1000;
    world.mount('vol', 'host:/a', 64);
    expect([world.judge('vol/below'), world.judge('vol/below')]).toEqual(['away', 'missing']);
  });

  it('on demand does not count until it is', async () => {
    const world = new World();
    world.mount('auto', 'map', 64);
    world.mounts = world.mounts.map((one) => (one.source === 'map' ? { ...one, type: 'autofs' } : one));
    world.places.begin();
    expect(world.places.places).toEqual([]);
    world.mount('auto', 'host:/a', 65);
    expect(await world.look()).toMatchObject({ appeared: ['auto'] });
  });

  it('is left alone on another device, but for its folder, if it has to be', async () => {
    const world = new World({ onlyDevice: 1 });
    world.mount('vol', 'host:/a', 64);
    world.mount('same', 'disk', 65, 1);
    world.places.begin();
    expect([world.judge('vol'), world.judge('vol/x'), world.judge('same/x')]).toEqual([
      'folder',
      'away',
      'missing',
    ]);
    world.unmount('vol');
    expect(await world.look()).toBeUndefined();
    expect(world.places.away).toEqual([]);
  });

  it('is told again, and all of it, when it throws while that is told', async () => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    world.unmount('vol');
    world.places.refresh();
    // There is nothing to filter by now.
    world.faults = 1;
    await Promise.resolve();
    expect([world.news, world.troubles]).toEqual([[], ['a fault']]);
    world.mount('other', 'host:/b', 65);
    expect(await world.look()).toEqual({ appeared: ['other'], away: ['vol'], replaced: [], back: [] });
    expect(await world.look()).toBeUndefined();
  });

  it.each([1, 2, 3, 4])('is told at last, when it throws %i times while it is looked at', async (faults) => {
    const world = new World();
    world.mount('vol', 'host:/a', 64);
    world.places.begin();
    world.places.doubt('vol');
    world.news.length = 0;
    world.unmount('vol');
    await world.look();
    world.mount('vol', 'host:/a', 64);
    world.mount('other', 'host:/b', 65);
    world.faults = faults;
    const news: MountNews[] = [];
    for (let round = 0; round < 6; round += 1) {
      try {
        world.places.refresh();
      } catch (thrown) {
        expect(thrown).toEqual(new Error('a fault'));
      }
      await Promise.resolve();
      news.push(...world.news.splice(0));
    }
    expect(news.flatMap(({ appeared, back }) => [...appeared, ...back]).sort()).toEqual(['other', 'vol']);
    expect(world.judge('vol/x')).toBe('missing');
  });
});
