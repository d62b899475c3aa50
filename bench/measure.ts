import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What one run of a program took. */
export interface Cost {
  readonly wallMs: number;
  /** User and system time of the process itself. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

const SAMPLE_MS = 5;
/** Ticks of `/proc/PID/stat`: 100 a second on every Linux. */
const MS_PER_TICK = 10;

/** Runs a program to its end and watches it through /proc. Anything but exit code 0 is an error. */
export async function measure(command: string, args: readonly string[]): Promise<Cost> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  let last = { cpuMs: 0, peakMb: 0 };
  const sampling = setInterval(() => {
    last = sample(child.pid) ?? last;
  }, SAMPLE_MS);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(sampling);
  const wallMs = performance.now() - startedAt;
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}: ${complaints}`);
  return { wallMs, ...last };
}

function sample(pid: number | undefined): { cpuMs: number; peakMb: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    if (peak === undefined) return undefined;
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, peakMb: Number(peak) / 1024 };
  } catch {
    // It has just ended: the sample before this one counts.
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
