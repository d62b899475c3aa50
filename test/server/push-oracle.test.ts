import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeTree, plantTree } from '../support/planted-tree.ts';
import { type PushCase, pushCases } from '../support/push-cases.ts';
import { type RsyncResult, rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { treeState } from '../support/tree-state.ts';
import { tsersync } from '../support/tsersync-client.ts';

const SEED = 20_261;

let folder: string;
let rsyncd: Rsyncd;
let lastCase = 0;

/** `before/tree` is pushed first, then `after/tree`, in which everything has changed that can. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-oracle-')));
  plantTree(join(folder, 'before/tree'), SEED);
  execFileSync('cp', ['-a', join(folder, 'before'), join(folder, 'after')]);
  changeTree(join(folder, 'after/tree'), SEED);
  rsyncd = await startRsyncd({ modules: [{ name: 'theirs' }, { name: 'ours' }] });
  for (const module of ['theirs', 'ours']) {
    const path = rsyncd.modulePath(module);
    execFileSync('cp', ['-a', join(folder, 'before/tree'), join(path, 'base')]);
    execFileSync('mkdir', [join(path, 'scratch')]);
  }
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe.each(Object.entries(pushCases))('%s', (_, cases) => {
  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', async (_name, one) => {
    if (one.waitingFor === undefined) await comparePushes(one);
    else await expect(comparePushes(one), `${one.waitingFor}: it passes now`).rejects.toThrow();
  });
});

async function comparePushes(one: PushCase): Promise<void> {
  lastCase += 1;
  const startedAt = Date.now();
  for (const state of ['before', 'after']) {
    const words = (module: string) => [
      '-i',
      ...one.options,
      ...(one.sources ?? ['tree/']).map((source) => sourceOf(state, source)),
      rsyncd.url(module, `${lastCase}${one.destination ?? '/'}`),
    ];
    const [theirs, ours] = await Promise.all([rsync(words('theirs')), tsersync(['push', ...words('ours')])]);
    expect(told(ours), `what is told of the ${state} tree`).toEqual(told(theirs));
    const stateOf = (module: string) =>
      treeState(join(rsyncd.modulePath(module), String(lastCase)), startedAt);
    expect(stateOf('ours'), `the destination of the ${state} tree`).toEqual(stateOf('theirs'));
  }
}

/** `./` in front of a source is kept, behind the folder that both programs are told to start from. */
function sourceOf(state: string, source: string): string {
  return source.startsWith('./') ? `${folder}/${state}/${source}` : join(folder, state, source);
}

function nameOf({ options, sources = [], destination }: PushCase): string {
  return [...options, ...sources, ...(destination === undefined ? [] : ['->', destination])].join(' ');
}

/**
 * What a run says, in an order that is the same each time: the server's requests, deletions and messages overtake
 * each other, and hard links are made when their file has arrived.
 */
function told({ exitCode, stdout, stderr }: RsyncResult): object {
  const lines = stdout.split('\n').slice(0, -1);
  const isDeletion = (line: string) => line.startsWith('*deleting');
  const isItem = (line: string) => /^[<.c][fdLDS][c.+? T]/.test(line);
  const isRest = (line: string) => !isDeletion(line) && !isItem(line);
  return {
    exitCode,
    items: lines.filter(isItem),
    deletions: lines.filter(isDeletion),
    rest: lines.filter(isRest).sort(),
    errors: stderr
      .replaceAll(/\(in \w+\)/g, '(in a module)')
      .split('\n')
      .filter((line) => !isLastLine(line))
      .sort(),
  };
}

/** Each program has words of its own for how it ended. */
function isLastLine(line: string): boolean {
  return /^(?:rsync (?:error|warning)|tsersync): .* \(code \d+\)/.test(line);
}
