import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile } from '../../../src/cli/output/log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const world = { now: () => new Date(2026, 0, 2, 3, 4, 5), processId: 7 };

it('adds lines at the end of the file', () => {
  for (const text of ['one', 'two']) {
    const log = new LogFile(join(folder, 'log'), world);
    log.write(text);
    log.close();
  }
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(
    '2026/01/02 03:04:05 [7] one\n2026/01/02 03:04:05 [7] two\n',
  );
});

it('waits for a slow reader of a pipe, so that no line is lost or cut', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('sh', ['-c', 'exec 3< "$1"; echo; sleep 0.2; exec wc -c <&3', 'sh', pipe]);
  let counted = '';
  reader.stdout.on('data', (text) => {
    counted += text;
  });
  // The shell opens the pipe only together with us.
  const opening = new LogFileOpener(pipe);
  const log = await opening.log();
  for (let line = 0; line < 2000; line += 1) log.write('x'.repeat(75));
  log.close();
  await once(reader, 'close');
  expect(Number(counted)).toBe(2000 * 100);
  expect(log.failure).toBeUndefined();
});

/** Opens the log as soon as the pipe has a reader. */
class LogFileOpener {
  readonly #pipe: string;

  constructor(pipe: string) {
    this.#pipe = pipe;
  }

  async log(): Promise<LogFile> {
    for (;;) {
      try {
        return new LogFile(this.#pipe, world);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'ENXIO' });
        await new Promise((done) => setImmediate(done));
      }
    }
  }
}

it('is made for the owner to write and all to read, as umask allows', () => {
  new LogFile(join(folder, 'log'), world).close();
  expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o644 & ~process.umask());
});
