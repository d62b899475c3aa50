import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnmountSignals } from '../../../src/watch/tree/unmount-signals.ts';

let folder: string;
let now: number;
let told: string[];
/** Events of the folder itself that were heard. */
let heard: number;
let signals: UnmountSignals;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-unmount-')));
  [now, told, heard] = [0, [], 0];
  signals = new UnmountSignals(
    (absolute) => told.push(absolute),
    () => {
      heard += 1;
      return now;
    },
  );
  signals.watch(folder);
});
afterEach(() => {
  signals.close();
  rmSync(folder, { recursive: true });
});

/** Something happens to the folder itself, and is heard. */
async function touch(): Promise<void> {
  const before = heard;
  chmodSync(folder, before % 2 === 0 ? 0o711 : 0o755);
  await expect.poll(() => heard, { interval: 2 }).toBe(before + 1);
}

describe.runIf(process.platform === 'linux')('an unmount', () => {
  it('shows by two events of the folder itself, one right after the other', async () => {
    await touch();
    now += 49;
    await touch();
    expect(told).toEqual([folder]);
    // A third one is the first of the next two.
    await touch();
    expect(told).toHaveLength(1);
  });

  it('does not show by what happens in the folder, nor by single events', async () => {
    await touch();
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), 'x');
    now += 50;
    await touch();
    expect([told, heard]).toEqual([[], 2]);
  });
});
