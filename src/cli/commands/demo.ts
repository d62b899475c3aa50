import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, readConfig, startReplicator } from '../../watch/index.ts';
import { demoChanges } from '../demo/changes.ts';
import { demoConfig } from '../demo/demo-config.ts';
import { perform, type Stage } from '../demo/perform.ts';
import { HOST, startRsyncServer } from '../demo/rsync-server.ts';
import { treeLines } from '../demo/tree-lines.ts';
import type { CliIo } from '../io.ts';
import { openScreen, type Screen } from '../output/screen.ts';

const USER = 'demo';

/** Shows the whole way once: a config, a real rsync daemon, changes, and that they arrive. Leaves nothing behind. */
export async function demo(io: CliIo): Promise<number> {
  const screen = openScreen(io);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-demo-')));
  try {
    return await demoIn(folder, screen, io.signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function demoIn(folder: string, screen: Screen, signal: AbortSignal): Promise<number> {
  const say = (line: string) => screen.print(line);
  const [tree, module] = [join(folder, 'tree'), join(folder, 'module')];
  for (const path of [tree, module]) mkdirSync(path);
  const password = randomUUID();
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const server = await startRsyncServer({ module, folder, user: USER, password, say, signal });
  try {
    const config = join(folder, 'confxml.xml');
    writeFileSync(config, demoConfig({ tree, user: USER, passwordFile, port: server.port }));
    say(`${server.about} listens on ${HOST}:${server.port}; its module "demo" is ${module}`);
    say(`tsersync -r -o ${config}`);
    say('');
    await replicate(config, { tree, module, signal }, screen);
  } finally {
    server.stop();
  }
  say('');
  return compare(tree, module, say);
}

async function replicate(config: string, place: Omit<Stage, 'replicator'>, screen: Screen): Promise<void> {
  const say = (line: string) => screen.print(line);
  const replicator = await startReplicator(readConfig(config).config, {
    log: warnings((line) => place.signal.aborted || screen.error(line)),
    signal: place.signal,
    startsWithAll: true,
  });
  try {
    say(row('change', 'visible after', 'network'));
    for (const change of demoChanges) {
      const { ms, bytes } = await perform(change, { ...place, replicator });
      say(row(change.title, `${ms.toFixed(0)} ms`, `${(bytes / 1000).toFixed(1)} kB`));
    }
  } finally {
    await replicator.stop();
  }
}

function compare(tree: string, module: string, say: (line: string) => void): number {
  const [ours, theirs] = [treeLines(tree), treeLines(module)];
  const differing = [
    ...ours.filter((line) => !theirs.includes(line)),
    ...theirs.filter((line) => !ours.includes(line)),
  ];
  if (differing.length > 0) {
    say('The trees differ:');
    for (const line of differing) say(`  ${line}`);
    return 1;
  }
  say(`Both trees are equal: ${ours.length} files and folders (name, content, mode, owner, time).`);
  return 0;
}

/** A terminal may be 60 characters wide. */
function row(title: string, ms: string, bytes: string): string {
  return `${title.padEnd(32)}${ms.padStart(14)}${bytes.padStart(13)}`;
}

/** A log that tells only of trouble; none is what an interruption brings about. */
function warnings(say: (line: string) => unknown): Log {
  const tell = (fields: object, message: string) => say(`tsersync: ${message} ${JSON.stringify(fields)}`);
  const skip = () => {};
  return { debug: skip, info: skip, warn: tell, error: tell };
}
