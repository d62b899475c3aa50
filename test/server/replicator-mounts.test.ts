import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReplicator } from '../../src/watch/index.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import { bind, hasLoopDisks, makeDisk, mount, mountTmpfs, unmount } from '../support/loop-disk.ts';
import { keptLog, replicationConfig, until, untilEqual } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let rsyncd: Rsyncd;
let base: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-mounts-')));
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

/** Long enough for a change to be noticed and sent, if it is. */
const A_WHILE_MS = 1500;
let trees = 0;

/** A watched folder in which file systems can be mounted, with its copy. */
class MountedTree implements AsyncDisposable {
  readonly root = join(base, `tree${++trees}`);
  readonly destination = join(rsyncd.modulePath('inbox'), `tree${trees}`);
  readonly log = keptLog();
  readonly #mounted: string[] = [];
  #replicator: Awaited<ReturnType<typeof startReplicator>> | undefined;

  constructor() {
    mkdirSync(this.root);
    mkdirSync(this.destination);
  }

  /** Mounts in a way on a folder of the tree. */
  mount(path: string, how: (place: string) => void): string {
    const place = join(this.root, path);
    mkdirSync(place, { recursive: true });
    how(place);
    this.#mounted.push(place);
    return place;
  }

  unmount(place: string): void {
    this.#mounted.splice(this.#mounted.indexOf(place), 1);
    unmount(place);
  }

  async watch(params = '-a', head = ''): Promise<void> {
    const remotes = [{ module: `inbox/tree${trees}` }];
    const config = replicationConfig({ root: this.root, port: rsyncd.port, remotes, params, head });
    this.#replicator = await startReplicator(config, { log: this.log, startsWithAll: true });
  }

  get status() {
    return this.#replicator?.status();
  }

  async equal(): Promise<void> {
    await untilEqual(this.root, this.destination);
  }

  async isAway(path: string): Promise<void> {
    await until(() => this.status?.away.includes(path) === true, `that ${path} is away`);
  }

