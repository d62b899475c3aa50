import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isServerRoot, removeTree } from './rights.ts';
import { formatConfig, formatSecrets, type ModuleOptions } from './rsyncd-config.ts';
import { type Daemon, type Engine, findEngine, runDaemon } from './rsyncd-engine.ts';

export interface RsyncdOptions {
  readonly modules: readonly ModuleOptions[];
  readonly motd?: string;
  /** Lines for the global section: `socket options = ...`. */
  readonly lines?: readonly string[];
}

const START_ATTEMPTS = 10;
const START_MS = 20_000;

/**
 * Starts a real rsync daemon on a free port of 127.0.0.1, here or in a container (see `findEngine`), and waits until
 * it answers. The folders of its modules are on this machine either way.
 */
export async function startRsyncd(options: RsyncdOptions): Promise<Rsyncd> {
  const engine = findEngine();
  if (engine.kind === 'none') throw new Error(engine.missing);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-rsyncd-')));
  writeConfig(folder, engine, options);
  for (let attempt = 1; ; attempt += 1) {
    const rsyncd = new Rsyncd(engine, folder, await freePort(), options);
    try {
      await rsyncd.start();
      return rsyncd;
    } catch (error) {
      const isPortTaken = /address already in use|port is already allocated/i.test(String(error));
      if (isPortTaken && attempt < START_ATTEMPTS) continue;
      await rsyncd[Symbol.asyncDispose]();
      throw error;
    }
  }
}

/** A real rsync daemon that can be stopped, as if its machine had died, and started again where it was. */
export class Rsyncd implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly kind: 'local' | 'docker';
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #modules: readonly ModuleOptions[];
  #daemon: Daemon | undefined;

  constructor(engine: Engine, folder: string, port: number, { modules }: RsyncdOptions) {
    this.port = port;
    this.kind = engine.kind;
    this.#engine = engine;
    this.#folder = folder;
    this.#modules = modules;
  }

  /** As `rsync --version` has it: `3.2.7`. */
  get version(): string {
    return /rsyncd version (\S+) starting/.exec(this.log())?.[1] ?? 'unknown';
  }

  /** Whether it is of a release before this one. */
  isBefore(release: string): boolean {
    return this.version.localeCompare(release, 'en', { numeric: true }) < 0;
  }

  /** The module's folder on this machine. */
  modulePath(name: string): string {
    if (!this.#modules.some((module) => module.name === name)) throw new Error(`no module ${name}`);
    return modulePath(this.#folder, name);
  }

  /** What a client is given: `rsync://user@127.0.0.1:port/module/path`. */
  url(module: string, path = '', user?: string): string {
    return `rsync://${user === undefined ? '' : `${user}@`}${this.host}:${this.port}/${module}/${path}`;
  }

  /** All that the daemon has logged, over all its starts. Each start has one `connect from` that is our own look. */
  log(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8');
  }

  /** Kills it and all its sessions. */
  async stop(): Promise<void> {
    await this.#daemon?.kill();
    this.#daemon = undefined;
  }

  /** Returns when it answers, with the same modules and files as before. */
  async start(): Promise<void> {
    if (this.#daemon !== undefined) throw new Error('the rsync daemon runs already');
    const logLength = this.log().length;
    const daemon = runDaemon(this.#engine, this.#folder, this.port);
    this.#daemon = daemon;
    for (const deadline = performance.now() + START_MS; performance.now() < deadline; await delay(10)) {
      // Somebody else may have taken the port and greet us; only our own daemon writes to our log.
      if ((await isGreeted(this.port)) && this.log().includes('connect from', logLength)) return;
      const failure = daemon.failure();
      if (failure !== undefined) throw await this.#failed(failure, logLength);
    }
    throw await this.#failed(`it does not answer within ${START_MS} ms`, logLength);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    removeTree(this.#folder);
  }

  async #failed(why: string, logLength: number): Promise<Error> {
    await this.stop();
    return new Error(`the rsync daemon did not start: ${why}\n${this.log().slice(logLength)}`);
  }
}

function writeConfig(folder: string, engine: Engine, { modules, motd, lines = [] }: RsyncdOptions): void {
  // A module may run as somebody else, who has to get to it.
  chmodSync(folder, 0o755);
  const sections = modules.map((options, i) => ({
    options,
    path: modulePath(folder, options.name),
    secretsFile: join(folder, `secrets-${i}`),
  }));
  for (const { options, path, secretsFile } of sections) {
    mkdirSync(path, { recursive: true });
    writeFileSync(secretsFile, formatSecrets(options.authUsers ?? {}), { mode: 0o600 });
  }
  const motdFile = motd === undefined ? undefined : join(folder, 'motd');
  if (motdFile !== undefined) writeFileSync(motdFile, motd ?? '');
  const logFile = join(folder, 'log');
  writeFileSync(logFile, '');
  const lockFile = join(folder, 'lock');
  const isRoot = engine.kind === 'docker' || isServerRoot;
  const config = formatConfig({ isRoot, logFile, lockFile, motdFile, lines, modules: sections });
  writeFileSync(join(folder, 'rsyncd.conf'), config);
}

function modulePath(folder: string, name: string): string {
  return join(folder, 'modules', encodeURIComponent(name));
}

/** Free now: whoever binds it next has it, which is why starting tries again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** Docker's proxy accepts before the daemon listens, so a connection alone says nothing. */
function isGreeted(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1').startsWith('@RSYNCD: '));
      socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve(false));
  });
}
