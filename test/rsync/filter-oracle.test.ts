import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes, RsyncError } from '../../src/protocol/errors.ts';
import { parseFilters } from '../../src/protocol/filter/parse-filters.ts';
import type { TransferOptions } from '../../src/protocol/options/transfer-options.ts';
import { encodeName } from '../../src/protocol/wire/file-name.ts';
import {
  arbitraryPatternTree,
  arbitraryRuling,
  arbitraryTreePair,
  type Ruling,
  type TreePair,
} from '../support/filter-cases.ts';
import { listDeleted, listSent, writeTree } from '../support/filtered-tree.ts';
import { runRsync } from '../support/local-rsync.ts';

/** Other cases: `FILTER_ORACLE_SEED=7 FILTER_ORACLE_TREES=500 npx vitest run test/rsync/filter-oracle.test.ts`. */
const seed = Number(process.env.FILTER_ORACLE_SEED ?? 1);
const trees = Number(process.env.FILTER_ORACLE_TREES ?? 25);
const RULINGS_PER_TREE = 10;

/** What is sent and what is deleted, or that the rules were refused. */
type Outcome = { readonly sent: readonly string[]; readonly deleted: readonly string[] } | 'refused';

let base = '';
let folders = 0;
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'filter-')));
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

/** Writes both trees, asks the real rsync about each of the rulings, and checks that ours says the same. */
async function compare(pair: TreePair, rulings: readonly Ruling[]): Promise<Outcome[]> {
  const folder = join(base, String(folders++));
  writeTree(`${folder}/source`, pair.source);
  writeTree(`${folder}/destination`, pair.destination);
  const outcomes = await Promise.all(
    rulings.map(async ({ lines, options }, i) => {
      const file = `${folder}/rules-${i}`;
      writeFileSync(file, encodeName(lines.map((line) => `${line}\n`).join('')));
      const filters = [{ kind: 'filter', text: `. ${file}` } as const, ...options.filters];
      const expected = await askRsync(folder, { ...options, filters });
      const ours = askOurs(folder, { ...options, filters }, pair);
      expect(ours, JSON.stringify({ lines, options })).toEqual(expected);
      return expected;
    }),
  );
  rmSync(folder, { recursive: true });
  return outcomes;
}

async function askRsync(folder: string, options: Ruling['options']): Promise<Outcome> {
  const { filters, cvsExclude, deleteExcluded } = options;
  const args = [
    ...['-r', '-8', '-ii', '--dry-run', '--ignore-times', '--out-format=%i %n'],
    deleteExcluded === true ? '--delete-excluded' : '--delete',
    ...(cvsExclude === true ? ['-C'] : []),
    ...filters.flatMap((filter) => ('text' in filter ? [`--${filter.kind}=${filter.text}`] : [])),
  ];
  const run = await runRsync([...args, 'source/', 'destination/'], folder);
  if (run.exitCode === exitCodes.usage || run.exitCode === exitCodes.fileIo) return 'refused';
  if (run.exitCode !== 0) throw new Error(`rsync ended with ${run.exitCode}: ${run.errors}`);
  const named = (item: RegExp) => run.lines.flatMap((line) => item.exec(line)?.[1] ?? []);
  // A dry run announces the deletion of a folder even if it has just found that something in it is protected.
  const kept = new Set(named(/^cannot delete non-empty directory: (.*)$/s).map((name) => `${name}/`));
  return {
    sent: named(/^[>c.][fd].{9} (.*)$/s)
      .filter((name) => name !== './')
      .sort(),
    deleted: named(/^\*deleting {3}(.*)$/s)
      .filter((name) => !kept.has(name))
      .sort(),
  };
}

function askOurs(folder: string, options: TransferOptions, { source, destination }: TreePair): Outcome {
  try {
    const rules = parseFilters({ ...options, delete: 'default' });
    const sent = listSent(source, `${folder}/source`, rules);
    const deleted = listDeleted(destination, `${folder}/destination`, rules, new Set(sent));
    return { sent: sent.sort(), deleted: deleted.sort() };
  } catch (thrown) {
    if (thrown instanceof RsyncError) return 'refused';
    throw thrown;
  }
}

/** Random rules could be so wild that nothing is ever compared. */
function expectVariety(told: { files: number; hidden: number }): void {
  expect(told.hidden).toBeGreaterThan(told.files / 20);
  expect(told.hidden).toBeLessThan(told.files);
}

const timeout = Math.max(120_000, trees * 2000);

describe('filter rules', () => {
  it('hide and protect what the real rsync hides and protects', { timeout }, async () => {
    const told = { files: 0, hidden: 0, deleted: 0, refused: 0 };
    const rulings = fc.array(arbitraryRuling, { minLength: RULINGS_PER_TREE, maxLength: RULINGS_PER_TREE });
    const property = fc.asyncProperty(arbitraryTreePair, rulings, async (pair, each) => {
      for (const outcome of await compare(pair, each)) {
        if (outcome === 'refused') told.refused += 1;
        else {
          told.files += pair.source.size;
          told.hidden += pair.source.size - outcome.sent.length;
          told.deleted += outcome.deleted.length;
        }
      }
    });
    await fc.assert(property, { seed, numRuns: trees });
    expectVariety(told);
    expect(told.deleted).toBeGreaterThan(trees);
    expect(told.refused).toBeLessThan((trees * RULINGS_PER_TREE) / 3);
  });

  it('match names with wildcards as the real rsync does', { timeout }, async () => {
    const told = { files: 0, hidden: 0 };
    const property = fc.asyncProperty(arbitraryPatternTree, async (source) => {
      const pair = { source, destination: new Map() };
      const ruling: Ruling = { lines: [': .f'], options: { filters: [] } };
      for (const outcome of await compare(pair, [ruling])) {
        if (outcome === 'refused') throw new Error('a rule file has a mistake');
        told.files += source.size;
        told.hidden += source.size - outcome.sent.length;
      }
    });
    await fc.assert(property, { seed, numRuns: Math.ceil(trees / 12) });
    expectVariety(told);
  });
});
