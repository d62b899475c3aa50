import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isServerRoot } from '../support/rights.ts';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { startSilentServer } from '../support/silent-server.ts';
import { tsersync } from '../support/tsersync-client.ts';

const NOBODY = 65_534;

let folder: string;
let source: string;
let rsyncd: Rsyncd;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-errors-')));
  source = join(folder, 'source');
  mkdirSync(join(source, 'sub'), { recursive: true });
  for (const name of ['a.txt', 'b.txt', 'sub/c.txt']) writeFileSync(join(source, name), name);
  writeFileSync(join(folder, 'password'), 'opensesame\n', { mode: 0o600 });
  writeFileSync(join(folder, 'open-password'), 'opensesame\n');
  chmodSync(join(folder, 'open-password'), 0o644);
  writeFileSync(join(folder, 'empty-password'), '', { mode: 0o600 });
  rsyncd = await startRsyncd({
    modules: [
      { name: 'theirs' },
      { name: 'ours' },
      { name: 'museum', readOnly: true },
      { name: 'strict', refuseOptions: ['delete', 'checksum'] },
      { name: 'secret', authUsers: { alice: 'opensesame' } },
      { name: 'elsewhere', hostsDeny: ['*'] },
      { name: 'busy', maxConnections: -1 },
      { name: 'hollow' },
      { name: 'sealed', ...(isServerRoot && { uid: NOBODY, gid: NOBODY }) },
    ],
  });
  rmSync(rsyncd.modulePath('hollow'), { recursive: true });
  chmodSync(rsyncd.modulePath('sealed'), 0o555);
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What keeps a push from its work: words behind `push`, and our line about it, without the folder's name. */
const refusals: ReadonlyArray<readonly [string, () => string[], string | RegExp]> = [
  ['no words at all', () => [], 'push needs a source and a destination; see --help'],
  ['two remote sides', () => [rsyncd.url('theirs'), rsyncd.url('ours')], /cannot both be remote$/],
  ['a source that is empty', () => ['-a', '', rsyncd.url('ours')], /^a source is empty/],
  ['an unknown option', () => ['--verbos', source, rsyncd.url('ours')], /did you mean --verbose\?$/],
  [
    'a module without a name',
    () => ['-a', source, `rsync://127.0.0.1:${rsyncd.port}//x`],
    /must start with the name of a module/,
  ],
  ['an unknown module', () => ['-a', source, rsyncd.url('nowhere')], /^unknown module 'nowhere'/],
  ['a module for others', () => ['-a', source, rsyncd.url('elsewhere')], /^access denied to elsewhere /],
  ['a module that is full', () => ['-a', source, rsyncd.url('busy')], /^module busy: max connections /],
  [
    'a read-only module',
    () => ['-a', source, rsyncd.url('museum')],
    'the server gave up: syntax or usage error; its rsyncd.conf needs "read only = no" for this module',
  ],
  [
    'a refused option',
    () => ['-a', '--delete', source, rsyncd.url('strict')],
    /^the server gave up: requested action not supported; leave that option out, or take it from /,
  ],
  [
    'a destination too deep',
    () => ['-a', source, rsyncd.url('ours', 'not/yet/there')],
    'the server gave up: error in file IO; folders above the last one are made only with --mkpath',
  ],
  [
    'a module whose folder is gone',
    () => ['-a', source, rsyncd.url('hollow')],
    /^the server refused: ch(dir|root) failed: the folder of module hollow is missing there, or closed /,
  ],
  [
    'no sum for --checksum',
    () => ['-rc', '--checksum-choice=md5,none', source, rsyncd.url('ours')],
    /^--checksum needs a sum for files/,
  ],
  ...['-y', '-am', '--inplace --link-dest=/x', '--copy-dest=/x --copy-dest=/y'].map(
    (line) =>
      [
        `a protocol too old for ${line}`,
        () => [...line.split(' '), '--protocol=28', source, rsyncd.url('ours')],
        /needs protocol 29 or later/,
      ] as [string, () => string[], RegExp],
  ),
  ['no password', () => ['-a', source, rsyncd.url('secret')], /^module secret wants a password/],
  [
    'a password file that is not there',
    () => ['-a', `--password-file=${folder}/none`, source, rsyncd.url('secret')],
    /password file .*\/none: cannot be read: there is no such file/,
  ],
  [
    'a password file for everybody',
    () => ['-a', `--password-file=${folder}/open-password`, source, rsyncd.url('secret')],
    /must not be readable or writable by others/,
  ],
  [
    'an empty password file',
    () => ['-a', `--password-file=${folder}/empty-password`, source, rsyncd.url('secret')],
    /it is empty/,
  ],
  [
    'a user that the module does not know',
    () => ['-a', `--password-file=${folder}/password`, source, rsyncd.url('secret', '', 'bob')],
    /^auth failed on module secret: check user 'bob'/,
  ],
  ['a closed port', () => ['-a', source, 'rsync://127.0.0.1:1/m'], /^failed to connect to 127\.0\.0\.1:1: /],
  ['an unknown host', () => ['-a', source, 'rsync://host.invalid/m'], /the host name cannot be resolved/],
];

