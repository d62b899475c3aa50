import { defineConfig } from 'vitest/config';
import { TestReporter } from './scripts/test-report.ts';
import { threadWords } from './test/support/node-words.ts';
import { findEngine } from './test/support/rsyncd-engine.ts';
import { isQuick } from './test/support/runs.ts';

/** Where the report of a run goes, for whoever adds up several. */
const { TSERSYNC_TEST_REPORT: report, TSERSYNC_RSYNCD, CI } = process.env;

/**
 * What the quick lane leaves out: tests of what surrounds the program, which start npm, compilers and whole clones; those
 * that have to wait, for threads, for servers that say nothing, for pipes that nobody fills; and the few that put
 * something in the place of a module, since files share their modules there.
 */
const slow = [
  'test/{launcher,package,readme}.test.ts',
  'test/scripts/**',
  'test/protocol/client/{hostile-server,recorded-sessions}.test.ts',
  'test/protocol/named-files/{read-named,swapped-links}.test.ts',
  'test/watch/hostile-remote.test.ts',
  'test/watch/lanes/lane.test.ts',
  'test/protocol/trees/folder-gate.test.ts',
  'test/protocol/trees/id-names.test.ts',
  'test/protocol/trees/open-noatime.test.ts',
  'test/protocol/trees/swapped-folders.test.ts',
];
/** Few tests take a second, but a machine may be busy; and some leave thousands of files to remove. */
const patience = { testTimeout: 60_000, hookTimeout: 300_000 };
const unit = {
  name: 'unit',
  include: ['test/**/*.test.ts'],
  exclude: ['test/rsync/**', 'test/server/**', ...(isQuick ? slow : [])],
  // Files share what they load.
  ...(isQuick && { setupFiles: ['test/support/quick.ts'], isolate: false }),
};
/** What the real rsync of this machine does on its own, whichever server the other suite runs against. */
const rsync = { name: 'rsync', include: ['test/rsync/**/*.test.ts'] };
/** What is about this machine, whatever the server, runs once: not against each version in a container again. */
const local = [
  'test/server/replicator-{limits,lock,mounts,root,writers}.test.ts',
  'test/server/named-files.test.ts',
];
const server = {
  name: 'server',
  include: ['test/server/**/*.test.ts'],
  exclude: TSERSYNC_RSYNCD === 'docker' ? local : [],
};

/** Where nobody promised a server its suite is left out, and the run says so; elsewhere, as in CI, it fails. */
const engine = findEngine();
const isServerLeftOut = engine.kind === 'none' && !TSERSYNC_RSYNCD && !CI;
if (isServerLeftOut) process.once('exit', () => warn(engine.missing));

export default defineConfig({
  test: {
    // Vitest would leave a processor idle, which is half of a small machine; these tests wait more than they compute.
    maxWorkers: '100%',
    projects: (isServerLeftOut ? [unit] : [unit, rsync, server]).map((test) => ({
      test: { ...test, ...patience, execArgv: [...threadWords] },
    })),
    reporters: ['default', ...(report ? [new TestReporter(report)] : [])],
  },
});

function warn(missing: string): void {
  const line = '!'.repeat(110);
  process.stderr.write(
    `\n${line}\n! ${missing}\n! The suites test/rsync and test/server were left out.\n${line}\n`,
  );
}
