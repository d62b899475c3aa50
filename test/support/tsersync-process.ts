import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { threadWords } from './node-words.ts';
import type { RsyncResult } from './rsync-client.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** What a shell is told to run our program; older Node.js warns when it strips types. */
export const tsersyncWords: readonly string[] = [
  process.execPath,
  ...threadWords,
  '--disable-warning=ExperimentalWarning',
  MAIN,
];

export interface RunningProcess {
  readonly child: ChildProcess;
  readonly result: Promise<RsyncResult>;
}

interface ProcessOptions {
  readonly folder?: string;
  /** Another user and group, by number. */
  readonly id?: number;
}

/** Starts a program of its own; standard input is empty. */
export function start(words: readonly string[], { folder, id }: ProcessOptions = {}): RunningProcess {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(id !== undefined && { uid: id, gid: id }),
  });
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => errors.push(chunk));
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('latin1');
  const result = new Promise<RsyncResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${program} was ended by ${signal}: ${text(errors)}`));
      else resolve({ exitCode: code, stdout: text(out), stderr: text(errors) });
    });
  });
  return { child, result };
}

/** Our program as a process of its own. */
export function startTsersync(words: readonly string[], options?: ProcessOptions): RunningProcess {
  return start([...tsersyncWords, ...words], options);
}
