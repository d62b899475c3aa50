import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listModules, UsageError } from '../../protocol/index.ts';
import { packagePath } from '../manifest.ts';

/** A real rsync daemon with one module, `demo`, that one user may write to. */
export interface RsyncServer {
  readonly port: number;
  /** `rsync 3.5.0`. */
  readonly about: string;
  stop(): void;
}

export interface RsyncServerRequest {
  /** Of the module; both must be there. */
  readonly module: string;
  /** For the files of the daemon. */
  readonly folder: string;
  readonly user: string;
  readonly password: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export const HOST = '127.0.0.1';

const IMAGE = 'tsersync-demo-rsyncd';
const START_ATTEMPTS = 5;
const START_MS = 10_000;
const PORTS = { first: 20_000, count: 10_000 };

interface Running {
  hasEnded(): boolean;
  stop(): void;
}

/** One way of getting a daemon: how to run it from a folder with rsyncd.conf. */
interface Way {
  readonly about: string;
  run(folder: string, port: number): Running;
}

/**
 * Starts the rsync of this machine as a daemon, else one in a container, else one that is installed now.
 *
 * @throws UsageError if there is no way to one.
 */
export async function startRsyncServer(request: RsyncServerRequest): Promise<RsyncServer> {
  const way = localRsync() ?? container(request) ?? installedRsync(request);
  if (way === undefined) {
    throw new UsageError(
      'the demo pushes to a real rsync daemon, and there is none: install rsync (apt install rsync) or start Docker',
    );
  }
  writeConfig(request);
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const running = way.run(request.folder, port);
    if (await answers(port, running, request.signal)) return { port, about: way.about, stop: running.stop };
    running.stop();
  }
  throw new UsageError(`${way.about} does not start as a daemon on a port of ${HOST}`);
}

function writeConfig({ module, folder, user, password }: RsyncServerRequest): void {
  const isRoot = process.getuid?.() === 0;
  const lines = [
    'use chroot = no',
    'reverse lookup = no',
    `lock file = ${join(folder, 'lock')}`,
    '[demo]',
    '  comment = the demo of tsersync',
    `  path = ${module}`,
    '  read only = no',
    `  auth users = ${user}`,
    `  secrets file = ${join(folder, 'secrets')}`,
    ...(isRoot ? ['  uid = 0', '  gid = 0'] : []),
    '',
  ];
  writeFileSync(join(folder, 'rsyncd.conf'), lines.join('\n'));
  writeFileSync(join(folder, 'secrets'), `${user}:${password}\n`, { mode: 0o600 });
}

function localRsync(): Way | undefined {
  const { stdout } = spawnSync('rsync', ['--version'], { encoding: 'utf8' });
  const [, version] = /^rsync {2}version v?(\S+)/.exec(stdout ?? '') ?? [];
  if (version === undefined) return undefined;
  const run = (folder: string, port: number): Running => {
    // A pipe as standard input would look like inetd to it.
    const child = spawn('rsync', [...daemonWords(folder, port), `--address=${HOST}`], { stdio: 'ignore' });
    return { hasEnded: () => child.exitCode !== null, stop: () => void child.kill() };
  };
  return { about: `rsync ${version}`, run };
}

function container({ folder, module, say }: RsyncServerRequest): Way | undefined {
  if (spawnSync('docker', ['version'], { stdio: 'ignore' }).status !== 0) return undefined;
  say('building an image with rsync');
  const build = docker('build', '--tag', IMAGE, packagePath('fixtures/docker'));
  if (build.status !== 0) throw new UsageError(`no image with rsync could be built: ${build.stderr.trim()}`);
  const run = (_: string, port: number): Running => {
    const volumes = [folder, module].flatMap((path) => ['--volume', `${path}:${path}`]);
    const options = ['--detach', '--rm', '--publish', `${HOST}:${port}:873`, ...volumes];
    const { status, stdout } = docker('run', ...options, IMAGE, 'rsync', ...daemonWords(folder, 873));
    return { hasEnded: () => status !== 0, stop: () => void docker('rm', '--force', stdout.trim()) };
  };
  return { about: 'rsync in a container', run };
}

/** As root on Debian, as the tests do. */
function installedRsync({ say }: RsyncServerRequest): Way | undefined {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  say('installing rsync: apt-get install rsync');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const words of [['update'], ['install', '--yes', '--no-install-recommends', 'rsync']]) {
    const { status, stderr } = spawnSync('apt-get', words, { env, encoding: 'utf8' });
    if (status !== 0) throw new UsageError(`apt-get ${words.join(' ')} failed: ${stderr.trim()}`);
  }
  return localRsync();
}

function daemonWords(folder: string, port: number): string[] {
  return ['--daemon', '--no-detach', `--config=${join(folder, 'rsyncd.conf')}`, `--port=${port}`];
}

function docker(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('docker', words, { encoding: 'utf8' });
}

/** Another daemon may have the port: ours has a module of that name. */
async function answers(port: number, running: Running, signal: AbortSignal): Promise<boolean> {
  for (const deadline = performance.now() + START_MS; performance.now() < deadline; await delay(20)) {
    if (running.hasEnded()) return false;
    try {
      const { modules } = await listModules({ host: HOST, port }, {}, { timeout: 5, signal });
      return modules.some(({ name }) => name === 'demo');
    } catch (thrown) {
      if (signal.aborted) throw thrown;
    }
  }
  return false;
}
