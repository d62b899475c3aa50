import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventStream } from '../../../src/watch/listeners/event-stream.ts';
import type { Log } from '../../../src/watch/listeners/log.ts';
import { TreeGuard } from '../../../src/watch/tree/tree-guard.ts';

let base: string;
let guard: TreeGuard;
let told: string[];
/** What throws an error, and how often. */
let faults: Record<string, number>;

beforeEach(() => {
  vi.useFakeTimers();
  base = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-guard-')));
  mkdirSync(join(base, 'root'));
  [told, faults] = [[], {}];
  const level = (fields: object) => {
    if ('err' in fields && fields.err instanceof Error) told.push(`error: ${fields.err.message}`);
  };
  const log: Log = { debug: level, info: level, warn: level, error: level };
  guard = new TreeGuard({
    folder: join(base, 'root'),
    isConfined: false,
    isWanted: () => true,
    emit: eventStream(log, new EventEmitter()),
    now: () => Date.now(),
    onLost: () => tell('lost'),
    onFound: async () => tell('found'),
    onLook: () => tell('look'),
    onMounts: () => tell('mounts'),
  });
  guard.begin();
  guard.run();
});
afterEach(() => {
  guard.end();
  vi.useRealTimers();
  rmSync(base, { recursive: true });
});

function tell(what: string): void {
  const times = faults[what] ?? 0;
  faults[what] = times - 1;
  if (times > 0) throw new Error(what);
  told.push(what);
}

/** What is told until the next look is over. */
async function look(): Promise<string[]> {
  told = [];
  await vi.advanceTimersByTimeAsync(500);
  return told;
}

const leave = () => renameSync(join(base, 'root'), join(base, 'elsewhere'));
const comeBack = () => renameSync(join(base, 'elsewhere'), join(base, 'root'));

describe('the guard of a tree', () => {
  it('tells that the watched folder is lost as long as it is, and once that it is found', async () => {
    expect(await look()).toEqual(['look']);
    leave();
    expect([await look(), await look()]).toEqual([['lost'], ['lost']]);
    expect(guard.trouble).toContain('the watched folder is gone');
    comeBack();
    expect([await look(), await look()]).toEqual([['found'], ['look']]);
    expect(guard.trouble).toBeUndefined();
  });

  it('takes the folder for lost when an error is thrown at a look, and looks again', async () => {
    faults = { look: 1 };
    expect(await look()).toEqual(['error: look', 'lost']);
    expect([await look(), await look()]).toEqual([['found'], ['look']]);
  });

  it('looks again when an error is thrown while it tells that the folder is lost', async () => {
    leave();
    faults = { lost: 3 };
    expect(await look()).toEqual(['error: lost', 'error: lost']);
    expect([await look(), await look()]).toEqual([['error: lost', 'lost'], ['lost']]);
    comeBack();
    expect(await look()).toEqual(['found']);
  });

  it('tells again that the folder is found when an error is thrown while it does', async () => {
    leave();
    await look();
    comeBack();
    faults = { found: 2 };
    expect([await look(), await look()]).toEqual([
      ['error: found', 'lost'],
      ['error: found', 'lost'],
    ]);
    expect([await look(), await look()]).toEqual([['found'], ['look']]);
  });
});
