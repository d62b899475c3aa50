import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRoot } from '../support/rights.ts';
import { type RsyncResult, rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { tsersync } from '../support/tsersync-client.ts';

const STRANGER = 65_534;
const LONG = 'x'.repeat(4096);

let rsyncd: Rsyncd;
let folder: string;
let source: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({
    modules: [{ name: 'theirs' }, { name: 'ours' }, { name: 'secret', authUsers: { alice: 'opensesame' } }],
  });
});
afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-named-files-')));
  source = join(folder, 'source');
  mkdirSync(join(source, 'sub'), { recursive: true });
  for (const name of ['a.o', 'keep', 'sub/b.o', 'sub/k']) writeFileSync(join(source, name), name);
  for (const name of ['real', 'links', 'home']) mkdirSync(join(folder, name));
  write('real/rules', '*.o\n');
  write('real/filter', '- *.o\n');
  write('real/names', 'keep\n');
  write('real/password', 'opensesame\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const name of ['theirs', 'ours'])
    for (const entry of readdirSync(rsyncd.modulePath(name)))
      rmSync(join(rsyncd.modulePath(name), entry), { recursive: true });
});

function write(path: string, content: string): void {
  writeFileSync(join(folder, path), content, { mode: 0o600 });
}

/** A symlink of another user. */
function plant(path: string, target: string): void {
  symlinkSync(target, join(folder, path));
  lchownSync(join(folder, path), STRANGER, STRANGER);
}

function filesIn(module: string): string[] {
  return readdirSync(rsyncd.modulePath(module), { recursive: true, encoding: 'utf8' }).sort();
}

interface Runs {
  readonly theirs: RsyncResult;
  readonly ours: RsyncResult;
}

/** The same push with both clients; `%` is the folder of the test. What arrives and the exit code must be the same. */
async function pushBoth(...words: string[]): Promise<Runs> {
  const full = words.map((word) => word.replaceAll('%', folder));
  const environment = { HOME: join(folder, 'home') };
  const theirs = await rsync([...full, `${source}/`, rsyncd.url('theirs')], { environment });
  const ours = await tsersync(['push', ...full, `${source}/`, rsyncd.url('ours')], { environment });
  expect(ours.exitCode, ours.stderr).toBe(theirs.exitCode);
  expect(filesIn('ours')).toEqual(filesIn('theirs'));
  return { theirs, ours };
}

