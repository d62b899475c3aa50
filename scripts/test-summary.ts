/**
 * Adds up the reports of test runs: `test-summary.ts STATUS REPORT...`, where STATUS is not 0 when a step that leaves no
 * report (types, lint, an image) has failed. Says once more what has failed, at the end, where it is found. The last
 * line has the counts. Exits with 1 unless all is well.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Failure, TestReport } from './test-report.ts';

/** Of one failure. */
const MAX_LINES = 40;
/** Whose reasons are told; the names are told of all. */
const MAX_REASONS = 10;

const [status, ...files] = process.argv.slice(2);
const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as TestReport);

const failures = reports.flatMap((report, i) => {
  const run = basename(files[i] ?? '', '.json');
  return report.failures.map((failure) => ({ ...failure, what: `${run}: ${failure.what}` }));
});
const passed = sum((report) => report.passed);
const isBad = status !== '0' || passed === 0;
const failed = Math.max(failures.length, isBad ? 1 : 0);

failures.forEach(tell);
process.stdout.write(`${passed} passed, ${failed} failed, ${sum((report) => report.skipped)} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

function tell({ what, why }: Failure, index: number): void {
  const lines = index < MAX_REASONS ? why.join('\n').split('\n').slice(0, MAX_LINES) : [];
  process.stdout.write(`FAILED ${what}\n${lines.map((line) => `    ${line}\n`).join('')}`);
}

function sum(countOf: (report: TestReport) => number): number {
  return reports.reduce((total, report) => total + countOf(report), 0);
}
