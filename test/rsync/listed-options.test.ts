import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SelectionError, UsageError } from '../../src/protocol/errors.ts';
import type { FileEntry } from '../../src/protocol/file-list/file-entry.ts';
import { parseOptions } from '../../src/protocol/options/parse-options.ts';
import { resolveOptions } from '../../src/protocol/options/resolve-options.ts';
import type { TransferOptions } from '../../src/protocol/options/transfer-options.ts';
import { openLocalTree } from '../../src/protocol/trees/local-source.ts';
import { comparable, errorOf, exitCodeFor, listAll, merged } from '../support/compared-lists.ts';
import { recordClientList } from '../support/list-recorder.ts';
import { mountMemory } from '../support/memory-mount.ts';

const cwd = process.cwd();
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-options-')));
  process.chdir(folder);
  const folders = ['src/sub/deep', 'src/empty', 'out/in', 'lists/d/e', 'lists/y/z', 'lists/q', 'modes/sub'];
  for (const path of folders) mkdirSync(path, { recursive: true });
  for (const path of ['src/a', 'src/sub/y', 'src/sub/deep/z', 'out/file', 'out/in/x']) {
    writeFileSync(path, path);
  }
  for (const path of ['a', 'b', 'd/f', 'd/e/g', ' lead', 'trail ', 'y/z/h', '#hash', ';semi', 'q/c']) {
    writeFileSync(join('lists', path), path);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, path);
  symlinkSync(join(folder, 'out/in'), 'src/absolute');
  for (const [path, mode] of [['modes/x', 0o750] as const, ['modes/f', 0o644] as const]) {
    writeFileSync(path, '');
    chmodSync(path, mode);
  }
  chmodSync('modes/sub', 0o3700);
  spawnSync('mkfifo', ['modes/fifo']);
  linkSync('src/a', 'src/hard');
  utimesSync('out/file', 1_600_000_000, 1_500_000_000.125);
});

afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

const links: Readonly<Record<string, string>> = {
  'src/toA': 'a',
  'src/toSub': 'sub',
  'src/dangling': 'nowhere',
  'src/loop': 'loop',
  'src/outside': '../out',
  'src/outFile': '../out/file',
  'src/chain': 'outFile',
  'src/absoluteDangling': '/nowhere/at/all',
  'src/sub/up': '../a',
  'src/sub/farUp': '../../out/file',
  'src/sub/embedded': 'deep/../y',
  'src/sub/munged': '/rsyncd-munged/../a',
  'src/sub/mungedTwice': '/rsyncd-munged//rsyncd-munged/y',
  'src/sub/nothingMunged': '/rsyncd-munged/',
  'out/circle': '.',
  'lists/ld': 'd',
  'modes/link': 'f',
};

async function expectSameList(words: readonly string[]): Promise<void> {
  // The list is recorded in one piece.
  const { transfer, operands } = parseOptions(['--no-i-r', ...words]);
  const theirs = await recordClientList(words, { cwd: folder });
  const tree = await openLocalTree(operands, resolveOptions(transfer));
  const ours = listAll(tree);
  tree.close();
  const sent = ours.entries.map((entry) => asSent(entry, transfer));
  expect(comparable(sent), theirs.stderr).toEqual(comparable(merged(theirs.entries)));
  expect(errorOf(ours.problems), theirs.stderr).toBe(theirs.ioError);
  expect(exitCodeFor(ours.problems), theirs.stderr).toBe(theirs.exitCode);
}

/** Without their options, targets of symlinks and owners are not sent. */
function asSent({ linkTarget, ...rest }: FileEntry, { links, owner, group }: TransferOptions): FileEntry {
  return {
    ...rest,
    ...(links === true && linkTarget !== undefined && { linkTarget }),
    uid: owner === true ? rest.uid : 0,
    gid: group === true ? rest.gid : 0,
  };
}

