import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPush } from '../../../src/protocol/index.ts';
import type { Work } from '../../../src/watch/lanes/messages.ts';
import { runWork } from '../../../src/watch/lanes/run-work.ts';
import { LocalDisk } from '../../../src/watch/tree/disk.ts';
import { frame } from '../../support/frames.ts';
import { flood, letIn, startHostileServer } from '../../support/hostile-server.ts';

/* What a session does when all goes well is in test/server/replicator.test.ts. */

const DELETED = 101;
const ERROR = 1;
const DONE = frame(0, Buffer.alloc(5));
const TRANSFER = { recursive: true, dryRun: true } as const;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-work-')));
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd', 'here'), 'x');
});
afterEach(() => rmSync(root, { recursive: true }));

/** A dry run that is to find out what may be deleted in the folder `d`. */
function dryRun(): Work {
  const found = new LocalDisk(root).look('.');
  if (found.kind !== 'folder') throw new Error('no folder');
  const { device, inode } = found;
  return {
    kind: 'changes',
    changes: [{ action: 'mirror', path: 'd' }],
    root: { path: root, device, inode, bornMs: 0, isLocalFileSystem: true },
    filter: { excludes: [], ignoresHidden: false, ignoresTemporary: false, transfer: {}, root },
    places: [],
    prunes: ['d'],
  };
}

it('a server may tell of any number of deleted names and errors: a bounded number is kept', async () => {
  const count = 200_000;
  const names = (prefix: string) =>
    Array.from({ length: count / 4 }, (_, i) => frame(DELETED, Buffer.from(`${prefix}${i}`)));
  const errors = Array.from({ length: 5000 }, (_, i) => frame(ERROR, Buffer.from(`"d/${i}" failed\n`)));
  // In folders that are asked for, and not; made up; and the same ones once more.
  const told = ['d/', 'other/', 'd/../../', 'd/'].flatMap(names);
  await using server = await startHostileServer(async (peer) => {
    await letIn(peer);
    await peer.arrived(1);
    const said = Buffer.concat([...told, ...errors, frame(DELETED, Buffer.from('d/here')), DONE]);
    await flood(peer, said, 1);
    await peer.closed();
  });
  const session = await openPush({ target: server.target, transfer: TRANSFER });
  const outcome = await runWork(session, TRANSFER, dryRun());
  const { paths, isAbridged } = outcome.deletions;
  expect([outcome.deleted, paths.length, isAbridged]).toEqual([count + 1, 5000, true]);
  expect(paths.slice(0, 2)).toEqual(['d/0', 'd/1']);
  expect([outcome.errors.length, outcome.isAbridged]).toEqual([1000, true]);
});

describe('what the filter keeps', () => {
  const filter = { excludes: [], ignoresHidden: true, ignoresTemporary: false, transfer: {} };

  /** The rules that a server hears with this work. */
  async function rulesFor(work: Work): Promise<string> {
    let rules = '';
    await using server = await startHostileServer(async (peer) => {
      await letIn(peer);
      rules = (await peer.until('- *')).toString('latin1');
      peer.say(DONE);
      await peer.closed();
    });
    const transfer = { ...TRANSFER, delete: 'default' } as const;
    await runWork(await openPush({ target: server.target, transfer }), transfer, work);
    return rules.replaceAll(/[^ -~]/g, ' ');
  }

  it('a server keeps, too', async () => {
    const rules = await rulesFor({ ...dryRun(), filter: { ...filter, root }, prunes: [] });
    expect(rules).toMatch(/\+ \/d\/\*\*\/ .*- \.\* .*\+ \/d\/\*\* .*- \*$/);
  });

  it('a server names in a dry run, or the folder that it is in might be deleted with it', async () => {
    const rules = await rulesFor({ ...dryRun(), filter: { ...filter, root } });
    expect(rules).toMatch(/\+ \/d\/\*\*\/ .*\+ \/d\/\*\* .*- \*$/);
    expect(rules).not.toContain('- .*');
  });
});
