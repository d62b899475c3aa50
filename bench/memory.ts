import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { printTable } from './table.ts';
import { confxml } from './watchers.ts';

/** What is in the tree when the watcher starts, and what comes into it then. */
interface Load {
  readonly name: string;
  readonly before: Files;
  readonly added?: Files;
}

interface Files {
  readonly folders: number;
  readonly perFolder: number;
  /** For folders of their own. */
  readonly prefix?: string;
}

const FEW: Files = { folders: 30, perFolder: 100 };
const loads: readonly Load[] = [
  { name: '3,000 files in 30 folders', before: FEW },
  { name: '100,000 files in 1,000 folders', before: { folders: 1000, perFolder: 100 } },
  {
    name: '3,000 files, and 100,000 new ones in 1,000 new folders',
    before: FEW,
    added: { folders: 1000, perFolder: 100, prefix: 'new-' },
  },
  {
    name: '3,000 files, and 300,000 new ones in their folders',
    before: FEW,
    added: { folders: 30, perFolder: 10_000 },
  },
];

/** Nothing listens there. */
const DEAD_PORT = 1;
/** A second in which it used less time of the processor than this was quiet, */
const QUIET_MS = 50;
/** and after so many of them it is at rest. */
const QUIET_SECONDS = 3;
const LONGEST_SECONDS = 120;

/** Prints how much memory the watcher needs at most, and when it has nothing to do. */
export async function benchMemory(): Promise<void> {
  const rows = [];
  for (const load of loads) rows.push(await weigh(load));
  printTable(['memory of the watcher while the remote is down, MB', 'most', 'at rest'], rows);
}

async function weigh({ name, before, added }: Load): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tsersync-memory-'));
  const tree = join(folder, 'tree');
  fill(tree, before);
  const config = join(folder, 'confxml.xml');
  writeFileSync(config, confxml(tree, DEAD_PORT));
  const main = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');
  const child = spawn(process.execPath, [main, '-o', config], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await untilWatching(child);
    await rest(child.pid);
    if (added !== undefined) {
      fill(tree, added);
      await rest(child.pid);
    }
    const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
    return [name, ...['VmHWM', 'VmRSS'].map((field) => megabytes(status, field))];
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function fill(tree: string, { folders, perFolder, prefix = '' }: Files): void {
  for (let folder = 0; folder < folders; folder++) {
    const path = join(tree, `${prefix}${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < perFolder; file++) writeFileSync(join(path, `${file}`), 'x');
  }
}

function untilWatching({ stdout }: ChildProcess): Promise<void> {
  let told = '';
  return new Promise((done) => {
    stdout?.on('data', (text) => {
      if (told.length < 100_000) told += text;
      if (told.includes('"watching"')) done();
    });
    stdout?.on('close', done);
  });
}

async function rest(pid: number | undefined): Promise<void> {
  let quiet = 0;
  for (let second = 0; quiet < QUIET_SECONDS && second < LONGEST_SECONDS; second++) {
    const before = cpuMs(pid);
    await delay(1000);
    quiet = cpuMs(pid) - before < QUIET_MS ? quiet + 1 : 0;
  }
}

/** Ticks of `/proc/PID/stat`: 100 a second on every Linux. */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function megabytes(status: string, field: string): string {
  const kilobytes = new RegExp(`${field}:\\s*(\\d+) kB`).exec(status)?.[1];
  return (Number(kilobytes) / 1024).toFixed(0);
}
