import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ChangedError,
  type FileEntry,
  openPush,
  type PushListeners,
  type PushResult,
  push,
  RemoteExitError,
  type SourceFile,
  type SourceTree,
  TooManyConnectionsError,
  type TransferOptions,
  UnknownModuleError,
} from '../../src/protocol/index.ts';
import { readTree, writeTree } from '../support/disk-tree.ts';
import { type MemoryTree, memoryTree, symlink } from '../support/memory-tree.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let rsyncd: Rsyncd;
let base: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({
    modules: [
      { name: 'inbox' },
      { name: 'museum', readOnly: true },
      { name: 'strict', refuseOptions: ['delete', 'compress'] },
      { name: 'secret', authUsers: { alice: 'opensesame' } },
      { name: 'narrow', maxConnections: 1 },
      { name: 'hurried', timeout: 1 },
    ],
  });
  base = mkdtempSync(join(tmpdir(), 'tsersync-trouble-'));
});

afterEach(() => rmSync(join(rsyncd.modulePath('inbox'), 'tree'), { recursive: true, force: true }));

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

const targetOf = (module: string, path = 'tree/') =>
  ({ kind: 'daemon', host: rsyncd.host, port: rsyncd.port, module, path }) as const;

const options: TransferOptions = { recursive: true, links: true, times: true, perms: true, timeout: 20 };

async function pushTree(
  tree: SourceTree,
  transfer: TransferOptions = {},
  listeners: PushListeners = {},
): Promise<PushResult> {
  const wishes = { ...options, ...transfer };
  const session = await openPush({ target: targetOf('inbox'), transfer: wishes });
  return await session.run({ tree, listeners });
}

const stored = () => readTree(join(rsyncd.modulePath('inbox'), 'tree'));

const agreements = [
  { protocol: 27, incRecursive: false },
  { protocol: 29, incRecursive: false },
  { protocol: 30, incRecursive: true },
  { protocol: 31, incRecursive: false },
  { protocol: 32, incRecursive: true },
];

const LONG = 'x'.repeat(700_000);
const content = () => ({ a: 'first', bad: LONG, sub: { bad: LONG, c: 'last' } });

/** Makes opening and reading of the files called `bad` go through `spoil`. */
function spoiled(tree: MemoryTree, spoil: (file: SourceFile, entry: FileEntry) => SourceFile): MemoryTree {
  const open = tree.open.bind(tree);
  tree.open = (entry) => (entry.name.endsWith('bad') ? spoil(open(entry), entry) : open(entry));
  return tree;
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

describe.each(agreements)('a file, at protocol $protocol, incremental: $incRecursive,', (agreed) => {
  it('that grows while it is sent arrives as it was when it was opened', async () => {
    const tree = spoiled(memoryTree(content()), (file, { name }) => {
      const { contents } = tree;
      return {
        ...file,
        read: (into, position) => {
          contents.set(name, Buffer.from(`${LONG}more`));
          return (contents.get(name) as Buffer).copy(into, 0, position);
        },
      };
    });
    expect(await pushTree(tree, agreed)).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    expect(stored()).toEqual(content());
  });

  it('that shrinks while it is sent arrives in its new length, and is reported', async () => {
    let isFirst = true;
    const tree = spoiled(memoryTree(content()), (file, entry) => {
      if (!isFirst || entry.name !== 'bad') return file;
      isFirst = false;
      const short = Buffer.from(LONG.slice(0, 300_000));
      tree.contents.set('bad', short);
      return { ...file, read: (into, position) => short.copy(into, 0, position) };
    });
    const result = await pushTree(tree, agreed);
    expect(stored()).toEqual({ ...content(), bad: LONG.slice(0, 300_000) });
    expect(result).toMatchObject({
      exitCode: 23,
      problems: [{ path: 'bad', doing: 'read', kind: 'failed' }],
    });
  });

  it('that vanishes before it is sent is a warning, and the others arrive', async () => {
    const tree = spoiled(memoryTree(content()), () => fail('ENOENT'));
    const result = await pushTree(tree, agreed);
    expect(stored()).toEqual({ a: 'first', sub: { c: 'last' } });
    expect(result).toMatchObject({ exitCode: 24, serverErrors: [] });
    expect(result.problems.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'bad vanished',
      'sub/bad vanished',
    ]);
  });

  it('that may not be read is an error, and the others arrive', async () => {
    const tree = spoiled(memoryTree(content()), () => fail('EACCES'));
    const result = await pushTree(tree, agreed);
    expect(stored()).toEqual({ a: 'first', sub: { c: 'last' } });
    expect(result).toMatchObject({ exitCode: 23, serverErrors: [] });
    expect(result.problems.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'bad failed',
      'sub/bad failed',
    ]);
  });

  it('that cannot be read to its end is never stored, and the others arrive', async () => {
    const there = { bad: 'old', sub: { bad: 'old' } };
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), there);
    const tree = spoiled(memoryTree(content()), (file) => ({
      ...file,
      read: (into, position) => (position > 300_000 ? fail('EIO') : file.read(into, position)),
    }));
    const result = await pushTree(tree, agreed);
    expect(stored()).toEqual({ a: 'first', bad: 'old', sub: { bad: 'old', c: 'last' } });
    expect(result.exitCode).toBe(23);
    expect(result.problems.map(({ path }) => path).sort()).toEqual(['bad', 'bad', 'sub/bad', 'sub/bad']);
    expect(result.serverErrors.join()).toContain('failed verification');
  });
});

