import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Rsyncd, startRsyncd } from '../test/support/rsyncd.ts';
import { type Cost, measure, median } from './measure.ts';
import { ratioText, scaledName } from './scaled.ts';
import { printTable } from './table.ts';
import { UnknownWordError } from './unknown-word.ts';

/** One kind of work, for both programs. */
interface Scenario {
  /** With the count and the unit of the full size in front: they are scaled. */
  readonly name: string;
  readonly options: readonly string[];
  /** Makes the source, once. */
  readonly source: (folder: string) => void;
  /** Brings the destination, which is empty before, to where a run starts from. */
  readonly destination?: (source: string, folder: string) => void;
  /** Brings it back there after a run; without this it is made anew. */
  readonly restore?: (folder: string) => void;
}

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** A factor on all sizes, for a quick look. */
const SCALE = Number(process.env.BENCH_SCALE ?? 1);

const scenarios: Readonly<Record<string, Scenario>> = {
  a: {
    name: '100,000 small files, first push',
    options: ['-a'],
    source: (folder) => manyFiles(folder, 1000 * SCALE),
  },
  b: {
    name: '100,000 small files, nothing changed',
    options: ['-a'],
    source: (folder) => manyFiles(folder, 1000 * SCALE),
    destination: copyOf,
    restore: leaveAsItIs,
  },
  c: {
    name: '2 GiB of random data, first push',
    options: ['-a'],
    source: (folder) => randomFile(join(folder, 'big'), 2 * GIB * SCALE),
  },
  d: {
    name: '2 GiB, one block changed',
    options: ['-a'],
    source: (folder) => randomFile(join(folder, 'big'), 2 * GIB * SCALE),
    destination: (source, folder) => {
      copyOf(source, folder);
      changeBlock(join(folder, 'big'), GIB * SCALE);
    },
    restore: (folder) => changeBlock(join(folder, 'big'), GIB * SCALE),
  },
  e: {
    name: '500 MiB of text, -z',
    options: ['-az'],
    source: (folder) => textFile(join(folder, 'text'), 500 * MIB * SCALE),
  },
  f: {
    name: '200,000 files, nothing changed',
    options: ['-a'],
    source: (folder) => manyFiles(folder, 2000 * SCALE),
    destination: copyOf,
    restore: leaveAsItIs,
  },
  g: {
    name: '256 MiB, a basis that has nothing in common',
    options: ['-a'],
    source: (folder) => randomFile(join(folder, 'new'), 256 * MIB * SCALE),
    destination: (_source, folder) => {
      randomFile(join(folder, 'new'), 256 * MIB * SCALE);
      utimesSync(join(folder, 'new'), 1, 1);
    },
  },
};

/** Pushes with rsync and with tsersync in turns, to one daemon, and prints how they compare. */
export async function benchPush(wanted: readonly string[]): Promise<void> {
  const names = wanted.length > 0 ? wanted : Object.keys(scenarios);
  const unknown = names.find((name) => scenarios[name] === undefined);
  if (unknown !== undefined) throw new UnknownWordError(unknown, Object.keys(scenarios));
  await using rsyncd = await startRsyncd({ modules: [{ name: 'to' }] });
  const rows = [];
  for (const name of names) {
    const scenario = scenarios[name] as Scenario;
    const row = await compare(name, scenario, rsyncd);
    // The table comes at the end, which is far off.
    process.stderr.write(`${row.join('  ')}\n`);
    rows.push(row);
  }
  printTable(['', 'work', 'rsync s', 'tsersync s', 'time', 'client CPU', 'rsync MB', 'tsersync MB'], rows);
}

async function compare(name: string, scenario: Scenario, rsyncd: Rsyncd): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tsersync-bench-'));
  const source = join(folder, 'source');
  try {
    mkdirSync(source);
    scenario.source(source);
    const destination = rsyncd.modulePath('to');
    const costs: Record<'theirs' | 'ours', Cost[]> = { theirs: [], ours: [] };
    let isMade = false;
    // The first round warms the caches and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const who of ['theirs', 'ours'] as const) {
        if (isMade && scenario.restore !== undefined) scenario.restore(destination);
        else makeAnew(scenario, source, destination);
        isMade = true;
        // What was written for this run must not be on its way to the disk while it is measured.
        execFileSync('sync');
        const cost = await push(who, [...scenario.options, `${source}/`, rsyncd.url('to')]);
        if (round > 0) costs[who].push(cost);
      }
    }
    return row(name, scaledName(scenario.name, SCALE), costs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeAnew({ destination }: Scenario, source: string, folder: string): void {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  destination?.(source, folder);
}

function push(who: 'theirs' | 'ours', words: readonly string[]): Promise<Cost> {
  if (who === 'theirs') return measure('rsync', words);
  const main = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');
  return measure(process.execPath, [main, 'push', ...words]);
}

function row(
  name: string,
  work: string,
  { theirs, ours }: Record<'theirs' | 'ours', readonly Cost[]>,
): string[] {
  const of = (costs: readonly Cost[], part: keyof Cost) => median(costs.map((cost) => cost[part]));
  const ratio = (part: keyof Cost) => ratioText(of(ours, part), of(theirs, part));
  const seconds = (costs: readonly Cost[]) => (of(costs, 'wallMs') / 1000).toFixed(2);
  const most = (costs: readonly Cost[]) => Math.max(...costs.map(({ peakMb }) => peakMb)).toFixed(0);
  return [
    name,
    work,
    seconds(theirs),
    seconds(ours),
    ratio('wallMs'),
    ratio('cpuMs'),
    most(theirs),
    most(ours),
  ];
}

function manyFiles(folder: string, folders: number): void {
  const content = Buffer.alloc(100, 'x');
  for (let each = 0; each < folders; each++) {
    const path = join(folder, `folder-${each}`);
    mkdirSync(path);
    for (let file = 0; file < 100; file++) writeFileSync(join(path, `file-${file}.txt`), content);
  }
}

function randomFile(path: string, length: number): void {
  const file = openSync(path, 'w');
  for (let at = 0; at < length; at += 16 * MIB) writeSync(file, randomBytes(Math.min(16 * MIB, length - at)));
  closeSync(file);
}

/** Words of a language that nobody speaks: packs to about a third, like prose. */
function textFile(path: string, length: number): void {
  const numbers = new Uint32Array(randomBytes(4 * 40_000).buffer);
  const words = Array.from({ length: 20_000 }, () =>
    randomBytes(2 + Math.floor(Math.random() * 4)).toString('hex'),
  );
  const file = openSync(path, 'w');
  for (let at = 0, turn = 0; at < length; turn++) {
    const text = Array.from(
      { length: 20_000 },
      () => words[Math.floor(Math.random() ** 3 * words.length)],
    ).join(' ');
    at += writeSync(file, `${numbers[turn % numbers.length]} ${text}\n`);
  }
  ftruncateSync(file, length);
  closeSync(file);
}

function changeBlock(path: string, position: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, randomBytes(1000), 0, 1000, position);
  closeSync(file);
  utimesSync(path, 1, 1);
}

function leaveAsItIs(): void {
  // A push of what is there already changes nothing.
}

function copyOf(source: string, folder: string): void {
  cpSync(source, folder, { recursive: true, preserveTimestamps: true });
}
