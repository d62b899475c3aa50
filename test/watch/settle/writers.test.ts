import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SettledPath } from '../../../src/watch/settle/dirty-paths.ts';
import { Writers, type WritersParts } from '../../../src/watch/settle/writers.ts';
import { found } from '../../support/found.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Writers whose looks take so long, and what they were asked. */
function writersOf(lookMs = 0, parts: Partial<WritersParts> = {}) {
  const asked: string[][] = [];
  const open = new Set<string>();
  const troubles: string[] = [];
  const clock = { now: 0 };
  const writers = new Writers({
    disk: { look: () => found('file'), absolute: (path) => `/root/${path}` },
    newFolderAt: (path) => (path.startsWith('new') ? 'new' : undefined),
    beingWritten: (paths) => {
      asked.push([...paths]);
      clock.now += lookMs;
      return open;
    },
    onTrouble: ({ message }) => troubles.push(message),
    now: () => clock.now,
    ...parts,
  });
  const tell = (...paths: string[]) => {
    for (const path of paths) writers.told(path);
    vi.runAllTicks();
    vi.advanceTimersByTime(0);
  };
  const written = (...paths: string[]) =>
    [...writers.writtenOf(paths.map((path) => settled(path)))].map(({ path }) => path);
  return { writers, asked, open, troubles, clock, tell, written };
}

function settled(path: string, isOverdue = false): SettledPath {
  return { path, since: 0, heardAt: 0, isOverdue };
}

describe('a file that settles', () => {
  it('is looked at as soon as it is told of, and then not again', () => {
    const { asked, tell, written } = writersOf();
    tell('a', 'b');
    expect(asked).toEqual([['/root/a', '/root/b']]);
    expect(written('a', 'b')).toEqual([]);
    // What is only said once more.
    expect(written('a')).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('is looked at again if it is told of after the look', () => {
    const { asked, open, tell, writers, written } = writersOf();
    tell('a');
    writers.told('a');
    open.add('/root/a');
    expect(written('a')).toEqual(['a']);
    expect(asked).toHaveLength(2);
  });

  it('is looked at again if somebody wrote to it', () => {
    const { open, tell, written } = writersOf();
    open.add('/root/a');
    tell('a');
    expect(written('a')).toEqual(['a']);
    open.clear();
    expect(written('a')).toEqual([]);
  });

  it('is looked at when it has settled if it is one of many', () => {
    const { asked, tell, written } = writersOf();
    const many = Array.from({ length: 100 }, (_, i) => `f${i}`);
    tell(...many);
    expect(asked).toEqual([]);
    expect(written(...many)).toEqual([]);
    expect(asked).toEqual([many.map((path) => `/root/${path}`)]);
  });

  it('is not looked at when it may not wait any longer', () => {
    const { asked, writers } = writersOf();
    expect(writers.writtenOf([settled('a', true)]).size).toBe(0);
    expect(asked).toEqual([]);
  });

  it('is looked at when it has settled if that failed before, which is told', () => {
    let failures = 1;
    const { troubles, tell, written } = writersOf(0, {
      beingWritten: (paths) => {
        if (failures-- > 0) throw new Error('no /proc');
        return new Set(paths);
      },
    });
    tell('a');
    expect(troubles).toEqual(['no /proc']);
    expect(written('a')).toEqual(['a']);
  });

  it('is forgotten when everything is', () => {
    const { asked, tell, writers, written } = writersOf();
    tell('a');
    writers.told('b');
    writers.clear();
    vi.advanceTimersByTime(0);
    expect(asked).toHaveLength(1);
    written('a');
    expect(asked).toHaveLength(2);
  });
});

describe('a new folder', () => {
  it('is looked at whenever it, or what is in it, has settled: not all that is in it is told', () => {
    const { asked, open, tell, written } = writersOf();
    tell('new', 'new/a');
    expect(asked).toEqual([]);
    expect(written('new', 'new/a')).toEqual([]);
    open.add('/root/new/');
    expect(written('new', 'new/a')).toEqual(['new', 'new/a']);
    expect(asked).toEqual([['/root/new/'], ['/root/new/']]);
  });
});

describe('looks', () => {
  it('may take a while at once, and then a part of the time', () => {
    for (const [lookMs, most] of [
      [0.1, 200],
      [10, 40],
      [500, 20],
    ] as const) {
      const { asked, clock, tell, written } = writersOf(lookMs);
      const waiting = new Set<string>();
      for (let i = 0; i < 200; i += 1) {
        clock.now += 5;
        tell(`f${i}`);
        waiting.add(`f${i}`);
        const held = written(...waiting);
        waiting.clear();
        for (const path of held) waiting.add(path);
        if (i === 9 && lookMs <= 10) expect(waiting.size).toBe(0);
      }
      expect(asked.length).toBeLessThanOrEqual(most);
      clock.now += 600;
      expect(written(...waiting)).toEqual([]);
    }
  });
});