describe('a list that is not complete', () => {
  it.each(agreements)('deletes nothing at protocol $protocol, incremental: $incRecursive', async (agreed) => {
    const there = { old: 'old', sub: { old: 'old' } };
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), there);
    const tree = memoryTree({ new: 'new', sub: {} });
    const cause = new Error('permission denied');
    tree.problems.set('', [{ path: 'dark', doing: 'lstat', cause, kind: 'failed' }]);
    const result = await pushTree(tree, { ...agreed, delete: 'default' });
    expect(stored()).toEqual({ ...there, new: 'new' });
    expect(result).toMatchObject({ exitCode: 23, problems: [{ path: 'dark' }] });
  });

  it('deletes in spite of that if errors are to be ignored', async () => {
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), { old: 'old' });
    const tree = memoryTree({ new: 'new' });
    tree.problems.set('', [{ path: 'dark', doing: 'lstat', cause: new Error('x'), kind: 'failed' }]);
    expect((await pushTree(tree, { delete: 'default', ignoreErrors: true })).exitCode).toBe(23);
    expect(stored()).toEqual({ new: 'new' });
  });

  it('deletes nothing late, if a file could not be read', async () => {
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), { old: 'old' });
    const tree = spoiled(memoryTree({ bad: 'x' }), () => fail('EACCES'));
    await pushTree(tree, { delete: 'after' });
    expect(stored()).toEqual({ old: 'old' });
  });
});

describe('a tree that is only in memory', () => {
  const literal = {
    'a.txt': 'hello',
    empty: '',
    folder: { none: {}, deep: { er: { f: 'x'.repeat(100_000) } } },
    link: symlink('folder/deep'),
    'ü\n': 'odd',
  };

  it.each(agreements)('arrives at protocol $protocol, incremental: $incRecursive', async (agreed) => {
    const items: string[] = [];
    const result = await pushTree(
      memoryTree(literal),
      { ...agreed, itemizeChanges: 1 },
      {
        item: ({ name }) => items.push(name),
      },
    );
    expect(stored()).toEqual(literal);
    expect(result.statistics).toMatchObject({ totalFiles: 10, totalSize: 100_019, transferredFiles: 4 });
    if (agreed.protocol >= 29) expect(new Set(items).size).toBe(10);
  });

  it('may answer with promises', async () => {
    const tree = memoryTree(literal);
    const slow: SourceTree = {
      roots: async () => tree.roots(),
      children: async (folder) => tree.children(folder),
      open: async (entry) => {
        const file = tree.open(entry);
        return { ...file, read: async (into, position) => file.read(into, position), close: async () => {} };
      },
    };
    expect((await pushTree(slow)).exitCode).toBe(0);
    expect(stored()).toEqual(literal);
  });

  it('may be empty', async () => {
    for (const agreed of agreements) {
      const nothing: SourceTree = {
        roots: () => ({ entries: [], problems: [] }),
        children: () => expect.unreachable(),
        open: () => expect.unreachable(),
      };
      expect((await pushTree(nothing, agreed)).exitCode).toBe(0);
    }
  });

  it('is not stored in a dry run', async () => {
    mkdirSync(join(rsyncd.modulePath('inbox'), 'tree'));
    const items: string[] = [];
    const result = await pushTree(
      memoryTree(literal),
      { dryRun: true, itemizeChanges: 1 },
      {
        item: ({ name }) => items.push(name),
      },
    );
    expect(result).toMatchObject({ exitCode: 0, statistics: { transferredFiles: 4, literalBytes: 0 } });
    expect(items).toContain('folder/deep/er/f');
    expect(stored()).toEqual({});
  });
});

