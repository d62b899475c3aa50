/*
 * Benchmarks beside other programs in the same run: `npm run bench -- push [a b ...]` or `npm run bench -- latency`.
 * Absolute times mean little on a busy machine; the ratios are what counts.
 */
import { benchLatency } from './latency.ts';
import { benchPush } from './push.ts';

const benchmarks: Readonly<Record<string, (words: readonly string[]) => Promise<void>>> = {
  push: benchPush,
  latency: benchLatency,
};

const [name = '', ...words] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined)
  throw new Error(`no benchmark ${name}: there are ${Object.keys(benchmarks).join(', ')}`);
await benchmark(words);
