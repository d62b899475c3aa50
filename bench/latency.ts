import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import { startRsyncd } from '../test/support/rsyncd.ts';
import { median } from './measure.ts';
import { printTable } from './table.ts';
import { moduleNames, startWatchers, type Watcher } from './watchers.ts';

/** One kind of change. */
interface Work {
  readonly name: string;
  readonly rounds: number;
  /** Makes the change; answers what must be true of the module when it has arrived. */
  readonly change: (watcher: Watcher, round: number) => () => boolean;
}

const SMALL_ROUNDS = Number(process.env.BENCH_ROUNDS ?? 50);
const TREE_ROUNDS = 3;
const FOLDERS = 20;
const FILES = 100;
/** Between two changes, for everybody to come to rest. */
const PAUSE_MS = 150;
const LONGEST_MS = 60_000;
const CONTENT = Buffer.alloc(100, 'x');

const works: readonly Work[] = [
  {
    name: 'one small file, p50',
    rounds: SMALL_ROUNDS,
    change: ({ tree, module }, round) => {
      writeFileSync(join(tree, `file-${round}`), CONTENT);
      return () =>
        statSync(join(module, `file-${round}`), { throwIfNoEntry: false })?.size === CONTENT.length;
    },
  },
  {
    name: `${FOLDERS * FILES} files in ${FOLDERS} new folders`,
    rounds: TREE_ROUNDS,
    change: ({ tree, module }, round) => {
      for (let folder = 0; folder < FOLDERS; folder++) {
        const path = join(tree, `tree-${round}`, `${folder}`);
        mkdirSync(path, { recursive: true });
        for (let file = 0; file < FILES; file++) writeFileSync(join(path, `${file}`), CONTENT);
      }
      return () => isFull(join(module, `tree-${round}`));
    },
  },
  {
    name: 'that tree deleted',
    rounds: TREE_ROUNDS,
    change: ({ tree, module }, round) => {
      rmSync(join(tree, `tree-${round}`), { recursive: true });
      return () => !existsSync(join(module, `tree-${round}`));
    },
  },
];

/** Changes the trees of all watchers in turns, and prints how long each took until its remote showed the change. */
export async function benchLatency(): Promise<void> {
  await using rsyncd = await startRsyncd({ modules: moduleNames.map((name) => ({ name })) });
  const folder = mkdtempSync(join(tmpdir(), 'tsersync-latency-'));
  const watchers = startWatchers(folder, rsyncd);
  try {
    for (const watcher of watchers) await warmUp(watcher);
    const rows = [];
    for (const work of works) rows.push(await compare(work, watchers));
    printTable(['until visible on the remote, ms', ...watchers.map(({ name }) => name)], rows);
  } finally {
    for (const watcher of watchers) watcher.stop();
    await delay(PAUSE_MS);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A watcher that has just been started may miss changes: it gets new ones until one arrives. */
async function warmUp({ name, tree, module }: Watcher): Promise<void> {
  for (const deadline = performance.now() + LONGEST_MS; performance.now() < deadline; await delay(PAUSE_MS)) {
    writeFileSync(join(tree, 'warm-up'), `${performance.now()}`);
    if (existsSync(join(module, 'warm-up'))) return;
  }
  throw new Error(`${name} sends nothing`);
}

async function compare(work: Work, watchers: readonly Watcher[]): Promise<string[]> {
  const times = new Map<Watcher, number[]>(watchers.map((watcher) => [watcher, []]));
  for (let round = 0; round < work.rounds; round++) {
    for (const [watcher, own] of times) {
      await delay(PAUSE_MS);
      const startedAt = performance.now();
      const hasArrived = work.change(watcher, round);
      await until(hasArrived, `${watcher.name}: ${work.name}`);
      own.push(performance.now() - startedAt);
    }
  }
  return [work.name, ...[...times.values()].map((own) => median(own).toFixed(median(own) < 100 ? 1 : 0))];
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (const deadline = performance.now() + LONGEST_MS; !isTrue(); await breathe()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${LONGEST_MS} ms`);
  }
}

function isFull(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const folders = readdirSync(folder);
  return folders.length === FOLDERS && folders.every((name) => namesIn(join(folder, name)).length === FILES);
}

/** A file that is still arriving has another name. */
function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('.'));
}
