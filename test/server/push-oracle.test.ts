import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/protocol/index.ts';
import { changeTree, plantTree } from '../support/planted-tree.ts';
import { aloneCases, diskCases, type PushCase, pushCases } from '../support/push-cases.ts';
import { NO_DELAY, rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { hasTinyDisks, mountTinyDisk } from '../support/tiny-disk.ts';
import { told } from '../support/told.ts';
import { treeState } from '../support/tree-state.ts';
import { tsersync } from '../support/tsersync-client.ts';

const SEED = 20_261;

/** Names for --files-from: some of them only before the change, or only after it. */
const NAMES = ['sizes/5000', 'wide', 'deep/1/', '/new', 'new-folder/', './names/../modes/755', 'swap/file'];

/** Rules for a file of them. */
const RULES = ['# a comment', '- *.o', '+ /wide/', '+ /wide/1?', '- /wide/*', '- doomed/inner', ''];

let folder: string;
let rsyncd: Rsyncd;
let lastCase = 0;

/** `before/tree` is pushed first, then `after/tree`, in which everything has changed that can. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-oracle-')));
  plantTree(join(folder, 'before/tree'), SEED);
  const names = ['# a comment', '; another', '', ...NAMES, ''];
  writeFileSync(join(folder, 'before/names'), names.join('\n'));
  writeFileSync(join(folder, 'before/names0'), NAMES.join('\0'));
  writeFileSync(join(folder, 'before/.cvsignore'), 'bottom\n  2?\tpair-1');
  writeFileSync(join(folder, 'before/rules'), RULES.join('\n'));
  copy(join(folder, 'before'), join(folder, 'after'));
  changeTree(join(folder, 'after/tree'), SEED);
  rsyncd = await startRsyncd({ lines: [NO_DELAY], modules: [{ name: 'theirs' }, { name: 'ours' }] });
  for (const module of ['theirs', 'ours']) {
    copy(join(folder, 'before/tree'), join(rsyncd.modulePath(module), 'base'));
    mkdirSync(join(rsyncd.modulePath(module), 'scratch'));
  }
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('alone', () => {
  it.each(aloneCases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
    await comparePushes(one, ['before', 'after']);
  });
});

/* A push waits more than it works: several at a time take half as long. */
describe.concurrent.each(Object.entries(pushCases))('%s', (_, cases) => {
  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
    await comparePushes(one, ['before', 'after']);
  });
});

describe('disks below others', () => {
  const cases = diskCases.map((one) => [nameOf(one), one] as const);
  it.runIf(hasTinyDisks()).each(cases)('%s', async (_name, one) => {
    const place = join(folder, 'before/tree/empty');
    using _disk = mountTinyDisk(place);
    writeFileSync(join(place, 'elsewhere'), 'on another disk');
    await comparePushes(one, ['before']);
  });
});

/** Pushes the trees one after the other, with both programs. */
async function comparePushes(one: PushCase, states: readonly string[]): Promise<void> {
  lastCase += 1;
  const number = lastCase;
  const startedAt = Date.now();
  for (const state of states) {
    const [theirSource, ourSource] = sourceFolders(one, number, state);
    const environment = replaceFolder(one.environment ?? {}, join(folder, state));
    const [theirs, ours] = await Promise.all([
      rsync(wordsOf(one, number, theirSource, 'theirs'), {
        environment: { ...plainWords(one), ...environment },
        noDelay: true,
      }),
      tsersync(['push', ...wordsOf(one, number, ourSource, 'ours')], { environment }),
    ]);
    // A server that breaks off has come as far as chance would have it.
    if (theirs.exitCode === exitCodes.protocol) {
      expect(ours.exitCode, ours.stderr).toBe(theirs.exitCode);
      continue;
    }
    const stateOf = (path: string) => treeState(path, startedAt);
    const arrived = (module: string) => stateOf(join(rsyncd.modulePath(module), String(number)));
    const oursTold = told(ours, { source: ourSource, module: rsyncd.modulePath('ours') });
    const theirsTold = told(theirs, { source: theirSource, module: rsyncd.modulePath('theirs') });
    expect(oursTold, `what is told of the ${state} tree`).toEqual(theirsTold);
    expect(arrived('ours'), `the destination of the ${state} tree`).toEqual(arrived('theirs'));
    if (one.takesSource !== true) continue;
    const left = (source: string) => stateOf(join(source, 'tree'));
    expect(left(ourSource), `what is left of the ${state} tree`).toEqual(left(theirSource));
  }
}

/**
 * Real clients put backslashes before the wildcards of an option (`--usermap=\*:1`, which is also what --chown means),
 * and no server before 3.4.4 takes them away again: it looks for a user of that name. Our client adds none; theirs
 * leaves them out where words are secluded.
 */
function plainWords({ options }: PushCase): Record<string, string> {
  const hasWildcards = options.some((word) => /^--(?:chown|usermap|groupmap)=/.test(word));
  return hasWildcards && rsyncd.isBefore('3.4.4') ? { RSYNC_PROTECT_ARGS: '1' } : {};
}

function replaceFolder(
  environment: Readonly<Record<string, string>>,
  place: string,
): Readonly<Record<string, string>> {
  const replaced = ([name, value]: [string, string]) => [name, value.replace('FOLDER', place)];
  return Object.fromEntries(Object.entries(environment).map(replaced));
}

/** The folders that hold the tree for each program. */
function sourceFolders({ takesSource }: PushCase, number: number, state: string): [string, string] {
  const shared = join(folder, state);
  if (takesSource !== true) return [shared, shared];
  const own = ['theirs', 'ours'].map((program) => join(folder, `${program}-${number}-${state}`));
  for (const path of own) copy(shared, path);
  return own as [string, string];
}

function wordsOf(
  { options, sources = ['tree/'], destination = '/' }: PushCase,
  number: number,
  from: string,
  module: string,
) {
  // Not joined, which would take `./` away: it says where the names of --relative begin.
  const path = (source: string) => `${from}/${source}`;
  return [
    '-i',
    ...options.map((word) => word.replace('FOLDER', from)),
    ...sources.map(path),
    rsyncd.url(module, `${number}${destination}`),
  ];
}

function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function nameOf({ options, sources = [], destination, environment = {} }: PushCase): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
  return [
    ...variables,
    ...options,
    ...sources,
    ...(destination === undefined ? [] : ['->', destination]),
  ].join(' ');
}
