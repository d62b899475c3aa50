import { describe, expect, it } from 'vitest';
import { AbortedError } from '../../../src/protocol/errors.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import type { SourceFile, SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { memoryTransports } from '../../../src/protocol/stream/memory-transport.ts';
import { frame, int32 } from '../../support/frames.ts';
import { sessionOn, termsOf } from '../../support/scripted-session.ts';

/* Work on local files that would go on for ever, and never waits for anything: only an abort ends it. */

const common = { mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };
const FILE: FileEntry = { ...common, name: 'f', mode: 0o100_644, size: 2 ** 50 };
const ROOT: FileEntry = { ...common, name: '.', mode: 0o040_755, size: 0, contents: 'root' };
const folder = (name: string): FileEntry => ({ ...ROOT, name, contents: 'listed' });

const endless: SourceFile = {
  size: 2 ** 50,
  mtime: 0,
  mtimeNs: 0,
  read: (into) => into.length,
  close: () => {},
};

/** A tree of one file that never ends. */
function treeWith(parts: Partial<SourceTree>): SourceTree {
  return {
    roots: () => ({ entries: [FILE], problems: [] }),
    children: () => ({ entries: [], problems: [] }),
    open: () => endless,
    ...parts,
  };
}

const never = () => new Promise<never>(() => {});
const wholeFile = frame(0, Buffer.from(`0100a0${'00'.repeat(16)}`, 'hex'));
const wholeList = termsOf({ protocol: 31, compatFlags: 0x1fe });
const inParts = termsOf({ protocol: 31, compatFlags: 0x1ff });

interface Work {
  readonly tree: SourceTree;
  readonly terms?: typeof wholeList;
  readonly options?: TransferOptions;
}

const works: Readonly<Record<string, Work>> = {
  'summing a file for the list': { tree: treeWith({}), options: { checksum: true } },
  'summing a file in a list that goes in parts': {
    tree: treeWith({}),
    terms: inParts,
    options: { checksum: true },
  },
  'summing many files for the list': {
    tree: treeWith({
      roots: () => ({ entries: [ROOT, folder('d')], problems: [] }),
      children: ({ name }) => ({
        entries: [folder(`${name}/d`), { ...FILE, name: `${name}/f` }],
        problems: [],
      }),
      open: () => ({ ...endless, size: 1, read: (_, position) => (position === 0 ? 1 : 0) }),
    }),
    options: { checksum: true },
  },
  'listing folders in which nothing is': {
    tree: treeWith({
      roots: () => ({ entries: [ROOT, folder('d')], problems: [] }),
      children: ({ name }) => ({ entries: [folder(name.length > 99 ? 'd' : `${name}/d`)], problems: [] }),
    }),
  },
  'sending a file': { tree: treeWith({}) },
  'a tree that does not answer': { tree: treeWith({ roots: never }) },
  'a folder that does not answer': {
    tree: treeWith({ roots: () => ({ entries: [ROOT, folder('d')], problems: [] }), children: never }),
  },
  'a file that is not opened': { tree: treeWith({ open: never }) },
  'a file that is not opened, to be summed': { tree: treeWith({ open: never }), options: { checksum: true } },
  'a file that is not read': { tree: treeWith({ open: () => ({ ...endless, read: never }) }) },
  'a file that is not read, to be summed': {
    tree: treeWith({ open: () => ({ ...endless, read: never }) }),
    options: { checksum: true },
  },
};

describe('an abort ends', () => {
  it.each(Object.entries(works))('%s', async (_name, { tree, terms = wholeList, options = {} }) => {
    const control = new AbortController();
    const [client, server] = memoryTransports();
    const session = sessionOn(client, terms, options, control.signal);
    await server.send([int32(7), wholeFile]);
    const reading = (async () => {
      while ((await server.receive()) !== undefined);
    })();
    const running = session.run({ tree });
    const beat = setTimeout(() => control.abort('enough'), 30);
    await expect(running).rejects.toMatchObject({
      constructor: AbortedError,
      exitCode: 20,
      cause: 'enough',
    });
    clearTimeout(beat);
    await reading;
  });

  it('the work of a session that is closed, too', async () => {
    const [client] = memoryTransports();
    const session = sessionOn(client, wholeList, { checksum: true });
    const running = session.run({ tree: treeWith({}) });
    setTimeout(() => session.close(), 10);
    await expect(running).rejects.toThrow(AbortedError);
  });
});
