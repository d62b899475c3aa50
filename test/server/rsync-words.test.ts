import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { tsersync } from '../support/tsersync-client.ts';

const environment = { TSERSYNC_ERRORS: 'rsync' };

let folder: string;
let rsyncd: Rsyncd;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-words-')));
  mkdirSync(join(folder, 'source'));
  writeFileSync(join(folder, 'source/file'), 'content');
  rsyncd = await startRsyncd({
    modules: [
      { name: 'theirs' },
      { name: 'ours' },
      { name: 'locked', authUsers: { backup: 'sesame' } },
      { name: 'museum', readOnly: true },
    ],
  });
  for (const module of ['theirs', 'ours']) writeFileSync(join(rsyncd.modulePath(module), 'extra'), '');
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** The lines that scripts look for, without the places in the source that only rsync has. */
function searchedLines(stderr: string): string[] {
  return stderr.split('\n').flatMap((line) => {
    const [ending] = /^rsync (?:error|warning): .* \(code \d+\) at /.exec(line) ?? [];
    return ending ?? (line.startsWith('@ERROR') ? [line] : []);
  });
}

describe('with TSERSYNC_ERRORS=rsync, a push', () => {
  it.each([
    ['to an unknown module', 'nowhere', []],
    ['with a wrong password', 'locked', []],
    ['to a read-only module', 'museum', []],
    ['of a source that does not exist', 'OWN', ['missing']],
    ['with an unknown option', 'OWN', ['--foo']],
    ['with --max-delete=0', 'OWN', ['--delete', '--max-delete=0']],
    ['by a protocol that is too old', 'OWN', ['--protocol=19']],
    ['that goes well', 'OWN', []],
  ])('%s ends with the line that scripts know', async (_, module, words) => {
    const line = (own: string) => [
      '-a',
      ...words.map((word) => (word === 'missing' ? join(folder, word) : word)),
      `${folder}/source/`,
      rsyncd.url(module === 'OWN' ? own : 'ours').replace('/ours', `/${module === 'OWN' ? own : module}`),
    ];
    const theirs = await rsync(line('theirs'), { password: 'guessed', encoding: 'latin1' });
    const ours = await tsersync(['push', ...line('ours')], { password: 'guessed', environment });
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(searchedLines(ours.stderr)).toEqual(searchedLines(theirs.stderr));
  });

  it('to a port that nobody listens at names code 10', async () => {
    const words = ['push', '-a', `${folder}/source/`, 'rsync://127.0.0.1:1/ours/'];
    const { exitCode, stderr } = await tsersync(words, { environment });
    expect([exitCode, searchedLines(stderr)]).toEqual([
      10,
      ['rsync error: error in socket IO (code 10) at '],
    ]);
    expect(stderr).toMatch(
      /^tsersync: .*refused.*\(code 10\)\nrsync error: .* at tsersync \[sender=\d+\.\d+\.\d+\]\n$/,
    );
  });
});

it('has no line of rsync at its end by itself', async () => {
  const { stderr } = await tsersync(['push', '-a', `${folder}/source/`, 'rsync://127.0.0.1:1/ours/']);
  expect(stderr).toMatch(/^tsersync: .* \(code 10\)\n$/);
});
