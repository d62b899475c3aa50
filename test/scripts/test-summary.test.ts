import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../scripts/test-summary.ts');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-summary-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function report(name: string, success: boolean, [passed, failed, pending, todo]: readonly number[]): string {
  const path = join(folder, name);
  const counts = {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
  };
  writeFileSync(path, JSON.stringify({ success, ...counts }));
  return path;
}

function summary(status: string, ...reports: string[]): { line: string; exitCode: number | null } {
  const { stdout, status: exitCode } = spawnSync(process.execPath, [PROGRAM, status, ...reports], {
    encoding: 'utf8',
  });
  return { line: stdout, exitCode };
}

describe('the summary of a CI run', () => {
  it('adds up all reports', () => {
    const reports = [report('a', true, [40, 0, 1, 1]), report('b', true, [2, 0, 0, 0])];
    expect(summary('0', ...reports)).toEqual({ line: '42 passed, 0 failed, 2 skipped\n', exitCode: 0 });
  });

  it('fails when a test failed', () => {
    const reports = [report('a', false, [40, 3, 0, 0]), report('b', true, [2, 0, 0, 0])];
    expect(summary('1', ...reports)).toEqual({ line: '42 passed, 3 failed, 0 skipped\n', exitCode: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(summary('1', report('a', false, [40, 0, 0, 0])).line).toBe('40 passed, 1 failed, 0 skipped\n');
  });

  it('counts a step that failed without a report, and a run without any test', () => {
    const fine = report('a', true, [40, 0, 0, 0]);
    expect(summary('1', fine)).toEqual({ line: '40 passed, 1 failed, 0 skipped\n', exitCode: 1 });
    expect(summary('0')).toEqual({ line: '0 passed, 1 failed, 0 skipped\n', exitCode: 1 });
  });
});
