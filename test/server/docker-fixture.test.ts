import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RsyncResult, rsync } from '../support/rsync-client.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/docker');
const MODULES = ['inbox', 'private', 'museum', 'strict', 'clean', 'narrow'];

let folder: string;
let config: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-fixture-'));
  for (const name of MODULES) mkdirSync(join(folder, name));
  config = join(folder, 'rsyncd.conf');
  const secrets = join(folder, 'rsyncd.secrets');
  writeFileSync(secrets, readFileSync(join(FIXTURE, 'rsyncd.secrets')), { mode: 0o600 });
  const here = readFileSync(join(FIXTURE, 'rsyncd.conf'), 'utf8')
    .replace('/dev/stdout', join(folder, 'log'))
    .replace('/run/rsyncd.lock', join(folder, 'lock'))
    .replace('/etc/rsyncd.secrets', secrets)
    .replace('use chroot = yes', 'use chroot = no')
    .replaceAll(/^[ug]id = root$/gm, '')
    .replaceAll('/srv/rsync', folder);
  writeFileSync(config, here);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A client of a daemon that serves it alone, on standard input and output. */
function client(args: string[], password?: string): Promise<RsyncResult> {
  const daemon = `sh -c 'exec rsync --server --daemon --config=${config} .'`;
  return rsync(['--rsh', daemon, ...args], password === undefined ? {} : { password });
}

describe('the daemon to play with', () => {
  it('has its modules, and a folder in the image for each', async () => {
    const { stdout } = await client(['any::']);
    expect(stdout.split('\n').flatMap((line) => line.match(/^\w+/)?.[0] ?? [])).toEqual(MODULES);
    const dockerfile = readFileSync(join(FIXTURE, 'Dockerfile'), 'utf8');
    for (const name of MODULES) expect(dockerfile).toContain(`/srv/rsync/${name}`);
  });

  it('has the users that it names', async () => {
    expect(await client(['alice@any::private'], 'opensesame')).toMatchObject({ exitCode: 0 });
    expect(await client(['bob@any::private'], 'two words')).toMatchObject({ exitCode: 0 });
    expect(await client(['bob@any::private'], 'opensesame')).toMatchObject({ exitCode: 5 });
  });

  it('is strict where it says so', async () => {
    for (const option of ['--delete', '--compress', '--checksum']) {
      expect((await client(['-r', option, FIXTURE, 'any::strict'])).stderr).toMatch(/refuse/);
    }
    expect((await client(['-r', FIXTURE, 'any::museum'])).stderr).toContain('read only');
  });
});
