import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type KeptInChanges,
  openPush,
  type PushListeners,
  pushChanges,
  type TransferOptions,
} from '../../src/protocol/index.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import type { Folder } from '../support/memory-tree.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { type PathsOfActions, treeChanges } from '../support/tree-changes.ts';

let rsyncd: Rsyncd;
let source: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  source = mkdtempSync(join(tmpdir(), 'tsersync-changes-'));
});

afterEach(() => {
  for (const folder of [source, rsyncd.modulePath('inbox')]) {
    for (const name of Object.keys(readTree(folder))) rmSync(join(folder, name), { recursive: true });
  }
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(source, { recursive: true });
});

/** Pushes changes from a folder that holds `here` to one that holds `there`; gives what is there then. */
async function change(
  {
    here,
    there,
    protocol = 32,
    transfer,
  }: { here: Folder; there: Folder; protocol?: number; transfer?: TransferOptions },
  changes: PathsOfActions,
  listeners: PushListeners = {},
  kept: KeptInChanges = {},
) {
  writeTree(source, here);
  writeTree(rsyncd.modulePath('inbox'), there);
  const session = await openPush({
    target: { kind: 'daemon', host: rsyncd.host, port: rsyncd.port, module: 'inbox', path: '' },
    transfer: {
      recursive: true,
      incRecursive: false,
      links: true,
      perms: true,
      times: true,
      numericIds: true,
      delete: 'default',
      itemizeChanges: 1,
      ignoreTimes: true,
      protocol,
      timeout: 20,
      ...transfer,
    },
  });
  const result = await pushChanges(session, source, treeChanges(changes), listeners, kept);
  return { result, tree: readTree(rsyncd.modulePath('inbox')) };
}

const protocols = [27, 28, 29, 30, 31, 32];

describe.each(protocols)('long paths full of wildcards at protocol %d', (protocol) => {
  const deep = (name: string, count: number, content: Folder): Folder =>
    count === 0 ? content : { [name]: deep(name, count - 1, content) };
  const folderOf = (name: string, count: number) => Array.from({ length: count }, () => name).join('/');

  it.each(['*', '?', '[', '\\*', '**[a]'])(
    'are deleted in one batch with others, and nothing else is: %s',
    async (unit) => {
      const name = unit.repeat(Math.floor(200 / unit.length));
      const kept = { kept: 'old', ['x'.repeat(name.length)]: 'old', [`${name}x`]: { in: 'old' } };
      const there = {
        top: deep(name, 11, { [name]: { x: { y: 'old' }, z: 'old' }, ...kept }),
        gone: 'old',
        m: { x: 'old' },
      };
      const here = { top: deep(name, 11, { kept: 'not sent' }), m: {} };
      const { result, tree } = await change(
        { here, there, protocol },
        { delete: [`top/${folderOf(name, 12)}`, 'gone'], mirror: ['m'] },
      );
      expect([result.exitCode, result.serverErrors]).toEqual([0, []]);
      expect(tree).toEqual({ top: deep(name, 11, kept), m: {} });
    },
  );
});

describe.each(protocols)('scattered changes at protocol %d', (protocol) => {
  it('arrive in one session with their deletions, and nothing else is touched', async () => {
    const untouched = { keep: 'old', sibling: { s: 'old' } };
    const there = {
      ...untouched,
      a: {
        b: { 'c.txt': 'old' },
        'old.txt': 'old',
        olddir: { x: 'old', deep: { y: 'old' } },
        emptydir: {},
        ...untouched,
      },
      top: 'old',
      topgone: 'old',
      'w*d': { in: 'old' },
      'lit\\x': 'old',
      litxx: 'old',
      wxd: { in: 'old' },
      becomesFile: { x: { y: 'old' } },
      becomesFolder: 'old',
    };
    const here = {
      a: { b: { 'c.txt': 'new' }, keep: 'not sent', sibling: { s: 'not sent' } },
      keep: 'not sent',
      new: { x: { y: { 'z.txt': 'new' } } },
      newdir: { empty: {} },
      top: 'new',
      becomesFile: 'new',
      becomesFolder: { n: 'new' },
    };
    const { result, tree } = await change(
      { here, there, protocol },
      {
        send: ['a/b/c.txt', 'top', 'newdir', 'newdir/empty', 'becomesFile'],
        'send-tree': ['new', 'becomesFolder'],
        delete: ['a/old.txt', 'a/olddir', 'a/emptydir', 'a/never', 'topgone', 'w*d', 'lit\\x', 'becomesFile'],
      },
    );
    expect(tree).toEqual({
      ...untouched,
      a: { b: { 'c.txt': 'new' }, ...untouched },
      new: { x: { y: { 'z.txt': 'new' } } },
      newdir: { empty: {} },
      top: 'new',
      litxx: 'old',
      wxd: { in: 'old' },
      becomesFile: 'new',
      becomesFolder: { n: 'new' },
    });
    expect(result).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
  });

  it('may replace the contents of a folder with all that is in it', async () => {
    const there = { a: { m: { x: 'old', sub: { y: 'old' } }, keep: 'old' }, m2: { z: 'old' } };
    const here = { a: { m: { n: 'new', sub: { k: 'new' } } }, m2: {} };
    const { result, tree } = await change({ here, there, protocol }, { mirror: ['a/m', 'm2'] });
    expect(tree).toEqual({ a: { m: { n: 'new', sub: { k: 'new' } }, keep: 'old' }, m2: {} });
    expect(result.exitCode).toBe(0);
  });

  it('are nothing where nothing has changed', async () => {
    const there = { a: 'old', b: { c: 'old' } };
    const { result, tree } = await change({ here: { a: 'x' }, there, protocol }, {});
    expect(tree).toEqual(there);
    expect(result.statistics.transferredFiles).toBe(0);
  });
});

