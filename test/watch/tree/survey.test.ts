import { describe, expect, it } from 'vitest';
import { changeOf } from '../../../src/watch/change.ts';
import { Survey } from '../../../src/watch/tree/survey.ts';
import { MemoryDisk } from '../../support/memory-disk.ts';

function surveyOf(disk: MemoryDisk, told: string[], isWanted: (folder: string) => boolean = () => true) {
  return new Survey({
    disk,
    isWanted,
    watch: (folder) => {
      told.push(`+${folder}`);
      return disk.canRead(folder);
    },
    onClosed: (folder) => told.push(`?${folder}`),
    onGone: (folder) => told.push(`-${folder}`),
    onByteNames: () => {},
    breathe: () => Promise.resolve(),
  });
}

/** A tree in memory, what a survey has told about its folders, and what it makes of paths. */
async function survey(isWanted: (folder: string) => boolean = () => true) {
  let now = 1000;
  const disk = new MemoryDisk(() => now++);
  for (const path of ['a/b/f', 'a/g', 'h']) disk.write(path, 'x');
  const told: string[] = [];
  const known = surveyOf(disk, told, isWanted);
  await known.begin();
  const learnt = told.splice(0);
  return { disk, known, learnt, told, look: (path: string) => known.look(path, 7) };
}

describe('a survey', () => {
  it('begins with all folders there are', async () => {
    const { learnt, known } = await survey();
    expect(learnt.sort()).toEqual(['+.', '+a', '+a/b']);
    expect(known.folderCount).toBe(3);
  });

  it('does not enter folders that are not wanted', async () => {
    const { learnt, disk, look, told } = await survey((folder) => folder !== 'a');
    expect(learnt).toEqual(['+.']);
    disk.makeFolder('a/new');
    expect([await look('a'), told]).toEqual([undefined, []]);
  });
});

it('a folder that can be read but not watched is not known, and is told of', async () => {
  const disk = new MemoryDisk(() => 0);
  disk.write('a/f', 'x');
  const told: string[] = [];
  const known = new Survey({
    disk,
    isWanted: () => true,
    watch: (folder) => folder !== 'a',
    onClosed: (folder) => told.push(folder),
    onGone: () => {},
    onByteNames: () => {},
    breathe: () => Promise.resolve(),
  });
  await known.begin();
  expect([known.isKnown('.'), known.isKnown('a'), told]).toEqual([true, false, ['a']]);
});

describe('something that happened', () => {
  it('in what is away is nothing, and the folders in it stay known until they are to be forgotten', async () => {
    const { look, disk, told, known } = await survey();
    const isThere = disk.look.bind(disk);
    disk.look = (path) => (path === 'a' || path.startsWith('a/') ? { kind: 'away' } : isThere(path));
    expect([await look('a'), await look('a/b/f'), told]).toEqual([undefined, undefined, []]);
    expect(known.isKnown('a/b')).toBe(true);
    known.forget('a');
    expect([known.isKnown('a/b'), told]).toEqual([false, ['-a']]);
    disk.look = isThere;
    expect(await look('a')).toEqual(changeOf('a', 'tree', 7));
  });

  it('to a file or a known folder is about that alone', async () => {
    const { look } = await survey();
    expect(await look('a/g')).toEqual(changeOf('a/g', 'path', 7));
    expect(await look('a/b')).toEqual(changeOf('a/b', 'path', 7));
    expect(await look('nowhere')).toEqual(changeOf('nowhere', 'path', 7));
  });

  it('in a new folder is about the whole folder, at its top', async () => {
    const { look, disk, told } = await survey();
    disk.write('new/x/y', '');
    expect(await look('new/x/y')).toEqual(changeOf('new', 'tree', 7));
    expect(told).toEqual(['+new', '+new/x']);
    expect(await look('new')).toEqual(changeOf('new', 'path', 7));
  });

  it('names the topmost new folder on the way, before it is looked at', async () => {
    const { known, disk } = await survey();
    disk.write('new/x/y', '');
    expect(['new/x/y', 'new', 'a/g', 'a', 'a/none', 'none'].map((path) => known.newFolderAt(path))).toEqual([
      'new',
      'new',
      ...[undefined, undefined, undefined, undefined],
    ]);
    await known.look('new', 0);
    expect(known.newFolderAt('new/x/y')).toBeUndefined();
  });

  it('to a folder that has become another one of the same name is about the whole folder', async () => {
    const { look, disk, told } = await survey();
    disk.remove('a');
    disk.write('a/n', '');
    expect(await look('a/g')).toEqual(changeOf('a', 'tree', 7));
    expect(told).toEqual(['-a', '+a']);
  });

  it('to a folder that is gone, or a file now, says that there was one', async () => {
    const { look, disk, told } = await survey();
    disk.remove('a');
    expect(await look('a/b/f')).toEqual({ ...changeOf('a', 'path', 7), wasFolder: true });
    expect(told).toEqual(['-a']);
    disk.write('a', 'file');
    expect(await look('a')).toEqual(changeOf('a', 'path', 7));
  });

  it('to a renamed folder is about both names', async () => {
    const { look, disk, told } = await survey();
    disk.rename('a', 'z');
    expect(await look('a')).toMatchObject({ path: 'a', kind: 'path', wasFolder: true });
    expect(await look('z')).toMatchObject({ path: 'z', kind: 'tree' });
    expect(told).toEqual(['-a', '+z', '+z/b']);
  });

  it('is not looked for twice in folders that were the same a moment ago', async () => {
    const { known, disk } = await survey();
    const sure = new Set<string>();
    await known.look('a/g', 0, sure);
    expect([...sure]).toEqual(['.', 'a']);
    disk.remove('a');
    expect(await known.look('a/g', 0, sure)).toEqual(changeOf('a/g', 'path', 0));
  });
});