describe('symlinks are listed as rsync lists them with', () => {
  const options = ['-r', '-rlk', '-rl --munge-links', '-rlkxx', '-dlk', '-rlkH --copy-unsafe-links'];
  const sources = ['src', 'src/sub/', '-R src', '-R src/sub/', '-R src/./sub'];
  it.each(options.flatMap((words) => sources.map((source) => `${words} ${source}`)))('%s', async (words) => {
    await expectSameList(words.split(' '));
  });

  it.each([
    '-rL src',
    '-rL src/',
    '-rLR src',
    '-rL src/sub',
    '-rL src/sub/',
    '-rL src/outside/file src/a',
    '-rL src/toA src/toSub src/outFile src/chain',
    '-rL src/dangling src/a',
    '-rL src/loop src/a',
    '-rLR src/sub',
    '-rLR src/toSub/deep src/outside/file',
    '-dL src/',
    '-dL src/toSub',
    '-dL src/toSub/',
    '-L src/toSub src/a',
    '-k src/toSub src/a',
    '-rL out/file out/in',
    '-rlL --copy-unsafe-links --safe-links --munge-links src/sub',
    '-dl --copy-unsafe-links src/',
    '-dl --copy-unsafe-links -R src/',
    '-rl --copy-unsafe-links src/sub',
    '-rl --copy-unsafe-links src/sub/',
    '-rl --copy-unsafe-links -R src/sub',
    '-rl --copy-unsafe-links -R src/./sub',
    '-rl --copy-unsafe-links -R ./src/sub/up',
    '-rl --copy-unsafe-links src/outside src/outFile src/dangling',
    '-rl --copy-unsafe-links src/absoluteDangling src/a',
    '-d --copy-unsafe-links src/',
    '-rl --copy-unsafe-links -R src/outside',
    '-rlR src/outside/file',
  ])('%s', async (words) => {
    await expectSameList(words.split(' '));
  });

  it('-rL, where links lead around in a circle', async () => {
    await expectSameList(['-rL', 'out']);
    await expectSameList(['-rL', 'out/']);
  });
});

describe('names are listed as rsync lists them with --files-from', () => {
  const lists: Readonly<Record<string, string>> = {
    'all kinds of lines': 'a\n/b\n../q\n#hash\n;semi\n\n lead\ntrail \n',
    'line ends of any kind': 'a\r\nb\rd/f',
    'a folder': 'd\n',
    'a folder and its contents': 'd/\n',
    'the same in other words': 'd/.\ny/z/../\n',
    everything: '.\n',
    'everything, from inside': 'd/..\n',
    'a start in the middle': 'd/./e\n',
    'a start in the middle, implied': 'd/././e/g\n',
    'two starts': './d/./e/./g\n',
    'a dot in front': './d\n',
    'many dots': '././d\n.//a\n',
    'ways back': 'y/z/../../a\n../../b\n/../d/f\nd/e/.././e/g\n',
    'ways through links': 'ld/f\n',
    'a link': 'ld\n',
    'a link with a slash': 'ld/\n',
    'a way back through a link': 'ld/../b\n',
    'a comment that is a name': './#hash\n',
    'a file as a folder': 'a/\nb/.\n',
    duplicates: 'a\nd/f\na\nd\nd/\n',
    'missing names': 'miss\na\nmiss/b\nd/miss\na/x\n',
    'missing names only': 'd/miss\n',
    'missing folders': 'q/gone/deep/x\ngone/y\n',
    'a missing start': 'gone/./x\na\n',
    'a NUL': 'a\0b\nd/f\n',
    'a name that is too long': `a\n${'n'.repeat(300)}\nb\n`,
    nothing: '',
  };

  it.each(Object.keys(lists))('and %s', async (name) => {
    writeFileSync('list', lists[name] ?? '');
    await expectSameList(['-lt', '--files-from=list', 'lists']);
  });

  const options = ['-r', '--no-R', '--no-d', '--ignore-missing-args', '--delete-missing-args -r'];
  it.each(options)('and %s', async (words) => {
    const some = ['all kinds of lines', 'a folder', 'two starts', 'a start in the middle, implied'];
    for (const name of [...some, 'missing names', 'missing folders', 'a missing start']) {
      writeFileSync('list', lists[name] ?? '');
      await expectSameList(['-lt', ...words.split(' '), '--files-from=list', 'lists']);
    }
  });

  it('-0', async () => {
    writeFileSync('list', 'a\0#hash\0;semi\0../b\0\0d/\0trail \0 lead\n\0y/z/h');
    await expectSameList(['-lt0', '--files-from=list', 'lists']);
  });

  it('names that are not UTF-8, or have a line break in them', async () => {
    mkdirSync(Buffer.from(`${folder}/lists/\xd6\xd0`, 'latin1'));
    writeFileSync(Buffer.from(`${folder}/lists/\xd6\xd0/\xce\xc4`, 'latin1'), '');
    writeFileSync('lists/line\nbreak', '');
    writeFileSync('list', Buffer.from('\xd6\xd0/\xce\xc4\0line\nbreak\0', 'latin1'));
    await expectSameList(['-lt0', '--files-from=list', 'lists']);
  });

  it('links that are followed', async () => {
    writeFileSync('list', 'ld/f\nld/e\nld\nd/f\n');
    await expectSameList(['-ltr', '-L', '--files-from=list', 'lists']);
    await expectSameList(['-lt', '-k', '--files-from=list', 'lists']);
  });

  it('a folder that cannot be entered: both give up', async () => {
    writeFileSync('list', 'a\n');
    for (const source of ['nowhere', 'lists/a']) {
      const { exitCode } = await recordClientList(['--files-from=list', source], { cwd: folder });
      const ours = openLocalTree([source], resolveOptions({ filesFrom: 'list' }));
      await expect(ours).rejects.toThrow(SelectionError);
      await expect(ours).rejects.toThrow(/cannot be entered: (?:there is no such folder|it is a file)$/);
      await expect(ours).rejects.toMatchObject({ exitCode });
    }
  });

  it('a list that cannot be read, and several sources: both refuse', async () => {
    for (const words of [
      ['--files-from=nowhere', 'lists'],
      ['--files-from=lists/a', 'lists', 'src'],
    ]) {
      const { exitCode } = await recordClientList(words, { cwd: folder });
      const { transfer, operands } = parseOptions(words);
      const ours = openLocalTree(operands, resolveOptions(transfer));
      await expect(ours).rejects.toThrow(UsageError);
      await expect(ours).rejects.toMatchObject({ exitCode });
    }
  });
});