describe('what keeps a push from its work', () => {
  it.each(refusals)('%s', async (_, words, expected) => {
    const [theirs, ours] = await Promise.all([rsync(words()), tsersync(['push', ...words()])]);
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(ours.stdout).toBe('');
    const last = ours.stderr.trimEnd().split('\n').at(-1) ?? '';
    const [, text] = /^tsersync: (.*) \(code (\d+)\)$/.exec(last) ?? [];
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
    expect(last.endsWith(`(code ${ours.exitCode})`)).toBe(true);
  });

  it('a wrong password', async () => {
    const words = ['-a', source, rsyncd.url('secret', '', 'alice')];
    const theirs = await rsync(words, { password: 'guess' });
    const ours = await tsersync(['push', ...words], { password: 'guess' });
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(ours.stderr).toMatch(/^tsersync: auth failed on module secret: check user 'alice' .*\n$/);
  });

  it.each([
    ['no destination', () => [source], /^tsersync: a destination is missing: rsync:/],
    ['no source', () => [rsyncd.url('ours')], /^tsersync: a source is missing: /],
    ['a destination here', () => [source, join(folder, 'copy')], /: a destination is a daemon: rsync:/],
    [
      'a daemon without a module',
      () => [source, `rsync://127.0.0.1:${rsyncd.port}/`],
      /needs a module: rsync:/,
    ],
  ])('%s, for which rsync would list or copy', async (_, words, expected) => {
    const { exitCode, stderr } = await tsersync(['push', '-a', ...words()]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^.* \(code 1\)\n$/);
  });

  it('says what the server has said before it gave up', async () => {
    const { stderr } = await tsersync(['push', '-a', source, rsyncd.url('museum')]);
    expect(stderr).toBe(
      'ERROR: module is read only\n' +
        'tsersync: the server gave up: syntax or usage error; ' +
        'its rsyncd.conf needs "read only = no" for this module (code 1)\n',
    );
  });
});

// A daemon that is not root gives itself the right to write to what it owns.
describe('a module that may not be written to', () => {
  it.runIf(isServerRoot)('gets nothing, and says of what and why (needs root)', async () => {
    const words = ['-r', `${source}/`, rsyncd.url('sealed')];
    const theirs = await rsync(words);
    const ours = await tsersync(['push', ...words]);
    expect([theirs.exitCode, ours.exitCode]).toEqual([23, 23]);
    // Temporary files have names of chance.
    const plain = (text: string) => text.replaceAll(/\.txt\.\w{6}"/g, '.txt.XXXXXX"');
    const lines = (text: string) => plain(text).split('\n').slice(0, -2).sort();
    expect(lines(ours.stderr)).toEqual(lines(theirs.stderr));
    expect(plain(ours.stderr)).toContain('.a.txt.XXXXXX" (in sealed) failed: Permission denied (13)\n');
    expect(ours.stderr).toContain('(see the errors above) (code 23)\n');
    expect(readdirSync(rsyncd.modulePath('sealed'))).toEqual([]);
  });
});

describe('a server that does not answer', () => {
  it('is given up after --timeout', async () => {
    using server = await startSilentServer();
    const words = ['-a', '--timeout=1', source, `rsync://127.0.0.1:${server.port}/m`];
    const { exitCode, stderr } = await tsersync(['push', ...words]);
    expect(exitCode).toBe(30);
    expect(stderr).toMatch(/^tsersync: .* has been silent for \d seconds: I\/O timeout \(code 30\)\n$/);
  });

  it('is given up when we are told to stop', async () => {
    using server = await startSilentServer();
    const controller = new AbortController();
    const words = ['-a', source, `rsync://127.0.0.1:${server.port}/m`];
    const pushing = tsersync(['push', ...words], { signal: controller.signal });
    await server.isConnected;
    controller.abort();
    expect(await pushing).toEqual({ exitCode: 20, stdout: '', stderr: 'tsersync: interrupted (code 20)\n' });
  });

  it('is missed when it dies in the middle', async () => {
    const dying = await startRsyncd({ modules: [{ name: 'm' }] });
    const large = join(folder, 'large');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 32);
    const onOutput = (text: string) => {
      if (text.includes('large')) void dying.stop();
    };
    const { exitCode, stderr } = await tsersync(['push', '-v', large, dying.url('m')], { onOutput });
    await dying[Symbol.asyncDispose]();
    expect([10, 12]).toContain(exitCode);
    expect(stderr).toMatch(/^tsersync: .* \(code 1[02]\)\n$/);
  });
});