describe('a folder that cannot be read', () => {
  it('is told, and sent with all that is in it when it can be', async () => {
    const { look, disk, told, known } = await survey();
    disk.write('new/x', '1');
    disk.chmod('new', 0o000);
    expect(await look('new')).toEqual(changeOf('new', 'tree', 7));
    expect([told.splice(0), known.isKnown('new')]).toEqual([['+new', '?new'], false]);
    expect(known.opened(0)).toEqual([]);
    disk.chmod('new', 0o700);
    expect(await look('new')).toEqual(changeOf('new', 'tree', 7));
    expect(known.isKnown('new')).toBe(true);
    expect(await look('new')).toEqual(changeOf('new', 'path', 7));
  });

  it('is about its own attributes only as long as it cannot be read', async () => {
    const { look, disk, told } = await survey();
    disk.makeFolder('new');
    disk.chmod('new', 0o000);
    await look('new');
    told.splice(0);
    disk.chmod('new', 0o200);
    expect(await look('new')).toEqual(changeOf('new', 'path', 7));
    expect(told).not.toContain('?new');
  });

  it('is found open again without any event, and looked at less often by and by', async () => {
    const { look, disk, known, told } = await survey();
    disk.makeFolder('new');
    disk.chmod('new', 0o000);
    await look('new');
    told.splice(0);
    for (let now = 0; now < 600_000; now += 1000) known.opened(now);
    expect(told.length).toBeLessThan(20);
    disk.chmod('new', 0o700);
    expect(known.opened(700_000)).toEqual(['new']);
  });

  it('but was known stands for what cannot be looked at in it, and is asked about once', async () => {
    const { look, disk } = await survey();
    disk.chmod('a', 0o000);
    expect(await look('a/a')).toEqual(changeOf('a', 'tree', 7));
    expect(await look('a/g')).toBeUndefined();
    disk.chmod('a', 0o700);
    expect(await look('a')).toEqual(changeOf('a', 'tree', 7));
    expect(await look('a/g')).toEqual(changeOf('a/g', 'path', 7));
  });

  it('there at the start counts as unknown', async () => {
    const disk = new MemoryDisk(() => 1);
    disk.write('d/f', '1');
    disk.chmod('d', 0o000);
    const known = surveyOf(disk, []);
    await known.begin();
    expect([known.isKnown('.'), known.isKnown('d')]).toEqual([true, false]);
  });

  it('for an error of ours is not known either', async () => {
    const disk = new MemoryDisk(() => 1);
    const known = surveyOf(disk, []);
    await known.begin();
    disk.write('d/e/f', '1');
    const names = disk.names.bind(disk);
    disk.names = (folder) => {
      if (folder === 'd/e') throw new Error('a fault');
      return names(folder);
    };
    await expect(known.look('d', 7)).rejects.toThrow('a fault');
    disk.names = names;
    expect(await known.look('d', 7)).toEqual(changeOf('d', 'tree', 7));
  });
});
