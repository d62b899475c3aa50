import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnwatchedFolders } from '../../../src/watch/tree/unwatched-folders.ts';
import { MemoryDisk } from '../../support/memory-disk.ts';

let now: number;
let disk: MemoryDisk;
let told: string[];
let isAllowed: boolean;
let folders: UnwatchedFolders;
/** What throws an error, and how often. */
let faults: Record<string, number>;

function tell(what: string): void {
  const times = faults[what] ?? 0;
  faults[what] = times - 1;
  if (times > 0) throw new Error(`a fault at: ${what}`);
  told.push(what);
}

beforeEach(() => {
  vi.useFakeTimers();
  [now, told, isAllowed, faults] = [0, [], false, {}];
  disk = new MemoryDisk(() => {
    now += 1;
    return now;
  });
  disk.write('d/a', 'a');
  disk.write('d/sub/b', 'b');
  folders = new UnwatchedFolders({
    disk: {
      look: (path) => disk.look(path),
      allNames: (folder) => [...(disk.nodeAt(folder)?.children.keys() ?? [])],
    },
    isKnown: (folder) => folder !== 'd/unknown',
    watch: (folder) => {
      tell(`watch ${folder}`);
      return isAllowed;
    },
    onChanged: (folder) => tell(`in ${folder}`),
    onHint: (path) => tell(path),
    onEmpty: () => tell('all'),
    onTrouble: ({ message }) => told.push(message),
    now: () => now,
  });
});
afterEach(() => {
  folders.stop();
  vi.useRealTimers();
});

/** What is told until the next look. */
function look(): string[] {
  told = [];
  vi.advanceTimersByTime(2000);
  return told;
}

describe('folders that cannot be watched', () => {
  it('are looked at at once, and told of only if something has changed since', () => {
    expect([folders.add('d'), folders.add('d'), folders.size]).toEqual([true, false, 1]);
    vi.advanceTimersByTime(0);
    expect(told).toEqual(['watch d', 'in d']);
    expect(look()).toEqual(['watch d']);
    expect(look()).toEqual(['watch d']);
  });

  it('tell of files that are written, new, deleted and moved, but not of what is deeper', () => {
    folders.add('d');
    vi.advanceTimersByTime(0);
    disk.write('d/a', 'A');
    expect(look()).toEqual(['watch d', 'in d', 'd/a']);
    disk.write('d/new', 'n');
    expect(look()).toEqual(['watch d', 'in d', 'd/new']);
    disk.remove('d/a');
    expect(look()).toEqual(['watch d', 'in d']);
    disk.write('d/sub/b', 'B');
    expect(look()).toEqual(['watch d']);
  });

  it('tell of folders in them that nobody knows, whenever these came', () => {
    disk.write('d/unknown/x', 'x');
    folders.add('d');
    vi.advanceTimersByTime(0);
    expect(told).toEqual(['watch d', 'in d', 'd/unknown']);
  });

  it('are looked at a last time when they can be watched again', () => {
    folders.add('d');
    folders.add('d/sub');
    vi.advanceTimersByTime(0);
    disk.write('d/sub/b', 'B');
    isAllowed = true;
    expect(look()).toEqual(['watch d', 'watch d/sub', 'in d/sub', 'd/sub/b', 'all']);
    expect([look(), folders.size]).toEqual([[], 0]);
    expect(folders.add('d')).toBe(true);
  });

  it('are not asked for one by one while the system refuses', () => {
    folders.add('d');
    folders.add('d/sub');
    vi.advanceTimersByTime(0);
    expect(look()).toEqual(['watch d']);
  });

  it('are forgotten when they are gone', () => {
    folders.add('d');
    folders.add('d/sub');
    folders.add('.');
    vi.advanceTimersByTime(0);
    folders.forget('d');
    expect(folders.size).toBe(1);
    folders.add('gone');
    expect(look()).toContain('gone');
    expect(folders.size).toBe(1);
  });

  it.each(['in d', 'd/a', 'watch d'])('are told of again if it throws when they are told: %s', (what) => {
    folders.add('d');
    folders.add('d/sub');
    vi.advanceTimersByTime(0);
    disk.write('d/a', 'A');
    disk.write('d/sub/b', 'B');
    faults = { [what]: 2 };
    expect(look()).toEqual(expect.arrayContaining([`a fault at: ${what}`, 'in d/sub', 'd/sub/b']));
    expect(look()).not.toContain(`a fault at: ${what}`);
    expect(look()).toEqual(['watch d', 'in d', 'd/a']);
    expect(look()).toEqual(['watch d']);
    faults = { [what]: 1 };
    disk.write('d/a', 'AA');
    expect(look()).toContain(`a fault at: ${what}`);
  });

  it('are told to be gone again if it throws when that is told', () => {
    folders.add('d');
    vi.advanceTimersByTime(0);
    disk.remove('d');
    faults = { d: 1 };
    expect(look()).toEqual(['a fault at: d']);
    expect(look()).toEqual(['d', 'all']);
  });

  it('are looked at again when new ones come, even if it throws when it is told that there are none', () => {
    folders.add('d');
    isAllowed = true;
    faults = { all: 1 };
    vi.advanceTimersByTime(0);
    expect(told).toEqual(['watch d', 'in d', 'a fault at: all']);
    isAllowed = false;
    folders.add('d');
    expect(look()).toContain('watch d');
  });
});
