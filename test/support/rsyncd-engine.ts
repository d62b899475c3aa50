import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where daemons come from: the rsync on this machine, or a container. */
export type Engine = { readonly kind: 'local' } | { readonly kind: 'docker'; readonly image: string };

export interface NoEngine {
  readonly kind: 'none';
  readonly missing: string;
}

/** A daemon that runs, or ran until a moment ago. */
export interface Daemon {
  /** What it, or Docker, has said if it has ended; undefined while it runs. */
  failure(): string | undefined;
  /** Ends it and every session that it serves, at once and without a goodbye. */
  kill(): Promise<void>;
}

export const defaultImage = 'tsersync-rsyncd:bookworm';

/** `TSERSYNC_RSYNCD` (`local` or `docker`) decides, else what is there; `TSERSYNC_RSYNCD_IMAGE` names the image. */
export function findEngine(env: NodeJS.ProcessEnv = process.env): Engine | NoEngine {
  const wanted = env.TSERSYNC_RSYNCD ?? '';
  const image = env.TSERSYNC_RSYNCD_IMAGE ?? defaultImage;
  if (!['', 'local', 'docker'].includes(wanted)) {
    throw new Error(`TSERSYNC_RSYNCD: ${wanted} is neither local nor docker`);
  }
  if (wanted !== 'docker' && hasRsync()) return { kind: 'local' };
  if (wanted !== 'local' && hasImage(image)) return { kind: 'docker', image };
  const reasons = [
    ...(wanted === 'docker' ? [] : ['no rsync (3.1 or newer, not openrsync) is on the PATH']),
    ...(wanted === 'local' ? [] : [`no Docker engine with the image ${image} answers (npm run test:docker)`]),
  ];
  return { kind: 'none', missing: `no rsync daemon to test against: ${reasons.join(', and ')}` };
}

/** Runs a daemon from `folder`/rsyncd.conf, which logs to `folder`/log, on a port of 127.0.0.1. */
export function runDaemon(engine: Engine, folder: string, port: number): Daemon {
  return engine.kind === 'local' ? runLocally(folder, port) : runInContainer(engine.image, folder, port);
}

function hasRsync(): boolean {
  const { stdout } = spawnSync('rsync', ['--version'], { encoding: 'utf8' });
  return /^rsync {2}version (?:3\.[1-9]|[4-9])/.test(stdout ?? '');
}

function hasImage(image: string): boolean {
  return spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status === 0;
}

function daemonArguments(folder: string, port: number): string[] {
  return ['--daemon', '--no-detach', `--config=${join(folder, 'rsyncd.conf')}`, `--port=${port}`];
}

function runLocally(folder: string, port: number): Daemon {
  const log = openSync(join(folder, 'log'), 'a');
  // A pipe as standard input would look like inetd to it. Detached: a process group of its own.
  const child = spawn('rsync', [...daemonArguments(folder, port), '--address=127.0.0.1'], {
    stdio: ['ignore', 'ignore', log],
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const disarm = onOurEnd(['kill', '-s', 'KILL', '--', `-${child.pid}`]);
  return {
    failure: () => endOf(child),
    kill: async () => {
      disarm();
      killGroup(child);
      await ended;
      // Its sessions die as fast, but an orphan can be seen until init collects it, which may take a second.
      for (let i = 0; i < 10 && killGroup(child); i += 1) await delay(10);
    },
  };
}

function endOf(child: ChildProcess): string | undefined {
  if (child.pid === undefined) return 'rsync could not be started';
  if (child.exitCode === null && child.signalCode === null) return undefined;
  return `rsync ended with ${child.exitCode ?? child.signalCode}`;
}

/** False when nobody is left in it. */
function killGroup({ pid }: ChildProcess): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function runInContainer(image: string, folder: string, port: number): Daemon {
  const name = `tsersync-test-${randomUUID()}`;
  const options = ['--detach', '--pull', 'never', '--name', name, '--publish', `127.0.0.1:${port}:873`];
  // The folder has the same path inside, so one configuration serves both kinds of daemon.
  const mount = ['--volume', `${folder}:${folder}`];
  const started = docker('run', ...options, ...mount, image, 'rsync', ...daemonArguments(folder, 873));
  const remove = ['rm', '--force', '--volumes', name];
  const disarm = onOurEnd(['docker', ...remove]);
  return {
    failure: () => {
      if (started.status !== 0) return started.stderr;
      const isRunning = docker('inspect', '--format', '{{.State.Running}}', name).stdout.trim() === 'true';
      return isRunning ? undefined : `rsync ended: ${docker('logs', name).stderr}`;
    },
    kill: async () => {
      disarm();
      // Also when it never ran: a container whose port is taken is left behind.
      docker(...remove);
    },
  };
}

function docker(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('docker', args, { encoding: 'utf8' });
}

/**
 * Has a command run when this process ends, also when it is killed, as vitest does with a worker whose test hangs: a
 * shell waits at the other end of a pipe. Returns what calls it off.
 */
function onOurEnd(command: readonly string[]): () => void {
  const guard = spawn('sh', ['-c', 'read -r _; "$@"', 'sh', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  return () => void guard.kill('SIGKILL');
}