  async [Symbol.asyncDispose]() {
    await this.#replicator?.stop();
    for (const place of this.#mounted.reverse()) unmount(place);
  }
}

describe.runIf(hasLoopDisks())('as root: a file system that is mounted in the watched folder', () => {
  it('keeps its copy when it is unmounted, and goes on when it is back', async () => {
    await using tree = new MountedTree();
    const { root, destination, log } = tree;
    const image = makeDisk(join(base, `disk${trees}`));
    const place = tree.mount('d/vol', (at) => mount(image, at));
    writeTree(place, { precious: 'p', sub: { deep: 'd' } });
    writeTree(root, { a: 'a' });
    await tree.watch();
    await tree.equal();
    tree.unmount(place);
    writeTree(root, { b: 'b', d: { c: 'c' } });
    writeFileSync(join(place, 'stray'), 'on the disk below');
    await tree.isAway('d/vol');
    await until(() => existsSync(join(destination, 'd', 'c')), 'what is beside it');
    await delay(A_WHILE_MS);
    expect(readTree(join(destination, 'd', 'vol', 'sub'))).toEqual({ deep: 'd' });
    expect(existsSync(join(destination, 'd', 'vol', 'stray'))).toBe(false);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    rmSync(join(place, 'stray'));
    tree.mount('d/vol', (at) => mount(image, at));
    rmSync(join(place, 'sub', 'deep'));
    writeFileSync(join(place, 'sub', 'more'), 'm');
    await tree.equal();
    expect(tree.status?.away).toEqual([]);
    writeTree(join(place, 'sub', 'later'), { and: { deeper: 'x' } });
    await tree.equal();
    writeFileSync(join(place, 'sub', 'later', 'and', 'deeper'), 'watched');
    rmSync(join(place, 'precious'));
    await tree.equal();
  });

  it.each([
    ['as it is', ''],
    ['with expressions', '<filter start="true"><exclude expression="^never$"/></filter>'],
  ])('keeps its copy when all is compared or the folder above it is deleted, %s', async (_, head) => {
    await using tree = new MountedTree();
    const { root, destination } = tree;
    const image = makeDisk(join(base, `disk${trees}`));
    const place = tree.mount('d/vol', (at) => mount(image, at));
    writeTree(place, { precious: 'p' });
    writeTree(root, { a: 'a', d: { e: 'e' } });
    await tree.watch('-a', head);
    await tree.equal();
    tree.unmount(place);
    await tree.isAway('d/vol');
    // When the watched folder is back, everything is compared, with deletion.
    renameSync(root, `${root}.moved`);
    rmSync(join(`${root}.moved`, 'a'));
    await until(() => tree.status?.state === 'paused', 'a pause');
    renameSync(`${root}.moved`, root);
    await until(() => !existsSync(join(destination, 'a')), 'the comparison');
    rmSync(join(root, 'd'), { recursive: true });
    await until(() => !existsSync(join(destination, 'd', 'e')), 'the deletion');
    await delay(A_WHILE_MS);
    expect(readTree(destination)).toMatchObject({ d: { vol: { precious: 'p' } } });
    mkdirSync(join(root, 'd'));
    await delay(A_WHILE_MS);
    expect(readTree(destination)).toMatchObject({ d: { vol: { precious: 'p' } } });
    tree.mount('d/vol', (at) => mount(image, at));
    await tree.equal();
  });

  it('is watched on when it is unmounted and mounted again at once', async () => {
    await using tree = new MountedTree();
    const image = makeDisk(join(base, `disk${trees}`));
    const place = tree.mount('vol', (at) => mount(image, at));
    writeTree(place, { a: 'a', sub: { b: 'b' } });
    await tree.watch();
    await tree.equal();
    tree.unmount(place);
    tree.mount('vol', (at) => mount(image, at));
    await delay(A_WHILE_MS);
    writeTree(place, { sub: { c: 'c' } });
    rmSync(join(place, 'a'));
    await tree.equal();
  });

  it('stays away as long as another one is in its place', async () => {
    await using tree = new MountedTree();
    const images = [makeDisk(join(base, `disk${trees}a`)), makeDisk(join(base, `disk${trees}b`))] as const;
    const place = tree.mount('vol', (at) => mount(images[0], at));
    writeTree(place, { precious: 'p' });
    await tree.watch();
    await tree.equal();
    tree.unmount(place);
    await tree.isAway('vol');
    tree.mount('vol', (at) => mount(images[1], at));
    writeTree(place, { other: 'o' });
    await until(
      () => tree.log.lines.some((line) => line.includes('another file system is mounted here')),
      'that another one is there',
    );
    await delay(A_WHILE_MS);
    expect(readTree(join(tree.destination, 'vol'))).toMatchObject({ precious: 'p' });
    expect(existsSync(join(tree.destination, 'vol', 'other'))).toBe(false);
    tree.unmount(place);
    tree.mount('vol', (at) => mount(images[0], at));
    await tree.equal();
  });

  it('is watched and sent when it is mounted later', async () => {
    await using tree = new MountedTree();
    const { root, destination } = tree;
    const outside = join(base, `outside${trees}`);
    writeTree(outside, { x: 'x', y: { z: 'z' } });
    writeTree(root, { cover: { below: 'b' } });
    await tree.watch();
    await tree.equal();
    const bound = tree.mount('bound', (at) => bind(outside, at));
    const memory = tree.mount('memory', mountTmpfs);
    const cover = tree.mount('cover', mountTmpfs);
    await until(() => existsSync(join(destination, 'bound', 'y', 'z')), 'what was bound');
    writeTree(memory, { m: { n: 'n' } });
    writeTree(bound, { y: { more: 'm' } });
    writeTree(cover, { above: 'a', gone: 'g' });
    await until(() => existsSync(join(destination, 'cover', 'gone')), 'what covers');
    rmSync(join(cover, 'gone'));
    rmSync(join(bound, 'x'));
    await until(() => !existsSync(join(destination, 'cover', 'gone')), 'a deletion');
    await untilEqual(memory, join(destination, 'memory'));
    await untilEqual(bound, join(destination, 'bound'));
    expect(readTree(join(destination, 'cover'))).toEqual({ above: 'a', below: 'b' });
    tree.unmount(bound);
    await tree.isAway('bound');
    await delay(A_WHILE_MS);
    expect(readTree(join(destination, 'bound'))).toEqual({ y: { z: 'z', more: 'm' } });
    tree.mount('bound', (at) => bind(outside, at));
    writeTree(outside, { again: 'a' });
    await untilEqual(bound, join(destination, 'bound'));
  });

  it('is left alone with --one-file-system', async () => {
    await using tree = new MountedTree();
    const { root, destination } = tree;
    writeTree(root, { a: 'a' });
    const place = tree.mount('vol', mountTmpfs);
    writeTree(place, { x: 'x' });
    writeTree(join(destination, 'vol'), { own: 'o' });
    await tree.watch('-ax');
    await until(() => existsSync(join(destination, 'a')), 'the tree');
    const late = tree.mount('late', mountTmpfs);
    writeTree(place, { y: 'y' });
    await delay(A_WHILE_MS);
    writeTree(late, { z: 'z' });
    writeTree(root, { b: 'b' });
    await until(() => existsSync(join(destination, 'b')), 'another file');
    await delay(A_WHILE_MS);
    expect(readTree(destination)).toEqual({ a: 'a', b: 'b', late: {}, vol: { own: 'o' } });
  });
});