describe('a long file', () => {
  const old = Buffer.alloc(20_000_000);
  for (let at = 0; at < old.length; at += 4) old.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  const changed = Buffer.concat([old.subarray(0, 7_000_000), Buffer.from('here'), old.subarray(7_000_000)]);

  it.each<readonly [string, TransferOptions]>([
    ['plain', {}],
    ['packed with zstd', { compress: true }],
    ['packed with zlib', { compressChoice: 'zlib' }],
    ['packed with zlibx', { compressChoice: 'zlibx' }],
    ['of large blocks, packed with zlib', { compressChoice: 'zlib', blockSize: 100_000 }],
    [
      'of large blocks, packed with zlib, at protocol 30',
      { compress: true, blockSize: 100_000, protocol: 30 },
    ],
    ['at protocol 27', { protocol: 27 }],
  ])('costs little where it has changed little: %s', async (_name, way) => {
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), { f: old });
    const result = await pushTree(memoryTree({ f: changed }), way);
    expect(result).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    expect(readFileSync(join(rsyncd.modulePath('inbox'), 'tree/f')).equals(changed)).toBe(true);
    expect(result.statistics.literalBytes).toBeLessThan(250_000);
    expect(result.statistics.matchedBytes).toBeGreaterThan(19_000_000);
  });

  it('that is only appended to costs its tail; what differs in its head is found with a check', async () => {
    const there = Buffer.from(old.subarray(0, 1_000_000));
    const tail = memoryTree({ f: old.subarray(0, 1_500_000) });
    for (const append of ['append', 'verify'] as const) {
      writeTree(join(rsyncd.modulePath('inbox'), 'tree'), { f: there });
      const result = await pushTree(tail, { append });
      expect(result.statistics.literalBytes).toBe(500_000);
      const now = readFileSync(join(rsyncd.modulePath('inbox'), 'tree/f'));
      expect(now.equals(old.subarray(0, 1_500_000))).toBe(true);
    }
    there.fill(0, 100, 200);
    writeTree(join(rsyncd.modulePath('inbox'), 'tree'), { f: there });
    expect(await pushTree(tail, { append: 'verify' })).toMatchObject({ exitCode: 0 });
    const now = readFileSync(join(rsyncd.modulePath('inbox'), 'tree/f'));
    expect(now.equals(old.subarray(0, 1_500_000))).toBe(true);
  });
});

