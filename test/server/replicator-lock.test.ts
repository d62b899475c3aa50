import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilEqual } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { type RunningProcess, startTsersync } from '../support/tsersync-process.ts';

let rsyncd: Rsyncd;
let base: string;
const running: RunningProcess[] = [];

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  base = mkdtempSync(join(tmpdir(), 'tsersync-lock-'));
});

afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

/** A config for a folder, with deletion on. */
function configFor(root: string, module: string): string {
  const file = join(base, `${root.replaceAll('/', '-')}.xml`);
  const switches = '<inotify><delete start="true"/><createFolder start="true"/></inotify>';
  writeFileSync(
    file,
    `<head version="2.5">${switches}<sersync>
      <localpath watch="${join(base, root)}"><remote ip="127.0.0.1" name="${module}"/></localpath>
      <rsync><commonParams params="-a"/><userDefinedPort start="true" port="${rsyncd.port}"/></rsync>
    </sersync></head>`,
  );
  return file;
}

function run(...files: string[]): RunningProcess {
  const started = startTsersync(['-r', ...files.flatMap((file) => ['-o', file])]);
  started.result.catch(() => {});
  running.push(started);
  return started;
}

describe.runIf(process.platform === 'linux')('two processes', () => {
  it('do not watch one folder, by whatever path; one that was killed is in nobody’s way', async () => {
    mkdirSync(join(base, 'real', 'tree'), { recursive: true });
    symlinkSync('real', join(base, 'link'));
    writeFileSync(join(base, 'real', 'tree', 'a'), 'a');
    const [first, second] = [configFor('real/tree', 'inbox/first'), configFor('link/tree', 'inbox/second')];
    for (const module of ['first', 'second']) mkdirSync(join(rsyncd.modulePath('inbox'), module));
    const one = run(first);
    await untilEqual(join(base, 'real', 'tree'), join(rsyncd.modulePath('inbox'), 'first'));
    const other = await run(second).result;
    expect(other.exitCode).not.toBe(0);
    expect(other.stderr).toContain(`process ${one.child.pid} watches this folder already`);
    one.child.kill('SIGKILL');
    await one.result.catch(() => {});
    run(second);
    await untilEqual(join(base, 'real', 'tree'), join(rsyncd.modulePath('inbox'), 'second'));
  });

  it('do not delete what the other sends, nor do two configs of one process', async () => {
    const shared = join(rsyncd.modulePath('inbox'), 'shared');
    for (const folder of [join(base, 'x'), join(base, 'y'), shared]) mkdirSync(folder);
    writeFileSync(join(base, 'x', 'of x'), '');
    const [x, y] = [configFor('x', 'inbox/shared'), configFor('y', 'inbox/shared')];
    const both = await run(x, y).result;
    expect(both.exitCode).not.toBe(0);
    expect(both.stderr).toContain('are both sent to 127.0.0.1::inbox/shared');
    const one = run(x);
    await untilEqual(join(base, 'x'), shared);
    const other = await run(y).result;
    expect(other.stderr).toContain(`process ${one.child.pid} sends another folder to`);
    await untilEqual(join(base, 'x'), shared);
  });
});
