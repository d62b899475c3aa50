/*
 * Benchmarks beside other programs in the same run: `npm run bench -- push [a b ...]` or `npm run bench -- latency`;
 * `npm run bench -- memory` is about the watcher alone.
 * Absolute times mean little on a busy machine; the ratios are what counts.
 */
import { benchLatency } from './latency.ts';
import { benchMemory } from './memory.ts';
import { benchPush } from './push.ts';
import { UnknownWordError } from './unknown-word.ts';

const benchmarks: Readonly<Record<string, (words: readonly string[]) => Promise<void>>> = {
  push: benchPush,
  latency: benchLatency,
  memory: benchMemory,
};

const [name = '', ...words] = process.argv.slice(2);
try {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) throw new UnknownWordError(name, Object.keys(benchmarks));
  await benchmark(words);
} catch (thrown) {
  if (!(thrown instanceof UnknownWordError)) throw thrown;
  process.stderr.write(`bench: ${thrown.message}\n`);
  process.exitCode = 1;
}
