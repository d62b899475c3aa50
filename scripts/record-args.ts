/*
 * Records what the real rsync client makes of command lines, for the tables in fixtures/args:
 *
 *   node scripts/record-args.ts
 *
 * The tables hold both the question and the answer. Each case has `options` (and perhaps `environment` and
 * `destination`); this script runs rsync with them against a daemon on loopback that only listens, and writes down
 * the words that arrive (push.json), or the exit code and first line of the refusal (refused.json). All other
 * fields of a case are kept: they say where and why we differ. Add a case with its question only, and record.
 *
 * spellings.json lists how options can be written at all: every name that the help or HIDDEN mentions and every letter,
 * plain and behind `--no-`, as far as rsync does not call it unknown.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argumentWords, openArgumentDaemon } from '../test/support/argument-daemon.ts';

interface Case {
  readonly options: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly destination?: string;
  readonly [field: string]: unknown;
}

/** Names that rsync knows but its help does not show. */
const HIDDEN =
  'D cc config daemon detach dparam i-d implied-dirs log-format motd msgs2stderr new-compress old-compress ' +
  'protect-args qsort remove-sent-files sender server time-limit zc zl zt';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'args');

/** Where the client runs: it wants something to send, and a list for --files-from and --exclude-from. */
function makeSource(): string {
  const folder = mkdtempSync(join(tmpdir(), 'record-args-'));
  writeFileSync(join(folder, 'file'), 'content\n');
  writeFileSync(join(folder, 'list'), 'file\n');
  return folder;
}

async function ask(question: Case) {
  const daemon = await openArgumentDaemon();
  const destination = `rsync://127.0.0.1:${daemon.port}/${question.destination ?? 'mod/dst/'}`;
  const client = spawn('rsync', [...question.options, './', destination], {
    cwd: source,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...question.environment },
  });
  let complaint = '';
  client.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const exitCode = await new Promise<number | null>((resolve) => client.on('close', resolve));
  await daemon.close();
  return { heard: daemon.heard(), exitCode, firstLine: complaint.split('\n')[0] ?? '' };
}

async function recordArguments(question: Case): Promise<Case> {
  const { heard, firstLine } = await ask(question);
  if (heard === undefined) throw new Error(`${question.options.join(' ')} sent nothing: ${firstLine}`);
  const { plain, secluded } = argumentWords(heard);
  const { options, environment, destination, arguments: _, secluded: __, ...rest } = question;
  return {
    options,
    ...(environment && { environment }),
    ...(destination && { destination }),
    arguments: plain,
    ...(secluded && { secluded }),
    ...rest,
  };
}

async function recordRefusal(question: Case): Promise<Case> {
  const { heard, exitCode, firstLine } = await ask(question);
  if (heard !== undefined || exitCode === 0) throw new Error(`${question.options.join(' ')} was not refused`);
  const { options, environment, exitCode: _, firstLine: __, ...rest } = question;
  return { options, ...(environment && { environment }), exitCode, firstLine, ...rest };
}

async function record(name: string, one: (question: Case) => Promise<Case>): Promise<void> {
  const file = join(FIXTURES, name);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };
  const recorded: Case[] = [];
  for (const question of cases) recorded.push(await one(question));
  save(name, 'cases', recorded);
}

function save(name: string, key: string, items: readonly unknown[]): void {
  const [program] = rsync('--version').split('\n');
  const lines = items.map((item) => `    ${JSON.stringify(item)}`);
  const text = `{\n  "program": ${JSON.stringify(program)},\n  "${key}": [\n${lines.join(',\n')}\n  ]\n}\n`;
  writeFileSync(join(FIXTURES, name), text);
  process.stdout.write(`${name}: ${items.length}\n`);
}

/** What rsync prints; anything it complains about comes first. */
function rsync(...words: string[]): string {
  const { stdout, stderr } = spawnSync('rsync', words, { encoding: 'utf8', cwd: source });
  return stderr + stdout;
}

function recordSpellings(): void {
  const shown = [...rsync('--help').matchAll(/(?<=^|, |aka |same as )--([\w-]+)/gm)].map(
    ([, name = '']) => name,
  );
  const names = new Set([...shown, ...HIDDEN.split(' ')].map((name) => name.replace(/^no-/, '')));
  const candidates = [
    ...[...names].flatMap((name) => [`--${name}`, `--no-${name}`]),
    ...[...LETTERS].flatMap((letter) => [`-${letter}`, `--no-${letter}`]),
  ];
  // Two unknown words behind it, of which it may take one as its value: so nothing is ever done.
  const isKnown = (option: string) =>
    !rsync(option, '--unknown', '--unknown').includes(`${option}: unknown option`);
  save('spellings.json', 'spellings', [...new Set(candidates.filter(isKnown))].sort());
}

const source = makeSource();
try {
  recordSpellings();
  await record('push.json', recordArguments);
  await record('refused.json', recordRefusal);
} finally {
  rmSync(source, { recursive: true });
}
spawnSync('npx', ['biome', 'format', '--write', FIXTURES], { stdio: 'inherit' });