describe.runIf(isRoot)('a symlink of another user (needs root)', () => {
  beforeEach(() => {
    for (const name of ['rules', 'filter', 'names', 'password', 'log', 'd'])
      plant(`links/${name}`, name === 'd' ? '../real' : `../real/${name}`);
  });

  it.each([
    ['--exclude-from=%/links/rules', 11],
    ['--exclude-from=%/links/d/rules', 11],
    ['--include-from=%/links/rules', 11],
    ['--filter=merge %/links/filter', 11],
    ['--filter=. %/links/d/filter', 11],
    ['--files-from=%/links/names', 1],
    ['--files-from=%/links/d/names', 1],
    ['--early-input=%/links/names', 5],
    ['--early-input=%/links/d/names', 5],
  ])('in %s ends the push', async (word, code) => {
    const { theirs, ours } = await pushBoth('-r', word);
    expect(theirs.stderr).toContain('owned by an untrusted user');
    expect(ours.exitCode).toBe(code);
    expect(ours.stderr).toMatch(/^tsersync: .* is a symlink that belongs to another user \(code \d+\)\n$/);
    expect(filesIn('ours')).toEqual([]);
  });

  it('as a password file ends the push', async () => {
    for (const name of ['password', 'd/password']) {
      const words = ['-r', `--password-file=${folder}/links/${name}`, source];
      const url = rsyncd.url('secret', '', 'alice');
      const [theirs, ours] = [await rsync([...words, url]), await tsersync(['push', ...words, url])];
      expect([theirs.exitCode, ours.exitCode]).toEqual([1, 1]);
      expect(ours.stderr).not.toContain('opensesame');
    }
  });

  it('as a log file is not written through, and the push goes on without a log', async () => {
    for (const name of ['log', 'd/log']) {
      const { ours } = await pushBoth('-r', `--log-file=%/links/${name}`);
      expect(ours.exitCode).toBe(0);
      expect(ours.stderr).toMatch(/failed to open log-file .* is a symlink that belongs to another user/);
      expect(existsSync(join(folder, 'real/log'))).toBe(false);
    }
  });

  it('is followed with --insecure-links', async () => {
    plant('source/sub/.rsync-filter', '../../real/filter');
    plant('home/.cvsignore', '../real/names');
    for (const words of [
      ['--exclude-from=%/links/rules'],
      ['--filter=merge %/links/d/filter'],
      ['--files-from=%/links/names'],
      ['--early-input=%/links/names'],
      ['--log-file=%/links/log'],
      ['-F'],
      ['-C'],
    ]) {
      const { ours } = await pushBoth('-r', '--insecure-links', ...words);
      expect(ours.stderr.replace(/skipping.*\n/, '')).toBe('');
    }
    expect(existsSync(join(folder, 'real/log'))).toBe(true);
    const words = ['push', '-r', '--insecure-links', `--password-file=${folder}/links/password`, source];
    expect(await tsersync([...words, rsyncd.url('secret', '', 'alice')])).toMatchObject({ exitCode: 0 });
  });

  it('as a rule file of the tree is ignored with a warning', async () => {
    plant('source/sub/.rsync-filter', '../../real/filter');
    plant('source/.cvsignore', '../real/names');
    for (const words of [
      ['-rF'],
      ['-rF', '--delete'],
      ['-rC'],
      ['-r', '--filter=:C'],
      ['-r', '-f: .cvsignore'],
    ]) {
      const { theirs, ours } = await pushBoth(...words);
      expect(theirs.stderr).toContain('owned by an untrusted user');
      expect(ours.stderr).toMatch(
        /^ignoring the rules in .*: a symlink on its way belongs to another user$/m,
      );
    }
  });

  it('merged by a rule file ends the push, which names only file and line', async () => {
    plant('source/merged', '../real/filter');
    write('source/.rsync-filter', '- x\n. merged\n');
    write('outer', `. ${folder}/links/filter\n`);
    for (const words of [['-rF'], ['-r', '--filter=merge %/outer']]) {
      const { theirs, ours } = await pushBoth(...words);
      expect(theirs.stderr).toMatch(/failed to open exclude file <rule from .* line \d>/);
      expect(ours.exitCode).toBe(11);
      expect(ours.stderr).toMatch(/(?:\.rsync-filter:2|outer:1): cannot read the rule file that it names: /);
      expect(ours.stderr).not.toMatch(/merged|links/);
    }
  });

  it('as .cvsignore in the home directory is told of only where it is wanted', async () => {
    plant('home/.cvsignore', '../real/names');
    for (const words of [['-rC'], ['-r', '-f-C']]) {
      const { ours } = await pushBoth(...words);
      expect(ours.stderr).toContain('ignoring the rules in');
    }
    expect((await pushBoth('-r')).ours.stderr).toBe('');
  });
});

describe('a symlink of our own', () => {
  it('is followed', async () => {
    for (const name of ['rules', 'filter', 'names', 'log', 'd'])
      symlinkSync(name === 'd' ? '../real' : `../real/${name}`, join(folder, 'links', name));
    for (const word of [
      '--exclude-from=%/links/rules',
      '--filter=merge %/links/d/filter',
      '--files-from=%/links/d/names',
      '--log-file=%/links/log',
    ])
      expect((await pushBoth('-r', word)).ours).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(folder, 'real/log'), 'utf8').split('building file list')).toHaveLength(3);
  });
});

