import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTree } from '../support/disk-tree.ts';
import { blocksOf, type CodeBlock } from '../support/markdown.ts';
import { until } from '../support/replication.ts';

/*
 * Does what the README tells a reader to do, in its order, by pasting into a shell. Only two things are replaced: the
 * folder for trying and the port, so that several may try at a time.
 */

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = '/tmp/tsersync-try';
const PORT = '8730';
const MINUTES = 60_000;

/** What a reader can end only with Ctrl-C. */
const staysInForeground = ({ code }: CodeBlock) => /^\.\/tsersync -r|startReplicator/m.test(code);

let base: string;
let folder: string;
let port: string;
/** In the clone, where the packages of the examples are found. */
let examples: string;
let readme: string;
let blocks: readonly CodeBlock[];
let packed: readonly string[];

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-readme-')));
  folder = join(base, 'try');
  port = String(await freePort());
  mkdirSync(join(ROOT, '.node'), { recursive: true });
  examples = mkdtempSync(join(ROOT, '.node/examples-'));
  packed = tarballs();
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  readme = text.replaceAll(FOLDER, folder).replaceAll(PORT, port);
  blocks = blocksOf(readme);
});

afterAll(() => {
  const pidFile = join(folder, 'rsyncd.pid');
  if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')));
  for (const name of tarballs().filter((file) => !packed.includes(file))) rmSync(join(ROOT, name));
  for (const path of [base, examples]) rmSync(path, { recursive: true, force: true });
});

function tarballs(): string[] {
  return readdirSync(ROOT).filter((name) => name.endsWith('.tgz'));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Pasted {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

/** Gives a shell in the clone some lines, and ends with the first that fails, as a reader would stop there. */
function paste(lines: string): Pasted {
  const child = spawn('sh', ['-ec', lines], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const exitCode = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    // A daemon that goes into the background may keep our pipes open.
    child.once('exit', (code) => setTimeout(resolve, 50, code));
  });
  return { child, output: () => Buffer.concat(chunks).toString(), exitCode };
}

async function expectSuccess(lines: string): Promise<string> {
  const { output, exitCode } = paste(lines);
  expect(await exitCode, `${lines}\n${output()}`).toBe(0);
  return output();
}

/** Ctrl-C: a signal for all that the terminal has in its foreground. */
function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

function blockWith(words: string): CodeBlock {
  const found = blocks.find(({ code }) => code.includes(words));
  if (found === undefined) throw new Error(`the README has no block with ${words}`);
  return found;
}

/** A change of the tree that both examples of the watcher have to send. */
async function expectWatches(lines: string, change: string): Promise<void> {
  const running = paste(lines);
  const isAt = (place: string, name: string) => existsSync(join(folder, place, name));
  try {
    await until(() => isAt('one', 'hello.txt') && isAt('two/mirror', 'hello.txt'), 'the first push');
    writeFileSync(join(folder, 'tree', change), change);
    await until(() => isAt('one', change) && isAt('two/mirror', change), change);
  } catch (thrown) {
    throw new Error(`${lines}\n${running.output()}`, { cause: thrown });
  } finally {
    interrupt(running.child);
  }
  expect(await running.exitCode, running.output()).toBe(0);
}

async function runExample({ code }: CodeBlock, index: number): Promise<string> {
  return await expectSuccess(exampleLine(code, index));
}

function exampleLine(code: string, index: number): string {
  const file = join(examples, `example-${index}.ts`);
  writeFileSync(file, code);
  return `exec sh scripts/with-node.sh node ${file}`;
}

describe('every command of the README, as pasted', () => {
  it('starts with the demo and the tests', { timeout: 5 * MINUTES }, async () => {
    const [first] = blocks;
    expect(first?.code).toBe('./tsersync demo\nnpm test\n');
    expect(await expectSuccess('./tsersync demo')).toContain('Both trees are equal');
  });

  it('sets up the daemon to try it with', async () => {
    await expectSuccess(blockWith('rsync --daemon').code);
    await until(() => existsSync(join(folder, 'rsyncd.pid')), 'a daemon');
  });

  it('watches a folder', { timeout: 2 * MINUTES }, async () => {
    writeFileSync(join(folder, 'confxml.xml'), blockWith('<head version="2.5">').code);
    await expectWatches(`exec ${blockWith('./tsersync -r').code}`, 'by-command.txt');
  });

  it('pushes and lists', { timeout: 2 * MINUTES }, async () => {
    writeFileSync(join(folder, 'tree/pushed.txt'), 'pushed');
    const output = await expectSuccess(blockWith('./tsersync push').code);
    expect(output).toMatch(/^pushed\.txt$/m);
    expect(output).toMatch(/^one\b(?:.|\n)*^two\b/m);
    expect(readTree(join(folder, 'one'))).toEqual(readTree(join(folder, 'tree')));
  });

  it('packs the library', { timeout: 5 * MINUTES }, async () => {
    const output = await expectSuccess(blockWith('npm pack').code);
    const tarball = /makes `(.*?\.tgz)`/.exec(readme)?.[1];
    expect(output.trimEnd().split('\n').at(-1)).toBe(tarball);
  });

  it('runs the examples of the library', { timeout: 2 * MINUTES }, async () => {
    const programs = blocks.filter(({ language }) => language === 'ts');
    const [watching, others] = [
      programs.filter(staysInForeground),
      programs.filter((one) => !staysInForeground(one)),
    ];
    expect([watching.length, others.length > 2]).toEqual([1, true]);
    for (const [index, example] of others.entries()) {
      expect(await runExample(example, index)).toMatch(/exitCode: 0\b/);
    }
    for (const { code } of watching) await expectWatches(exampleLine(code, 99), 'by-library.txt');
  });

  it('has no other block of commands', () => {
    const known = ['./tsersync demo', 'rsync --daemon', './tsersync -r', './tsersync push', 'npm pack'];
    const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
    expect(commands.filter((code) => !known.some((words) => code.includes(words)))).toEqual([]);
  });

  it('cleans up', async () => {
    const [, line = ''] = /^To clean up: `(.*)`$/m.exec(readme) ?? [];
    await expectSuccess(line);
    expect(existsSync(folder)).toBe(false);
  });
});
