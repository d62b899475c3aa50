import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemPath } from '../../../src/protocol/internal.ts';
import { LocalDisk } from '../../../src/watch/tree/disk.ts';
import { ExtraWatches } from '../../../src/watch/tree/extra-watches.ts';

const GBK = '\udcd6\udcd0';

let root: string;
let now: number;
let events: string[];
let errors: Error[];
let watches: ExtraWatches;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-watches-')));
  [now, events, errors] = [0, [], []];
  watches = new ExtraWatches({
    disk: new LocalDisk(root),
    listeners: {
      event: (folder, name) => events.push(`${folder} ${name}`),
      error: (error) => errors.push(error),
    },
    most: 3,
    now: () => now,
  });
});

afterEach(() => {
  watches.forget('.');
  rmSync(root, { recursive: true });
});

const at = (path: string) => systemPath(join(root, path));
const hears = (event: string) => expect.poll(() => events, { interval: 2 }).toContain(event);

describe('a folder', () => {
  it.runIf(process.platform === 'linux')(
    'is watched from the moment on at which it was asked for, names of any bytes included',
    async () => {
      mkdirSync(at(GBK));
      watches.watch(GBK, false);
      writeFileSync(at(`${GBK}/${GBK}.txt`), '');
      await hears(`${GBK} ${GBK}.txt`);
    },
  );

  it('is watched anew if it has become another one', async () => {
    mkdirSync(at('d'));
    watches.watch('d', true);
    renameSync(at('d'), at('old'));
    mkdirSync(at('d'));
    watches.watch('d', true);
    expect(watches.size).toBe(1);
    events.length = 0;
    writeFileSync(at('old/a'), '');
    writeFileSync(at('d/b'), '');
    await hears('d b');
    expect(events).not.toContain('d a');
  });

  it('is forgotten with all below it', () => {
    for (const path of ['d', 'd/e', 'de']) {
      mkdirSync(at(path));
      watches.watch(path, true);
    }
    watches.forget('d');
    expect(watches.size).toBe(1);
  });

  it('that is not there is nothing to be told of', () => {
    watches.watch('nowhere', true);
    expect([watches.size, errors]).toEqual([0, []]);
  });
});

describe('many folders', () => {
  it('are given up when there are too many, the oldest first, but not before somebody else watches them', () => {
    mkdirSync(at('kept'));
    mkdirSync(at('oldest'));
    watches.watch('kept', false);
    watches.watch('oldest', true);
    now = 30_000;
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(at(name));
      watches.watch(name, true);
    }
    expect(watches.size).toBe(5);
    now = 70_000;
    watches.watch('c', true);
    expect(watches.size).toBe(4);
    now = 100_000;
    mkdirSync(at('d'));
    watches.watch('d', true);
    expect(watches.size).toBe(4);
    watches.watch('d', true);
    expect(watches.size).toBe(4);
  });
});
