import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rsyncd } from '../test/support/rsyncd.ts';

/** A program that keeps a module of a daemon equal to a folder. */
export interface Watcher {
  readonly name: string;
  /** The watched folder. */
  readonly tree: string;
  /** The folder of the module. */
  readonly module: string;
  stop(): void;
}

/** How a program is started; its module has its name. */
interface Program {
  readonly name: string;
  /** The command without which it cannot run, and the Debian package that has it. */
  readonly needs?: { readonly command: string; readonly package: string };
  start(place: { readonly folder: string; readonly tree: string; readonly rsyncd: Rsyncd }): ChildProcess;
}

const programs: readonly Program[] = [
  {
    name: 'tsersync',
    start: ({ folder, tree, rsyncd: { port } }) => {
      const config = join(folder, 'confxml.xml');
      writeFileSync(config, confxml(tree, port));
      const main = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');
      return spawn(process.execPath, [main, '-o', config], { stdio: 'ignore' });
    },
  },
  {
    name: 'lsyncd',
    needs: { command: 'lsyncd', package: 'lsyncd' },
    start: ({ folder, tree, rsyncd }) => {
      const config = join(folder, 'lsyncd.lua');
      const sync = `default.rsync, source = "${tree}", target = "${rsyncd.url('lsyncd')}", delay = 0`;
      writeFileSync(config, `settings { nodaemon = true }\nsync { ${sync}, rsync = { archive = true } }\n`);
      return spawn('lsyncd', [config], { stdio: 'ignore' });
    },
  },
  {
    name: 'inotifywait',
    needs: { command: 'inotifywait', package: 'inotify-tools' },
    start: ({ tree, rsyncd }) => {
      const events = 'close_write,create,delete,move';
      const script = `inotifywait -mqr -e ${events} "$1" | while read -r _; do rsync -a --delete "$1/" "$2"; done`;
      const words = ['-c', script, 'sh', tree, rsyncd.url('inotifywait')];
      // With a group of its own, so that both ends of the pipe can be stopped.
      return spawn('sh', words, { stdio: 'ignore', detached: true });
    },
  },
];

export const moduleNames = programs.map(({ name }) => name);

/** Starts every program that this machine has, each with a tree of its own; says which are missing. */
export function startWatchers(folder: string, rsyncd: Rsyncd): Watcher[] {
  return programs.flatMap((program): Watcher[] => {
    const { name, needs } = program;
    if (needs !== undefined && spawnSync(needs.command, ['--help']).error !== undefined) {
      process.stdout.write(`${name} is not measured: install it with apt install ${needs.package}\n`);
      return [];
    }
    const place = { folder: join(folder, name), tree: join(folder, name, 'tree'), rsyncd };
    mkdirSync(place.tree, { recursive: true });
    const child = program.start(place);
    return [{ name, tree: place.tree, module: rsyncd.modulePath(name), stop: () => stop(child) }];
  });
}

function stop(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    process.kill(-pid);
  } catch {
    child.kill();
  }
}

/** A config for the module `tsersync` of a daemon on this machine. */
export function confxml(tree: string, port: number): string {
  const inotify = ['delete', 'createFolder', 'createFile', 'closeWrite', 'moveFrom', 'moveTo'];
  return `<head version="2.5">
    <inotify>${inotify.map((event) => `<${event} start="true"/>`).join('')}</inotify>
    <sersync>
      <localpath watch="${tree}"><remote ip="127.0.0.1" name="tsersync"/></localpath>
      <rsync><commonParams params="-a"/><userDefinedPort start="true" port="${port}"/></rsync>
    </sersync>
  </head>`;
}
