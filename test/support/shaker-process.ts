import { setTimeout as delay } from 'node:timers/promises';
import { RandomChanges, randomFrom } from './random-changes.ts';

/* A process that changes a tree at random: folder, folder outside, seed, number of changes, longest pause in ms. */

const [root = '', outside = '', seed = '1', steps = '100', pauseMs = '20'] = process.argv.slice(2);
const changes = new RandomChanges(root, outside, Number(seed));
const random = randomFrom(Number(seed) + 1);
for (let i = 0; i < Number(steps); i += 1) {
  const deed = changes.step();
  process.stdout.write(`${Date.now() % 1e6} ${deed}\n`);
  // A name that is made, used and gone again within a moment leaves no trace of what was done to the file's others.
  if (deed.startsWith('hard link')) await delay(100);
  if (random() < 0.5) await delay(random() * Number(pauseMs));
}