describe('a rule', () => {
  it('of 4,096 bytes or more is left out, and the push goes on', async () => {
    const warnings = ({ stderr }: RsyncResult) =>
      stderr
        .replaceAll(LONG, 'LONG')
        .replaceAll(/(?:theirs|ours)(?=\/\.rsync)/g, 'module')
        .split('\n')
        .sort();
    write('source/.rsync-filter', `- ${LONG}\n- keep\n`);
    write('real/words', `k ${LONG}`);
    for (const words of [
      [`--exclude=${LONG}`, `--exclude=${LONG.slice(1)}`, '--exclude=k'],
      [`--filter=-p ${LONG}`, `--filter=: ${LONG}`, `--filter=. ${LONG}`, `--include=${LONG}/`],
      ['-F'],
      ['-F', '--delete'],
      ['--filter=merge %/source/.rsync-filter'],
      ['--filter=.w- %/real/words'],
      ['--exclude-from=%/source/.rsync-filter', '--from0'],
    ]) {
      const { theirs, ours } = await pushBoth('-r', ...words);
      expect(warnings(ours)).toEqual(warnings(theirs));
      expect(ours.stderr).toContain('discarding over-long filter: ');
    }
  });

  it('behind the first MiB of a rule file holds', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `- ${String(index).padStart(20, 'x')}\n`).join(
      '',
    );
    write('source/.rsync-filter', `${many}- keep\n`);
    await pushBoth('-rF');
    expect(filesIn('ours')).not.toContain('keep');
  });

  it('that is wrong is not shown if it stands in a file', async () => {
    for (const rule of ['secret word', '-q secret', '!secret', ':-+ secret', '. secret', 'Hs secret']) {
      write('source/.rsync-filter', `${rule}\n`);
      for (const words of [['-rF'], ['-r', '--filter=merge %/source/.rsync-filter']]) {
        const { theirs, ours } = await pushBoth(...words);
        for (const { stderr } of [theirs, ours]) expect(stderr).not.toContain('secret');
      }
    }
  });

  it('that is looked for by too long a name is an error of that folder', async () => {
    const { theirs, ours } = await pushBoth('-r', `--filter=: ${LONG.slice(1)}`);
    expect(ours.exitCode).toBe(23);
    const text = 'cannot add local filter rules in long-named directory';
    for (const { stderr } of [theirs, ours]) expect(stderr.split(text)).toHaveLength(3);
  });
});

describe('a pipe', () => {
  it.each([
    ['--exclude-from=%/pipe', 11],
    ['--filter=merge %/pipe', 11],
    ['--files-from=%/pipe', 1],
    ['--early-input=%/pipe', 5],
    ['--password-file=%/pipe', 1],
  ])('that nobody writes to in %s ends the push', async (word, code) => {
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    const words = ['push', '-r', word.replace('%', folder), source, rsyncd.url('secret', '', 'alice')];
    const { exitCode, stderr } = await tsersync(words);
    expect(stderr).toMatch(/^tsersync: .*: it is a pipe that nobody writes to \(code \d+\)\n$/);
    expect(exitCode).toBe(code);
  });

  it('that nobody reads is no log, and no reason not to push', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const words = ['push', '-r', `--log-file=${folder}/pipe`, `${source}/`, rsyncd.url('ours')];
    const { exitCode, stderr } = await tsersync(words);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('failed to open log-file')]);
  });

  it('in the place of a rule file of the tree is ignored with a warning', async () => {
    execFileSync('mkfifo', [join(source, '.rsync-filter')]);
    const { exitCode, stderr } = await tsersync(['push', '-rF', `${source}/`, rsyncd.url('ours')]);
    expect([exitCode, stderr]).toEqual([0, 'ignoring the rules in .rsync-filter: it is not a file\n']);
  });

  it('that somebody holds open in silence does not keep us from stopping', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const controller = new AbortController();
    const words = ['push', '-r', `--exclude-from=${folder}/pipe`, source, rsyncd.url('ours')];
    const pushing = tsersync(words, { signal: controller.signal });
    controller.abort();
    expect(await pushing).toMatchObject({ exitCode: 20 });
  });
});
