import type * as Fs from 'node:fs';
import { constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeTreeOptions } from '../../../src/protocol/client/push-changes.ts';
import type { SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import { resolveOptions } from '../../../src/protocol/options/resolve-options.ts';
import { ChangeTree } from '../../../src/protocol/trees/change-tree.ts';
import { LocalTree } from '../../../src/protocol/trees/local-tree.ts';

const seen = vi.hoisted(() => ({ flags: [] as unknown[] }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  const openSync = (...args: Parameters<typeof fs.openSync>) => {
    seen.flags.push(args[1]);
    return fs.openSync(...args);
  };
  return { ...fs, openSync };
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-noatime-'));
  writeFileSync(join(folder, 'file'), 'text');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function opensNoatime(tree: SourceTree & { close(): void }): Promise<boolean> {
  const { entries } = await tree.roots();
  const entry = entries.find(({ name }) => name === 'file');
  if (entry === undefined) throw new Error('the file is not listed');
  seen.flags = [];
  const file = await tree.open(entry);
  await file.close();
  tree.close();
  return (Number(seen.flags.at(-1)) & constants.O_NOATIME) !== 0;
}

describe('--open-noatime', () => {
  it.each([true, false])('holds for sources and for changes alike: %s', async (openNoatime) => {
    const wishes = { recursive: true, dirs: true, relative: false, hardLinks: false, atimes: false };
    const sources = new LocalTree([`${folder}/`], { ...wishes, openNoatime });
    expect(await opensNoatime(sources)).toBe(openNoatime);

    const options = resolveOptions({ recursive: true, openNoatime });
    const session = { options, terms: { protocol: 32 } } as Parameters<typeof changeTreeOptions>[0];
    expect(
      await opensNoatime(
        new ChangeTree(folder, [{ action: 'send', path: 'file' }], changeTreeOptions(session)),
      ),
    ).toBe(openNoatime);
  });
});
