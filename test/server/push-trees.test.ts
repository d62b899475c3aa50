import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disturbTree, growTree } from '../support/random-tree.ts';
import { isServerRoot } from '../support/rights.ts';
import { type RsyncResult, rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { told } from '../support/told.ts';
import { treeState } from '../support/tree-state.ts';
import { tsersync } from '../support/tsersync-client.ts';

const TIMES = { times: 'nanoseconds' } as const;

let folder: string;
let rsyncd: Rsyncd;
let lastTree = 0;
/** When the present tree was begun: later times are those of a transfer, one of them or another. */
let startedAt = 0;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-trees-')));
  rsyncd = await startRsyncd({ modules: [{ name: 'theirs' }, { name: 'ours' }] });
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function newTree(): string {
  lastTree += 1;
  startedAt = Date.now();
  const tree = join(folder, String(lastTree));
  mkdirSync(tree);
  return tree;
}

/** Exit codes of sessions that were not broken off. */
const WENT_TO_ITS_END: readonly number[] = [0, 23, 24, 25];

/** Pushes a tree to a place of its own with both programs, again each time that it has changed. */
async function comparePush(tree: string, options: string): Promise<void> {
  const words = (module: string) => [
    '-i',
    ...options.split(' '),
    `${tree}/`,
    rsyncd.url(module, `${lastTree}/`),
  ];
  const [theirs, ours] = await Promise.all([rsync(words('theirs')), tsersync(['push', ...words('ours')])]);
  const arrived = (module: string) => treeState(join(rsyncd.modulePath(module), String(lastTree)), startedAt);
  const toldOf = (result: RsyncResult, module: string) =>
    told(result, { source: tree, module: rsyncd.modulePath(module) });
  // Without root, a backup may fail for both where a folder of the tree is closed, and that may end the session: how far
  // the server's halves came until then is a matter of chance.
  expect(ours.exitCode, `the exit code with ${options}`).toBe(theirs.exitCode);
  if (isServerRoot) expect(ours.exitCode).toBe(0);
  if (!WENT_TO_ITS_END.includes(theirs.exitCode)) return;
  expect(toldOf(ours, 'ours'), `what is told with ${options}`).toEqual(toldOf(theirs, 'theirs'));
  expect(arrived('ours'), `the destination with ${options}`).toEqual(arrived('theirs'));
}

/** Whatever was changed lately gets an older time: that of the transfer cannot be compared. */
function age(tree: string, seconds: number): void {
  execFileSync('find', [tree, '-newermt', '2025-01-01', '-exec', 'touch', '-d', `@${seconds}`, '{}', '+']);
}

/** What is done with a tree: pushed as it is, changed and pushed again, and once more. */
const courses: ReadonlyArray<readonly [string, string, string]> = [
  ['-aH', '-aH --delete', '-aHc --inplace --delete-after'],
  ['-aHz --no-i-r', '-aHz --delete-before', '-aHI --delete-delay --no-W'],
  ['-aHS --numeric-ids', '-aHy --delete-after', '-aH --delete --force -b --backup-dir=/kept'],
];

describe.each([27, 28, 29, 30, 31, 32])('a tree made by chance, at protocol %i', (protocol) => {
  it.each(courses)('%s, then %s, then %s', async (...lines) => {
    // Where --fuzzy is too modern, both refuse it.
    const course = lines.map((line) => (protocol < 29 ? line.replace('-aHy', '-aH') : line));
    const tree = newTree();
    const seed = 100 * protocol + lines[0].length;
    growTree(tree, seed, TIMES);
    for (const [turn, options] of course.entries()) {
      await comparePush(tree, `${options} --protocol=${protocol}`);
      disturbTree(tree, seed + turn + 1, TIMES);
    }
  });
});

describe('a tree of many files, and of paths nearly as long as paths can be', () => {
  it.each(['--protocol=29', '--protocol=30', '--no-i-r', '-n', '-c'])('-aH --delete %s', async (way) => {
    const tree = newTree();
    for (let i = 0; i < 2000; i++) writeFileSync(join(tree, `file-${i}`), String(i));
    for (let i = 0; i < 300; i++) {
      mkdirSync(join(tree, `folder-${i}/sub`), { recursive: true });
      writeFileSync(join(tree, `folder-${i}/sub/file`), String(i));
    }
    const long = join(tree, ...Array.from({ length: 15 }, (_, i) => String.fromCharCode(97 + i).repeat(240)));
    mkdirSync(long, { recursive: true });
    writeFileSync(join(long, 'bottom'), 'bottom');
    age(tree, 1_600_000_000);
    await comparePush(tree, `-aH ${way}`);
    for (let i = 0; i < 2000; i += 3) rmSync(join(tree, `file-${i}`));
    for (let i = 0; i < 300; i += 7) rmSync(join(tree, `folder-${i}`), { recursive: true });
    writeFileSync(join(long, 'bottom'), 'changed');
    age(tree, 1_600_000_100);
    await comparePush(tree, `-aH --delete ${way}`);
  });
});
