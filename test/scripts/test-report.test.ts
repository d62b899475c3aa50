import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestReport } from '../../scripts/test-report.ts';

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const REPORTER = join(ROOT, 'scripts/test-report.ts');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-report-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What is reported of a run of vitest with these tests. */
function reportOn(name: string, tests: string): TestReport {
  const report = join(folder, `${name}.json`);
  const config = join(folder, `${name}.config.ts`);
  writeFileSync(join(folder, `${name}.test.ts`), tests);
  writeFileSync(
    config,
    `import { TestReporter } from ${JSON.stringify(REPORTER)};
    const reporters = [new TestReporter(${JSON.stringify(report)})];
    export default { test: { globals: true, reporters, include: ['${name}.test.ts'] } };`,
  );
  spawnSync(process.execPath, [VITEST, 'run', '--root', folder, '--config', config]);
  return JSON.parse(readFileSync(report, 'utf8'));
}

describe('the report of a run', () => {
  it('counts', () => {
    const tests = "it('is well', () => {}); it.skip('is left out', () => {}); it.todo('is to come');";
    expect(reportOn('well', tests)).toEqual({ passed: 1, skipped: 2, failures: [] });
  });

  it('tells why a test failed', () => {
    const tests = "describe('sums', () => it('add up', () => expect(1 + 1).toBe(3)));";
    const { passed, failures } = reportOn('sums', tests);
    expect(passed).toBe(0);
    expect(failures).toEqual([
      {
        what: 'sums.test.ts > sums > add up',
        why: expect.arrayContaining([expect.stringContaining('expected 2 to be 3')]),
      },
    ]);
  });

  it('counts a file that could not be loaded, and a group that could not begin', () => {
    expect(reportOn('unloaded', "throw new Error('no file');").failures).toEqual([
      { what: 'unloaded.test.ts', why: [expect.stringContaining('no file')] },
    ]);
    const tests =
      "describe('group', () => { beforeAll(() => { throw new Error('no'); }); it('is', () => {}); });";
    expect(reportOn('group', tests).failures).toEqual([
      { what: 'group.test.ts > group', why: [expect.stringContaining('no')] },
    ]);
  });

  it('counts an error outside the tests, though they are all well', () => {
    const tests =
      "it('is well', async () => { setTimeout(() => { throw new Error('late'); }); await new Promise((next) => setTimeout(next, 50)); });";
    const { passed, failures } = reportOn('late', tests);
    expect(passed).toBe(1);
    expect(failures).toEqual([{ what: 'beside the tests', why: [expect.stringContaining('late')] }]);
  });

  it('names the tests that a process took with it when it died', () => {
    const tests = "it('dies', () => process.kill(process.pid, 'SIGKILL')); it('is never run', () => {});";
    const { passed, failures } = reportOn('dead', tests);
    expect(passed).toBe(0);
    expect(failures.map(({ what }) => what)).toEqual([
      'beside the tests',
      'dead.test.ts > dies',
      'dead.test.ts > is never run',
    ]);
    expect(failures[0]?.why.join('\n')).toContain('SIGKILL');
  });
});
