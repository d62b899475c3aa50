/**
 * Adds up vitest's JSON reports: `test-summary.ts STATUS REPORT...`, where STATUS is not 0 when a step that leaves no
 * report (types, lint, an image) has failed. Prints one line and exits with 1 unless all is well.
 */
import { readFileSync } from 'node:fs';

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

const [status, ...files] = process.argv.slice(2);
const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report);

const passed = sum((report) => report.numPassedTests);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
// A file that could not be loaded fails without a failed test.
const failedTests = sum((report) => Math.max(report.numFailedTests, report.success ? 0 : 1));
const isBad = status !== '0' || passed === 0;
const failed = Math.max(failedTests, isBad ? 1 : 0);

process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

function sum(countOf: (report: Report) => number): number {
  return reports.reduce((total, report) => total + countOf(report), 0);
}
