import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SCRIPT = join(import.meta.dirname, 'slow-write.py');

/**
 * Overwrites files directly in a folder, again and again until the signal comes, with writes whose bytes arrive late;
 * every other one sets the time of the file back. Resolves when the last write has ended.
 */
export async function writeSlowly(folder: string, signal: AbortSignal): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const names = [...files.map(({ name }) => name), 'slow'];
    const name = names[Math.floor(Math.random() * names.length)] as string;
    const size = 1 + Math.floor(Math.random() * 200_000);
    const pauseMs = Math.floor(Math.random() * 20);
    const words = [SCRIPT, join(folder, name), String(size), String(65 + (count % 26)), String(pauseMs)];
    await run(count % 2 === 0 ? words : [...words, 'set-back']);
    await delay(Math.random() * 200);
  }
}

function run(words: readonly string[]): Promise<void> {
  const child = spawn('python3', words, { stdio: ['ignore', 'inherit', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const text = Buffer.concat(chunks).toString();
      // The file has become a folder meanwhile, or is gone.
      const isClash = /IsADirectoryError|FileNotFoundError|PermissionError/.test(text);
      if (code === 0 || isClash) resolve();
      else reject(new Error(`slow-write.py ended with ${code}: ${text}`));
    });
  });
}
