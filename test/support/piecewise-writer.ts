import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * A process that writes files in pieces of 4 KB, with a pause after each: pause in ms, number of pieces, files. Each file
 * is open from its first piece to its last; `hold` as a last word: and for ever after that.
 */

const [pauseMs = '8', pieces = '5', ...words] = process.argv.slice(2);
const isHeld = words.at(-1) === 'hold';
for (const path of isHeld ? words.slice(0, -1) : words) {
  const file = openSync(path, isHeld ? 'w+' : 'w');
  for (let i = 0; i < Number(pieces); i += 1) {
    await delay(Number(pauseMs));
    writeSync(file, Buffer.alloc(4096, i + 1));
  }
  if (!isHeld) closeSync(file);
}
if (isHeld) setInterval(() => {}, 1000);
