import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until, untilEqual } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { tsersync } from '../support/tsersync-client.ts';
import { startTsersync } from '../support/tsersync-process.ts';

const PASSWORD = 'open sesame';

let rsyncd: Rsyncd;
let folder: string;
let tree: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({
    modules: [
      { name: 'www', authUsers: { backup: PASSWORD } },
      { name: 'museum', readOnly: true },
    ],
  });
});

afterAll(() => rsyncd[Symbol.asyncDispose]());

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-daemon-')));
  tree = join(folder, 'tree');
  mkdirSync(tree);
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
  return () => rmSync(folder, { recursive: true });
});

interface ConfigParts {
  readonly watched?: string;
  readonly module?: string;
  readonly port?: number;
  readonly head?: string;
  readonly sersync?: string;
  readonly own?: string;
}

function writeConfig(
  name: string,
  { watched = tree, module = 'www', port, ...parts }: ConfigParts = {},
): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    `<head version="2.5">
      <inotify><delete start="true"/><createFolder start="true"/><closeWrite start="true"/></inotify>
      ${parts.head ?? ''}
      <sersync>
        <localpath watch="${watched}"><remote ip="127.0.0.1" name="${module}"/></localpath>
        <rsync>
          <commonParams params="-artuz"/>
          <auth start="true" users="backup" passwordfile="${join(folder, 'password')}"/>
          <userDefinedPort start="true" port="${port ?? rsyncd.port}"/>
        </rsync>
        ${parts.sersync ?? ''}
      </sersync>
      <tsersync>${parts.own ?? ''}</tsersync>
    </head>`,
  );
  return file;
}

/** Runs the daemon here until `isDone` sees what it wants in what is printed. */
async function runUntil(words: readonly string[], isDone: (printed: string) => boolean, isTerminal = false) {
  const control = new AbortController();
  let printed = '';
  const running = tsersync(words, {
    signal: control.signal,
    isTerminal,
    folder,
    onOutput: (text) => {
      printed += text;
    },
  });
  try {
    await Promise.race([until(() => isDone(printed), 'what is printed'), running]);
  } finally {
    control.abort();
  }
  return running;
}

describe('tsersync -r -o confxml.xml', () => {
  it('sends everything, then what changes, and ends with 0 when it is told to', async () => {
    writeFileSync(join(tree, 'old'), 'was there before');
    const { child, result } = startTsersync(['-r', '-o', writeConfig('confxml.xml')], { folder });
    const module = rsyncd.modulePath('www');
    await untilEqual(tree, module);
    mkdirSync(join(tree, 'new'));
    writeFileSync(join(tree, 'new/file'), 'came later');
    rmSync(join(tree, 'old'));
    await until(() => existsSync(join(module, 'new/file')), 'the new file');
    await untilEqual(tree, module);
    child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await result;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain(PASSWORD);
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const sent = records.filter(({ msg }) => msg === 'sent' || msg === 'whole tree sent');
    expect(sent.length).toBeGreaterThan(1);
    expect(sent[0]).toMatchObject({
      remote: 'backup@127.0.0.1::www',
      changed: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(records.at(-1)).toMatchObject({ msg: 'stopped', waiting: 0 });
  });

  it('opens no debugger on SIGUSR1, neither in the main thread nor in a lane, and ends in order', async () => {
    writeFileSync(join(tree, 'seen'), 'by a lane');
    const { child, result } = startTsersync(['-r', '-o', writeConfig('confxml.xml')], { folder });
    await until(() => existsSync(join(rsyncd.modulePath('www'), 'seen')), 'the file');
    child.kill('SIGUSR1');
    expect(await result).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('"stopped"'),
    });
  });

  it('takes the confxml.xml of the current folder, and prints short lines at a terminal', async () => {
    writeConfig('confxml.xml');
    const { exitCode, stdout } = await runUntil(
      ['-r'],
      (printed) => printed.includes('whole tree sent'),
      true,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} whole tree sent remote=backup@127\.0\.0\.1::www changed=\d+/m,
    );
    expect(stdout).toMatch(/^\S+ warning: -u in commonParams: holds when everything is sent/m);
  });

  it('watches several trees', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    const configs = [
      writeConfig('a.xml', { module: 'www/a' }),
      writeConfig('b.xml', { watched: other, module: 'www/b' }),
    ];
    const words = configs.flatMap((file) => ['-o', file]);
    const { exitCode, stdout } = await runUntil(
      words,
      (printed) => printed.match(/"watching"/g)?.length === 2,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`"root":"${tree}"`);
    expect(stdout).toContain(`"root":"${other}"`);
  });

  it('says by name what it does not do yet', async () => {
    writeConfig('confxml.xml', {
      head: '<plugin name="command"><param prefix="/bin/true"/></plugin>',
      sersync:
        '<failLog path="/tmp/failed.sh"/><crontab start="true" schedule="60"/><plugin start="true" name="command"/>',
      own: '<status start="true"/>',
    });
    const { stdout } = await runUntil(['-o', 'confxml.xml'], (printed) => printed.includes('"watching"'));
    for (const element of ['<failLog>', '<crontab>', '<plugin name="command">', '<status>']) {
      expect(stdout.replaceAll('\\', '')).toMatch(new RegExp(`"level":40,.*"msg":"${element}: .* yet`));
    }
  });

  it.each([
    [
      'with a wrong password',
      { module: 'www' },
      'wrong',
      'login refused',
      /^auth failed on module www: check user 'backup' and the password/,
    ],
    [
      'with an unknown module',
      { module: 'nowhere' },
      PASSWORD,
      'no such module',
      /^unknown module 'nowhere'/,
    ],
    ['with a read-only module', { module: 'museum' }, PASSWORD, 'the module is read only', /read only/],
    [
      'with nobody listening',
      { port: 1 },
      PASSWORD,
      'the remote is out of reach',
      /127\.0\.0\.1:1: connection refused/,
    ],
  ])('goes on trying %s, and says why in one line', async (_, parts, password, headline, reason) => {
    writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
    writeFileSync(join(tree, 'file'), '');
    const file = writeConfig('confxml.xml', parts);
    const { exitCode, stdout } = await runUntil(['-r', '-o', file], (printed) =>
      printed.includes(`"${headline}"`),
    );
    expect(exitCode, 'something was not sent').toBe(20);
    expect(stdout).toMatch(/"level":40,.*"unsent":\d+,.*"msg":"stopped before all changes were sent: .*-r/);
    const warnings = stdout.split('\n').filter((line) => line.includes(`"${headline}"`));
    expect(warnings).toHaveLength(1);
    expect(JSON.parse(warnings[0] ?? '').reason).toMatch(reason);
    expect(stdout).not.toMatch(/ {4}at /);
  });
});

