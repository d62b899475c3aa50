import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestState } from 'vitest/node';

/** What one run of the tests has come to. */
export interface TestReport {
  readonly passed: number;
  readonly skipped: number;
  /** What failed, each with its reasons. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** `test/a.test.ts > the group > the test`, or what else has failed. */
  readonly what: string;
  readonly why: readonly string[];
}

/** Writes a {@link TestReport} as JSON. Nothing is lost in it: not a test that never ended, nor an error beside the tests. */
export class TestReporter implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    writeFileSync(this.#path, JSON.stringify(reportOf(modules, errors)));
  }
}

/** @param errors Those that belong to no test. */
function reportOf(modules: readonly TestModule[], errors: readonly Reason[]): TestReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const stray = errors.map((error) => ({ what: 'beside the tests', why: textsOf([error]) }));
  const failedGroups = groups.flatMap((group) => {
    const what = group.type === 'module' ? group.relativeModuleId : nameOf(group);
    return group.errors().length === 0 ? [] : [{ what, why: textsOf(group.errors()) }];
  });
  const count = (state: TestState) => tests.filter((test) => test.result().state === state).length;
  return {
    passed: count('passed'),
    skipped: count('skipped'),
    failures: [...stray, ...failedGroups, ...tests.flatMap(failureOf)],
  };
}

function failureOf(test: TestCase): Failure[] {
  const { state, errors = [] } = test.result();
  if (state === 'failed') return [{ what: nameOf(test), why: textsOf(errors) }];
  return state === 'pending' ? [{ what: nameOf(test), why: ['has not ended'] }] : [];
}

function nameOf({ module, fullName }: Pick<TestCase, 'module' | 'fullName'>): string {
  return `${module.relativeModuleId} > ${fullName}`;
}

interface Reason {
  readonly message: string;
  readonly stack?: string;
  readonly diff?: string;
  readonly cause?: unknown;
}

function textsOf(errors: readonly Reason[]): string[] {
  return errors.flatMap(({ message, stack = '', diff = '', cause }) => [
    // Most stacks begin with the message.
    ...(stack.includes(message) ? [] : [message]),
    ...[diff, stack].filter((text) => text !== ''),
    ...(isReason(cause) ? textsOf([cause]) : []),
  ]);
}

function isReason(cause: unknown): cause is Reason {
  return typeof cause === 'object' && cause !== null && 'message' in cause;
}
