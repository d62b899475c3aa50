import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure, TestReport } from '../../scripts/test-report.ts';

const PROGRAM = join(import.meta.dirname, '../../scripts/test-summary.ts');
const FAILURE: Failure = { what: 'a.test.ts > adds', why: ['expected 2 to be 3'] };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-summary-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function report(name: string, passed: number, skipped: number, failures: readonly Failure[] = []): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ passed, skipped, failures } satisfies TestReport));
  return path;
}

function summary(status: string, ...reports: string[]): { lines: string[]; exitCode: number | null } {
  const { stdout, status: exitCode } = spawnSync(process.execPath, [PROGRAM, status, ...reports], {
    encoding: 'utf8',
  });
  return { lines: stdout.trimEnd().split('\n'), exitCode };
}

describe('the summary of a CI run', () => {
  it('adds up all reports', () => {
    const reports = [report('a', 40, 2), report('b', 2, 0)];
    expect(summary('0', ...reports)).toEqual({ lines: ['42 passed, 0 failed, 2 skipped'], exitCode: 0 });
  });

  it('fails when a test failed, and says which and why', () => {
    const reports = [report('local', 40, 0), report('docker', 2, 0, [FAILURE])];
    expect(summary('0', ...reports)).toEqual({
      lines: ['FAILED docker: a.test.ts > adds', '    expected 2 to be 3', '42 passed, 1 failed, 0 skipped'],
      exitCode: 1,
    });
  });

  it('names all failures, with the reasons of the first', () => {
    const failures = Array.from({ length: 30 }, () => ({ what: 'test', why: ['line\n'.repeat(500)] }));
    const { lines } = summary('1', report('a', 1, 0, failures));
    expect(lines.filter((line) => line === 'FAILED a: test')).toHaveLength(30);
    expect(lines.length).toBeLessThan(500);
    expect(lines.at(-1)).toBe('1 passed, 30 failed, 0 skipped');
  });

  it('counts a step that failed without a report, and a run without any test', () => {
    const fine = report('a', 40, 0);
    expect(summary('1', fine)).toEqual({ lines: ['40 passed, 1 failed, 0 skipped'], exitCode: 1 });
    expect(summary('0')).toEqual({ lines: ['0 passed, 1 failed, 0 skipped'], exitCode: 1 });
  });
});