describe('what keeps the daemon from starting', () => {
  it.each([
    [
      'a config that is not there',
      ['-o', 'nowhere.xml'],
      11,
      /the config cannot be read: \/.*\/nowhere\.xml: there is no such file/,
    ],
    ['no config, and none is named', ['-r'], 11, /: no confxml\.xml here; name one with -o \(code 11\)/],
    [
      'a config that is a pipe without a writer',
      ['-o', 'pipe.xml'],
      11,
      /pipe\.xml: it is a pipe that nobody writes/,
    ],
    ['a config that is not XML', ['-o', 'broken.xml'], 1, /broken\.xml:1:\d+: /],
    ['a folder that is not there', ['-o', 'missing.xml'], 1, /the folder to watch is not there: .*nowhere/],
    ['-d', ['-d', '-o', 'confxml.xml'], 4, /-d: tsersync does not leave the terminal yet/],
    ['-m', ['-m', 'command'], 4, /-m command: plugins are not run yet/],
  ])('is %s: one line says so', async (_, words, code, expected) => {
    if (words.length > 1) writeConfig('confxml.xml');
    else rmSync(join(folder, 'confxml.xml'), { force: true });
    execFileSync('sh', ['-c', 'test -p pipe.xml || mkfifo pipe.xml'], { cwd: folder });
    writeConfig('missing.xml', { watched: join(folder, 'nowhere') });
    writeFileSync(join(folder, 'broken.xml'), '<head version="2.5">');
    const { exitCode, stderr } = await tsersync(words, { folder });
    expect(stderr).toMatch(/^tsersync: .*\n$/);
    expect(stderr).toMatch(expected);
    expect(exitCode).toBe(code);
  });

  it('is a number of lanes that makes no sense', async () => {
    const { exitCode, stderr } = await tsersync(['-n', '0'], { folder });
    expect([exitCode, stderr]).toEqual([1, 'tsersync: -n: 0 is not a number from 1 to 100 (code 1)\n']);
  });

  it('is one bad config of several: none is begun', async () => {
    const configs = [
      writeConfig('confxml.xml'),
      writeConfig('missing.xml', { watched: join(folder, 'nowhere') }),
    ];
    const { exitCode, stderr } = await tsersync(
      configs.flatMap((file) => ['-o', file]),
      { folder },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^tsersync: \S+:\d+:\d+: the folder to watch is not there: .*\n$/);
  });
});

describe('tsersync demo', () => {
  it('shows changes arriving, proves the trees equal and cleans up', async () => {
    const { exitCode, stdout } = await tsersync(['demo']);
    expect(stdout).toMatch(/^20 bytes changed in that file +\d+ ms +\d+\.\d kB$/m);
    expect(stdout).toMatch(/^Both trees are equal: 282 files and folders/m);
    expect(exitCode).toBe(0);
    const [, config = ''] = /-o (\S+)/.exec(stdout) ?? [];
    expect(config).toMatch(/confxml\.xml$/);
    expect(() => readFileSync(config)).toThrow('ENOENT');
  });
});
