import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Listing, SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import { ChangeTree } from '../../../src/protocol/trees/change-tree.ts';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';
import { treeChanges } from '../../support/tree-changes.ts';

const FILES = 5000;
const names = Array.from({ length: FILES }, (_, place) => `f${place}`);
const WISHES = { recursive: true, dirs: true, relative: false, hardLinks: false, atimes: false };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-huge-'));
  for (const place of ['one', 'two']) {
    mkdirSync(join(folder, place));
    for (const name of names) writeFileSync(join(folder, place, name), '');
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

type Listed = (tree: SourceTree) => Listing | Promise<Listing>;
const top: Listed = (tree) => tree.roots();
const one: Listed = async (tree) => {
  const { entries } = await tree.roots();
  const entry = entries.find(({ name }) => name === 'one');
  if (entry === undefined) throw new Error('the folder is not listed');
  return tree.children(entry);
};

const trees: Readonly<Record<string, [() => SourceTree & { close(): void }, Listed]>> = {
  'the contents of a source': [() => new LocalTree([join(folder, 'one/')], WISHES), top],
  'the contents of two sources': [
    () => new LocalTree([join(folder, 'one/'), join(folder, 'two/')], WISHES),
    top,
  ],
  'a folder in a source': [() => new LocalTree([`${folder}/`], WISHES), one],
  'an added folder': [() => new ChangeTree(folder, treeChanges({ 'send-tree': ['one'] }), WISHES), one],
  'a leveled folder': [() => new ChangeTree(folder, treeChanges({ level: ['one'] }), WISHES), one],
  'changed files': [
    () => new ChangeTree(folder, treeChanges({ send: names.map((name) => `one/${name}`) }), WISHES),
    one,
  ],
};

describe('a huge folder', () => {
  it.each(Object.entries(trees))(
    'lets others have their turn while it is listed: %s',
    async (_name, [create, list]) => {
      const tree = create();
      let turns = 0;
      let isOver = false;
      const count = () => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);
      const { entries, problems } = await list(tree);
      isOver = true;
      tree.close();
      expect(turns).toBeGreaterThanOrEqual(2);
      expect(problems).toEqual([]);
      const listed = entries.map(({ name }) => name).filter((name) => name !== '.');
      expect(listed.map((name) => name.replace('one/', '')).sort()).toEqual(names.toSorted());
    },
  );

  it('is given up when its tree is closed meanwhile', async () => {
    const tree = new LocalTree([join(folder, 'one/')], WISHES);
    const listing = tree.roots();
    tree.close();
    const { entries, problems } = await listing;
    expect(entries.length).toBeLessThan(FILES);
    expect(problems.map(({ kind }) => kind)).toEqual(['failed']);
    await turn();
  });
});
