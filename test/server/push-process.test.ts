import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot, removeTree } from '../support/rights.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { startFullListener, startSilentServer } from '../support/silent-server.ts';
import { hasTinyDisks, mountTinyDisk } from '../support/tiny-disk.ts';
import { start, startTsersync, tsersyncWords } from '../support/tsersync-process.ts';

const NOBODY = 65_534;

let folder: string;
let rsyncd: Rsyncd;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-process-')));
  // Somebody else is to get in.
  chmodSync(folder, 0o755);
  rsyncd = await startRsyncd({ modules: [{ name: 'theirs' }, { name: 'ours' }, { name: 'tiny' }] });
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  removeTree(folder);
});

/** A folder of its own with files of these names. */
function plant(name: string, files: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of files) writeFileSync(join(path, file), `this is ${file}`);
  return path;
}

describe('the program', () => {
  it('takes paths from where it is started', async () => {
    plant('here', ['a', 'b']);
    const { result } = startTsersync(['push', '-av', 'here/', rsyncd.url('ours', 'here/')], { folder });
    const { exitCode, stdout, stderr } = await result;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^sending incremental file list\ncreated directory \/?here\n\.\/\na\nb\n\nsent /);
    const missing = startTsersync(['push', '-a', 'none', rsyncd.url('ours')], { folder });
    expect((await missing.result).stderr).toContain(`link_stat "${folder}/none" failed`);
  });

  // A Mac has no such names.
  it.runIf(process.platform === 'linux')('takes names that are not UTF-8', async () => {
    const path = plant('gbk', []);
    execFileSync('sh', ['-c', 'printf 1 > "$(printf "\\304\\343.txt")"'], { cwd: path });
    const run = (program: readonly string[], module: string) => {
      const words = [...program, '-ai', '--no-motd'].map((word) => `'${word}'`).join(' ');
      const command = `${words} "$(printf '\\304\\343.txt')" '${rsyncd.url(module, 'gbk/')}'`;
      return start(['sh', '-c', command], { folder: path }).result;
    };
    const theirs = await run(['rsync'], 'theirs');
    const ours = await run([...tsersyncWords, 'push'], 'ours');
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ours.stdout).toContain('<f+++++++++ \\#304\\#343.txt\n');
    const names = readdirSync(join(rsyncd.modulePath('ours'), 'gbk'), { encoding: 'buffer' });
    expect(names).toEqual([Buffer.from([0xc4, 0xe3, ...Buffer.from('.txt')])]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends with 20 on %s', async (signal) => {
    using server = await startSilentServer();
    const { child, result } = startTsersync(['push', '-a', folder, `rsync://127.0.0.1:${server.port}/m`]);
    await server.isConnected;
    child.kill(signal);
    expect(await result).toEqual({ exitCode: 20, stdout: '', stderr: 'tsersync: interrupted (code 20)\n' });
  });

  it('ends with 19 on SIGUSR1, as rsync does, and opens no debugger', async () => {
    const answers = async (program: readonly string[]) => {
      using server = await startSilentServer();
      const { child, result } = start([...program, '-a', folder, `rsync://127.0.0.1:${server.port}/m`]);
      await server.isConnected;
      child.kill('SIGUSR1');
      return await result;
    };
    const [theirs, ours] = [await answers(['rsync']), await answers([...tsersyncWords, 'push'])];
    expect(theirs.exitCode).toBe(19);
    expect(ours).toEqual({ exitCode: 19, stdout: '', stderr: 'tsersync: received SIGUSR1 (code 19)\n' });
  });

  // Linux has a device for it.
  describe.runIf(process.platform === 'linux')('does not call it success that its words are lost', () => {
    const lost = 'tsersync: standard output cannot be written: No space left on device (28) (code 13)\n';
    const ended = async (words: readonly string[]) => {
      const command = `${[...tsersyncWords, ...words].map((word) => `'${word}'`).join(' ')} >/dev/full`;
      const { exitCode, stderr } = await start(['sh', '-c', command], { folder }).result;
      return [exitCode, stderr];
    };

    it.each([
      [['--help']],
      [['--version']],
      [['push', '--help']],
      [['push', '--version']],
      [['push', '--info=help']],
      [['ls', '--help']],
    ])('of %j', async (words) => {
      expect(await ended(words)).toEqual([13, lost]);
    });

    it('of a push, which sends everything all the same', async () => {
      const path = plant('full', ['a', 'b']);
      expect(await ended(['push', '-av', `${path}/`, rsyncd.url('ours', 'full/')])).toEqual([13, lost]);
      expect(readdirSync(join(rsyncd.modulePath('ours'), 'full')).sort()).toEqual(['a', 'b']);
    });

    it('of a list', async () => {
      expect(await ended(['ls', rsyncd.url('ours').replace(/ours.*/, '')])).toEqual([13, lost]);
    });

    it('and keeps the exit code of what went wrong besides', async () => {
      const [exitCode, stderr] = await ended(['push', '-av', 'none', rsyncd.url('ours')]);
      expect(exitCode).toBe(23);
      expect(stderr).toContain('tsersync: standard output cannot be written: No space left on device (28)\n');
    });

    it('of a log file', async () => {
      const path = plant('full-log', ['a']);
      const words = ['-a', '--log-file=/dev/full', `${path}/`, rsyncd.url('ours', 'full-log/')];
      const { exitCode, stderr } = await startTsersync(['push', ...words]).result;
      expect([exitCode, stderr]).toEqual([
        13,
        'tsersync: the log file cannot be written: No space left on device (28) (code 13)\n',
      ]);
      expect(readdirSync(join(rsyncd.modulePath('ours'), 'full-log'))).toEqual(['a']);
    });
  });

  it('goes on without a word when nobody reads what it prints', async () => {
    const path = plant('unread', ['a', 'b', 'c']);
    const { child, result } = startTsersync(['push', '-av', `${path}/`, rsyncd.url('ours', 'unread/')]);
    child.stdout?.destroy();
    expect(await result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(join(rsyncd.modulePath('ours'), 'unread')).sort()).toEqual(['a', 'b', 'c']);
  });

  it('sends what it may read, and names what it may not', async () => {
    const path = plant('guarded', ['open', 'closed', 'other']);
    mkdirSync(join(path, 'locked'));
    writeFileSync(join(path, 'locked/inside'), 'inside');
    const names = ['closed', 'locked', 'locked/inside', 'open', 'other', '.'];
    if (isRoot) for (const name of names) chownSync(join(path, name), NOBODY, NOBODY);
    for (const name of ['closed', 'locked']) chmodSync(join(path, name), 0);
    const as = isRoot ? { id: NOBODY } : {};
    const words = (module: string) => ['-rtv', `${path}/`, rsyncd.url(module, 'guarded/')];
    const theirs = await start(['rsync', ...words('theirs')], as).result;
    const ours = await startTsersync(['push', ...words('ours')], as).result;
    chmodSync(join(path, 'locked'), 0o700);
    expect([theirs.exitCode, ours.exitCode]).toEqual([23, 23]);
    const lines = (text: string) => text.split('\n').slice(0, -2).sort();
    expect(lines(ours.stderr)).toEqual(lines(theirs.stderr));
    expect(lines(ours.stderr)).toEqual([
      `rsync: [sender] opendir "${path}/locked" failed: Permission denied (13)`,
      `rsync: [sender] send_files failed to open "${path}/closed": Permission denied (13)`,
    ]);
    expect(readdirSync(join(rsyncd.modulePath('ours'), 'guarded')).sort()).toEqual([
      'locked',
      'open',
      'other',
    ]);
  });

  // Only Linux lets connections wait for ever in front of a listener that is full.
  it.runIf(process.platform === 'linux')('gives up connecting after --contimeout', async () => {
    using listener = await startFullListener();
    const words = ['-a', '--contimeout=1', folder, `rsync://127.0.0.1:${listener.port}/m`];
    const [theirs, ours] = await Promise.all([
      start(['rsync', ...words]).result,
      startTsersync(['push', ...words]).result,
    ]);
    expect([theirs.exitCode, ours.exitCode]).toEqual([35, 35]);
    expect(ours.stderr).toBe(
      `tsersync: no connection to 127.0.0.1:${listener.port} within 1 seconds (code 35)\n`,
    );
  });
});