describe('empty folders', () => {
  it.each([29, 30, 31, 32])(
    'are not sent if that is wanted, and what was in them goes, at protocol %i',
    async (protocol) => {
      const there = {
        m: { x: 'old' },
        n: { e: { x: 'old' }, '.k': 'kept' },
        o: { x: { y: 'old' } },
        keep: {},
      };
      const here = { m: { sub: {} }, n: { f: 'new', e: {} }, o: { x: {} }, b: { f: 'new' }, a: { deep: {} } };
      const changes = { mirror: ['m', 'n'], level: ['o'], 'send-tree': ['a', 'b'] };
      const { result, tree } = await change(
        { here, there, protocol, transfer: { pruneEmptyDirs: true } },
        changes,
        {},
        { keptFiles: ['.*'] },
      );
      const added = protocol < 30 ? { a: { deep: {} } } : {};
      expect(tree).toEqual({ n: { f: 'new', '.k': 'kept' }, b: { f: 'new' }, keep: {}, ...added });
      expect(result.exitCode).toBe(0);
    },
  );
});

describe('a change that has been overtaken', () => {
  const there = { a: { f: 'old' }, b: 'old', keep: 'old' };

  it('is passed over if the path is no longer there, and reported', async () => {
    const here = { b: 'new' };
    const { result, tree } = await change({ here, there }, { send: ['a/f', 'b', 'c/d'] });
    expect(tree).toEqual({ ...there, b: 'new' });
    expect(result.exitCode).toBe(24);
    expect(result.problems.map(({ path, kind }) => [path, kind])).toEqual([
      ['a', 'vanished'],
      ['c', 'vanished'],
    ]);
  });

  it('is passed over if a file stands where a folder was', async () => {
    const { result, tree } = await change({ here: { a: 'file', b: 'new' }, there }, { send: ['a/f', 'b'] });
    expect(tree).toEqual({ ...there, b: 'new' });
    expect(result.exitCode).toBe(0);
  });

  it('is no deletion if the path is there again', async () => {
    const { tree } = await change({ here: { b: 'back' }, there }, { delete: ['b'], send: ['b'] });
    expect(tree).toEqual({ ...there, b: 'back' });
  });
});

describe('names', () => {
  it('of any bytes can be changed and deleted', async () => {
    const names = [
      '*',
      '[a]',
      '?',
      '\\',
      '\\*',
      ' ',
      '-x',
      '+ y',
      '#z',
      '; w',
      '!',
      'ü',
      '中',
      '\n',
      'x'.repeat(255),
    ];
    const content = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
    const keep = { a: 'old', aa: 'old', 'a]': 'old', y: 'old' };
    const there = { ...keep, gone: content('old'), f: content('old') };
    const { tree } = await change(
      { here: { gone: {}, f: content('new') }, there },
      { delete: names.map((name) => `gone/${name}`), send: names.map((name) => `f/${name}`) },
    );
    expect(tree).toEqual({ ...keep, gone: {}, f: content('new') });
  });
});

describe('deletions', () => {
  it('are told one by one', async () => {
    const there = { a: { x: 'old', d: { y: 'old' } }, b: 'old' };
    const deleted: string[] = [];
    await change(
      { here: {}, there },
      { delete: ['a', 'b'] },
      {
        deleted: (path, isFolder) => deleted.push(isFolder ? `${path}/` : path),
      },
    );
    expect(deleted.sort()).toEqual(['a/', 'a/d/', 'a/d/y', 'a/x', 'b']);
  });
});
