import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTree } from '../support/disk-tree.ts';
import { untilEqual } from '../support/replication.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { start, tsersyncWords } from '../support/tsersync-process.ts';

let rsyncd: Rsyncd;
let base: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  base = mkdtempSync(join(tmpdir(), 'tsersync-limits-'));
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

/** Runs a program where the system allows only so many of something. */
function limited(limit: string, value: number, words: readonly string[]): string[] {
  const script = `echo ${value} > /proc/sys/user/${limit} && exec "$@"`;
  return ['unshare', '-U', '--map-root-user', 'sh', '-c', script, 'sh', ...words];
}

function canLimit(): boolean {
  try {
    const [program = '', ...words] = limited('max_inotify_watches', 1, ['true']);
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('! No user namespace can be made here, so the tests with limits are left out\n');
    return false;
  }
}

function configFor(root: string, module: string): string {
  const file = `${root}.xml`;
  const switches = '<inotify><delete start="true"/><createFolder start="true"/></inotify>';
  writeFileSync(
    file,
    `<head version="2.5">${switches}<sersync>
      <localpath watch="${root}"><remote ip="127.0.0.1" name="${module}"/></localpath>
      <rsync><commonParams params="-a"/><userDefinedPort start="true" port="${rsyncd.port}"/></rsync>
    </sersync></head>`,
  );
  return file;
}

describe.runIf(process.platform === 'linux' && canLimit())('a system that allows', () => {
  it.each([
    ['no inotify instance', 'max_inotify_instances', 0],
    ['three watches', 'max_inotify_watches', 3],
  ])('%s has folders looked at again and again, and says so', async (_, limit, value) => {
    const root = join(base, limit);
    const destination = join(rsyncd.modulePath('inbox'), limit);
    mkdirSync(destination);
    for (let i = 0; i < 5; i += 1) writeTree(join(root, `d${i}`), { a: 'a', sub: { b: 'b' } });
    const words = [...tsersyncWords, '-r', '-o', configFor(root, `inbox/${limit}`)];
    const { child, result } = start(limited(limit, value, words));
    await untilEqual(root, destination);
    for (let i = 0; i < 5; i += 1) {
      writeFileSync(join(root, `d${i}`, 'sub', 'b'), 'B');
      rmSync(join(root, `d${i}`, 'a'));
      writeTree(join(root, `d${i}`), { new: { deep: { c: 'c' } } });
    }
    await untilEqual(root, destination);
    writeFileSync(join(root, 'd4', 'new', 'deep', 'c'), 'changed later');
    await untilEqual(root, destination);
    child.kill('SIGTERM');
    expect((await result).stdout).toMatch(/looked at again and again/);
  });
});