describe('a source that cannot be sent', () => {
  /** What both say, but for the last line. */
  async function both(words: readonly string[]) {
    const [theirs, ours] = await Promise.all([
      rsync([...words, rsyncd.url('theirs', 'd/')]),
      tsersync(['push', ...words, rsyncd.url('ours', 'd/')]),
    ]);
    const lines = (text: string) => text.split('\n').slice(0, -2);
    expect(lines(ours.stderr)).toEqual(lines(theirs.stderr));
    expect(ours.exitCode).toBe(theirs.exitCode);
    return ours;
  }

  it('because it is not there: the others arrive', async () => {
    const { exitCode, stderr } = await both([
      '-a',
      join(source, 'a.txt'),
      join(folder, 'none'),
      `${source}/sub`,
    ]);
    expect(exitCode).toBe(23);
    expect(stderr.split('\n')).toEqual([
      `rsync: [sender] link_stat "${folder}/none" failed: No such file or directory (2)`,
      'tsersync: some files or attributes were not transferred (see the errors above) (code 23)',
      '',
    ]);
    const arrived = readdirSync(join(rsyncd.modulePath('ours'), 'd'));
    expect(arrived.sort()).toEqual(['a.txt', 'sub']);
  });

  it('because a component of its path is no folder', async () => {
    const { exitCode } = await both(['-a', join(source, 'a.txt/x'), join(source, 'b.txt')]);
    expect(exitCode).toBe(23);
  });

  it('because it vanished after it was listed: the others arrive', async () => {
    const fleeting = join(folder, 'fleeting');
    mkdirSync(fleeting);
    for (const name of ['1', '2', '3']) writeFileSync(join(fleeting, name), name);
    const onOutput = (text: string) => {
      if (text.startsWith('1\n')) rmSync(join(fleeting, '2'));
    };
    const words = ['push', '-rv', `${fleeting}/`, rsyncd.url('ours', 'fleeting/')];
    const { exitCode, stderr } = await tsersync(words, { onOutput });
    expect(exitCode).toBe(24);
    expect(stderr.split('\n')).toEqual([
      `file has vanished: "${fleeting}/2"`,
      'tsersync: some source files vanished before they could be transferred (code 24)',
      '',
    ]);
    expect(readdirSync(join(rsyncd.modulePath('ours'), 'fleeting')).sort()).toEqual(['1', '3']);
  });
});

it('writes no log where there cannot be one, and pushes all the same', async () => {
  const words = ['push', '-a', `--log-file=${folder}/none/log`, source, rsyncd.url('ours', 'unlogged/')];
  const { exitCode, stderr } = await tsersync(words);
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    `rsync: [client] failed to open log-file ${folder}/none/log: No such file or directory (2), there will be no log\n`,
  );
  expect(existsSync(join(rsyncd.modulePath('ours'), 'unlogged/source/a.txt'))).toBe(true);
});

it('asks for a password where somebody can be asked', async () => {
  const words = ['push', '-a', `${source}/`, rsyncd.url('secret', 'asked/', 'alice')];
  const asked = await tsersync(words, { askPassword: async () => 'opensesame' });
  expect(asked).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(readFileSync(join(rsyncd.modulePath('secret'), 'asked/a.txt'), 'utf8')).toBe('a.txt');
});