describe('a server that refuses', () => {
  const tree = memoryTree({ f: 'x' });

  async function refusal(module: string, transfer: TransferOptions = {}, path = ''): Promise<unknown> {
    const request = {
      target: { ...targetOf(module, path), user: 'alice' },
      transfer: { ...options, ...transfer },
    };
    const connection = { password: 'wrong' };
    try {
      const session = await openPush({ ...request, connection });
      return await session.run({ tree });
    } catch (thrown) {
      return thrown;
    }
  }

  it('says why, and with which exit code', async () => {
    expect(await refusal('nowhere')).toBeInstanceOf(UnknownModuleError);
    expect(await refusal('secret')).toBeInstanceOf(AuthenticationError);
    expect(await refusal('museum')).toBeInstanceOf(RemoteExitError);
    expect(await refusal('museum')).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('read only'),
    });
    expect(await refusal('strict', { delete: 'default' })).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('refuse --delete'),
    });
    expect(await refusal('strict', { compress: true })).toMatchObject({ exitCode: 4 });
    expect(await refusal('inbox', {}, 'no/parents/here/')).toMatchObject({
      exitCode: 11,
      message: expect.stringContaining('No such file or directory'),
    });
  });

  it('has no slot left', async () => {
    const first = await openPush({ target: targetOf('narrow', ''), transfer: options });
    expect(await refusal('narrow')).toBeInstanceOf(TooManyConnectionsError);
    await first.run({ tree });
  });

  it('dies in the middle', async () => {
    await using daemon = await startRsyncd({ modules: [{ name: 'inbox' }] });
    const session = await openPush({
      target: { ...targetOf('inbox', ''), port: daemon.port },
      transfer: options,
    });
    await daemon.stop();
    await expect(session.run({ tree })).rejects.toMatchObject({
      isTransient: true,
    });
  });
});

describe('a session that waits', () => {
  it('outlives the timeout of the module, and is used then', async () => {
    const session = await openPush({ target: targetOf('hurried', ''), transfer: options });
    // Twice the timeout, after which both sides would have given up.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const result = await session.run({
      tree: memoryTree({ f: 'late' }),
      listeners: {},
    });
    expect(result.exitCode).toBe(0);
    expect(readFileSync(join(rsyncd.modulePath('hurried'), 'f'), 'utf8')).toBe('late');
  });

  it('is over when it is aborted, and nothing has been stored', async () => {
    const abort = new AbortController();
    const target = targetOf('inbox');
    const session = await openPush({ target, transfer: options, signal: abort.signal });
    abort.abort();
    await expect(session.run({ tree: memoryTree({ f: 'x' }) })).rejects.toMatchObject({ exitCode: 20 });
    expect(existsSync(join(rsyncd.modulePath('inbox'), 'tree'))).toBe(false);
  });
});

describe('files of this machine', () => {
  it('that change after they were sent are not removed, whatever is asked for', async () => {
    const source = join(base, 'changing');
    writeTree(source, { kept: 'old', sent: 'new', sub: { gone: 'x' } });
    const told: string[] = [];
    const result = await push(
      [`${source}/`],
      { target: targetOf('inbox'), transfer: { ...options, removeSourceFiles: true } },
      {
        item: ({ name }, _item, sent) => {
          if (sent === undefined) return;
          if (name === 'kept') writeFileSync(join(source, name), 'newer');
          if (name === 'sub/gone') rmSync(join(source, name));
        },
        arrived: ({ name }) => told.push(`${name} is there`),
        removed: ({ name }, wasThere) => told.push(`${name} ${wasThere ? 'removed' : 'had gone'}`),
      },
    );
    expect(readTree(source)).toEqual({ kept: 'newer', sub: {} });
    expect(stored()).toEqual({ kept: 'old', sent: 'new', sub: { gone: 'x' } });
    expect(result).toMatchObject({
      exitCode: 23,
      problems: [{ path: 'kept', doing: 'unlink', kind: 'failed', cause: expect.any(ChangedError) }],
    });
    expect(told.sort()).toEqual([
      'kept is there',
      'sent is there',
      'sent removed',
      'sub/gone had gone',
      'sub/gone is there',
    ]);
  });

  it('are pushed by their names, with those that are not there reported', async () => {
    const source = join(base, 'source');
    writeTree(source, { d: { f: 'x' }, g: 'y' });
    const request = { target: targetOf('inbox'), transfer: options };
    const result = await push([`${source}/d`, `${source}/nope`, `${source}/g`], request);
    expect(stored()).toEqual({ d: { f: 'x' }, g: 'y' });
    expect(result).toMatchObject({ exitCode: 23, problems: [{ kind: 'missing-source' }] });
  });
});