describe('a disk that is full', () => {
  it.runIf(hasTinyDisks())('at the server ends the push, and what was there before stays', async () => {
    const path = plant('much', []);
    for (const [name, size] of Object.entries({ a: 1000, b: 20_000, c: 500_000, d: 1000 })) {
      writeFileSync(join(path, name), Buffer.alloc(size, 'x'));
    }
    const tiny = rsyncd.modulePath('tiny');
    using _disk = mountTinyDisk(tiny);
    const words = ['-a', `${path}/`, rsyncd.url('tiny')];
    const theirs = await start(['rsync', ...words]).result;
    for (const name of readdirSync(tiny)) rmSync(join(tiny, name), { recursive: true });
    const ours = await startTsersync(['push', ...words]).result;
    expect([theirs.exitCode, ours.exitCode]).toEqual([11, 11]);
    expect(ours.stderr.split('\n')).toEqual([
      expect.stringMatching(/^rsync: \[receiver\] write failed on ".*c" .*: No space left on device \(28\)$/),
      'tsersync: the server gave up: error in file IO; make room on its disk (code 11)',
      '',
    ]);
    expect(readFileSync(join(tiny, 'b')).length).toBe(20_000);
    expect(existsSync(join(tiny, 'c'))).toBe(false);
  });
});
