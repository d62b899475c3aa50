import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { tsersync } from '../support/tsersync-client.ts';

let rsyncd: Rsyncd;

beforeAll(async () => {
  rsyncd = await startRsyncd({
    motd: 'Mind the gap.\nAnd the\ttab.\n',
    modules: [
      { name: 'inbox', comment: 'open to all' },
      { name: 'two words', comment: '' },
      { name: 'averyveryverylongname', comment: 'long' },
      { name: 'hidden', list: false },
    ],
  });
});

afterAll(() => rsyncd[Symbol.asyncDispose]());

describe('a list of modules', () => {
  it.each([
    ['a URL', () => [`rsync://127.0.0.1:${rsyncd.port}/`]],
    ['a URL without a slash', () => [`rsync://127.0.0.1:${rsyncd.port}`]],
    ['two colons', () => [`--port=${rsyncd.port}`, '127.0.0.1::']],
    ['no message of the day, and so no modules', () => ['--no-motd', `rsync://127.0.0.1:${rsyncd.port}/`]],
    ['no words at all', () => ['-q', `rsync://127.0.0.1:${rsyncd.port}/`]],
    ['errors only', () => ['--stderr=all', `rsync://127.0.0.1:${rsyncd.port}/`]],
  ])('is that of rsync, asked with %s', async (_, words) => {
    const [theirs, ours] = await Promise.all([rsync(words()), tsersync(['ls', ...words()])]);
    expect(ours).toEqual(theirs);
  });

  it('has the columns of rsync', async () => {
    const { stdout } = await tsersync(['ls', `rsync://127.0.0.1:${rsyncd.port}/`]);
    expect(stdout).toBe(
      'Mind the gap.\nAnd the\ttab.\n\ninbox          \topen to all\ntwo words      \t\naveryveryverylongname\tlong\n',
    );
  });

  it.each([
    ['a closed port', () => 'rsync://127.0.0.1:1/', 10],
    ['an unknown host', () => 'rsync://host.invalid/', 10],
  ])('cannot be had from %s', async (_, url, exitCode) => {
    const [theirs, ours] = await Promise.all([rsync([url()]), tsersync(['ls', url()])]);
    expect([theirs.exitCode, ours.exitCode]).toEqual([exitCode, exitCode]);
    expect(ours.stderr).toMatch(/^tsersync: failed to connect to .* \(code 10\)\n$/);
  });
});
