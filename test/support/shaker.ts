import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Shaking {
  readonly root: string;
  /** A folder on the same file system, for what is moved out and in. */
  readonly outside: string;
  readonly seed: number;
  readonly steps: number;
  /** The longest pause between two changes. */
  readonly pauseMs: number;
}

/** Has another process change a tree at random. Resolves to what it has done, one line for each change. */
export function shake({ root, outside, seed, steps, pauseMs }: Shaking): Promise<string[]> {
  const script = join(import.meta.dirname, 'shaker-process.ts');
  const words = [script, root, outside, String(seed), String(steps), String(pauseMs)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) reject(new Error(`the changes ended with ${code}`));
      else resolve(Buffer.concat(chunks).toString().split('\n'));
    });
  });
}
