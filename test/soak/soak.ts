import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startReplicator } from '../../src/watch/index.ts';
import { keptLog, LEFT_BEHIND, replicationConfig, untilEqual } from '../support/replication.ts';
import { startRsyncd } from '../support/rsyncd.ts';
import { shake } from '../support/shaker.ts';
import { writeSlowly } from './slow-writes.ts';

/*
 * Changes a watched tree at random for a long time, and looks now and then whether the remote is equal. Not part of
 * the tests: node --wasm-wrapper-tiering-budget=2147483647 test/soak/soak.ts --rounds 100 --faults
 * (why this flag: test/support/node-words.ts)
 * With --slow-writes, files are also written whose bytes come late: that needs Linux, root and python3.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    steps: { type: 'string', default: '150' },
    pause: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    faults: { type: 'boolean', default: false },
    'slow-writes': { type: 'boolean', default: false },
    own: { type: 'string' },
    params: { type: 'string', default: '-a' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'tsersync-soak-'));
const root = join(folder, 'tree');
const outside = join(folder, 'outside');
mkdirSync(root);
mkdirSync(outside);
const rsyncd = await startRsyncd({ modules: [{ name: 'm' }] });
const module = rsyncd.modulePath('m');
const log = keptLog();
const replicator = await startReplicator(
  replicationConfig({
    root,
    port: rsyncd.port,
    remotes: [{ module: 'm' }],
    params: values.params,
    ...(values.own !== undefined && { own: values.own }),
  }),
  { log, startsWithAll: true },
);

replicator.events.on('batch', ({ kind, paths, deleted, latencyMs }) => {
  log.lines.push(`batch ${Date.now() % 1e6} ${kind} ${latencyMs} ${deleted} ${JSON.stringify(paths)}`);
});

let isFaulty = values.faults;
const faults = (async () => {
  while (isFaulty) {
    await delay(500 + Math.random() * 3000);
    await rsyncd.stop();
    await delay(Math.random() * 2000);
    await rsyncd.start();
  }
})();

for (let round = 0; round < Number(values.rounds); round += 1) {
  const seed = Number(values.seed) + round;
  const steps = Number(values.steps);
  const isShaken = new AbortController();
  const slowWrites = values['slow-writes'] ? writeSlowly(root, isShaken.signal) : undefined;
  const deeds = await shake({ root, outside, seed, steps, pauseMs: Number(values.pause) });
  isShaken.abort();
  await slowWrites;
  const startedAt = performance.now();
  try {
    const options = values.faults ? [LEFT_BEHIND] : [];
    await untilEqual(root, module, { deadlineMs: 30_000, options });
  } catch (thrown) {
    say(`round ${round}, seed ${seed}: ${(thrown as Error).message}`);
    say(deeds.map((deed, i) => `${i}: ${deed}`).join('\n'));
    say(log.lines.slice(-300).join('\n'));
    say(JSON.stringify(replicator.status(), undefined, 1));
    say(`${folder} ${module}`);
    process.exit(1);
  }
  const warnings = log.lines.filter((line) => /^(?:warn|error)/.test(line)).length;
  const sent = log.lines.filter((line) => line.startsWith('info: sent')).length;
  const ms = Math.round(performance.now() - startedAt);
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  say(`round ${round}: equal after ${ms} ms, ${sent} sessions, ${warnings} warnings, ${memory} MB`);
  log.lines.length = 0;
}
isFaulty = false;
await faults;
await replicator.stop();
await rsyncd[Symbol.asyncDispose]();
rmSync(folder, { recursive: true });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