describe('missing sources are listed as rsync lists them with', () => {
  const sources = [
    'src/gone src/a',
    'src/gone/ src/a',
    'gone/x src/a',
    'src/a/x src/a',
    'src/gone',
    '-R src/gone src/sub/gone',
    '-R src/gone/x src/a',
    '-R gone/x',
    '-R src/./gone',
    '-R gone/./x',
    '-R src/a/x',
    '-L src/dangling',
    '-RL src/dangling',
    '-l src/dangling',
  ];
  const options = [
    '-rt',
    '-rt --ignore-missing-args',
    '-rt --delete-missing-args',
    '-t --delete-missing-args',
  ];
  it.each(options.flatMap((words) => sources.map((source) => `${words} ${source}`)))('%s', async (words) => {
    await expectSameList(words.split(' '));
  });
});

describe('modes are listed as rsync lists them with', () => {
  it.each([
    '--chmod=D755,F644',
    '--chmod=go-rwx,+X',
    '--chmod=Dg+s --chmod=F=r,u+w',
    '--chmod=ug=o,a+t',
    '-R --chmod=D0700',
  ])('%s', async (words) => {
    await expectSameList(['-rlpD', ...words.split(' '), 'modes']);
  });
});

describe('mount points are listed as rsync lists them', () => {
  const tmpfs = '/dev/shm';

  it.each(['-rlkx', '-rLx', '-rLxx', '-dLxx'])(
    'with %s, where a symlink leads to another device',
    async (words) => {
      const elsewhere = mkdtempSync(join(tmpfs, 'tsersync-'));
      try {
        mkdirSync(join(elsewhere, 'sub'));
        writeFileSync(join(elsewhere, 'sub/file'), '');
        mkdirSync('near', { recursive: true });
        symlinkSync(elsewhere, 'near/far');
        symlinkSync(join(elsewhere, 'sub/file'), 'near/farFile');
        for (const source of ['near', 'near/far', 'near/far/sub']) {
          await expectSameList([words, source]);
          await expectSameList([words, '-R', source]);
        }
      } finally {
        rmSync('near', { recursive: true });
        rmSync(elsewhere, { recursive: true });
      }
    },
  );

  it('with -x and -xx, where something is mounted in the tree', async () => {
    mkdirSync('tree/on', { recursive: true });
    writeFileSync('tree/file', '');
    using _mount = mountMemory(join(folder, 'tree/on'));
    mkdirSync('tree/on/sub', { recursive: true });
    writeFileSync('tree/on/sub/file', '');
    for (const words of ['-rpx', '-rpxx', '-dxx']) {
      for (const source of ['tree', 'tree/', 'tree/on', 'tree/on/']) {
        await expectSameList([words, source]);
        await expectSameList([words, '-R', source]);
      }
      await expectSameList([words, 'tree', 'tree/on']);
    }
  });
});
