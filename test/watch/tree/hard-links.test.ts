import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Found } from '../../../src/watch/tree/disk.ts';
import { HardLinks } from '../../../src/watch/tree/hard-links.ts';
import { diskOf, found, missing } from '../../support/found.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const named = (inode: number, links: number) => found('file', { inode, links });

/** A tree whose scans take 10 ms and find what they are told to. */
function hardLinks(paths: Record<string, Found>, names: string[][], failures = 0) {
  const scans: (readonly string[])[] = [];
  const troubles: string[] = [];
  const others: string[] = [];
  const links = new HardLinks({
    disk: { ...diskOf({}), look: (path) => paths[path] ?? missing },
    scan: async (files) => {
      scans.push(files);
      if (scans.length <= failures) throw new Error('a fault');
      await new Promise((resolve) => setTimeout(resolve, 10));
      return names;
    },
    onOther: (path) => others.push(path),
    onTrouble: (error) => troubles.push(error.message),
    now: () => performance.now(),
  });
  const of = (path: string) => links.othersOf(path, paths[path] ?? { kind: 'missing' });
  return { of, links, scans, others, paths, troubles };
}

describe('a file with several names', () => {
  it('has them found when it first changes', async () => {
    const { of, scans, others } = hardLinks({ a: named(1, 2), b: named(1, 2) }, [['a', 'b']]);
    expect(of('a')).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(scans).toEqual([['1:1']]);
    expect(others).toEqual(['a', 'b']);
    expect(of('a')).toEqual(['b']);
    expect(of('b')).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(scans).toHaveLength(1);
  });

  it('has new ones learnt when they are made', async () => {
    const { of, paths, scans } = hardLinks({ a: named(1, 2), b: named(1, 2) }, [['a', 'b']]);
    of('a');
    await vi.advanceTimersByTimeAsync(10);
    for (const name of ['a', 'b', 'c']) paths[name] = named(1, 3);
    expect(of('c').sort()).toEqual(['a', 'b']);
    expect(scans).toHaveLength(1);
  });

  it('is remembered under a name that has become that of another file', async () => {
    const { of, paths } = hardLinks({ a: named(1, 2), b: named(1, 2) }, [['a', 'b']]);
    of('a');
    await vi.advanceTimersByTimeAsync(10);
    of('a');
    paths.a = named(9, 1);
    paths.b = named(1, 1);
    expect(of('a')).toEqual(['b']);
    expect(of('a')).toEqual([]);
  });

  it('may have names outside of the tree, for which nobody looks again', async () => {
    const { of, scans } = hardLinks({ a: named(1, 3), b: named(1, 3) }, [['a', 'b']]);
    of('a');
    await vi.advanceTimersByTimeAsync(10);
    expect(of('a')).toEqual(['b']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(scans).toHaveLength(1);
  });

  it('is not scanned for again at once', async () => {
    const { of, paths, scans } = hardLinks({ a: named(1, 2), b: named(1, 2) }, [['a', 'b']]);
    of('a');
    await vi.advanceTimersByTimeAsync(10);
    paths.x = named(2, 2);
    of('x');
    await vi.advanceTimersByTimeAsync(50);
    expect(scans).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60);
    expect(scans).toEqual([['1:1'], ['1:2']]);
  });

  it('is looked for when none of its names leads to it any more: a folder may have been renamed', async () => {
    const { of, paths, scans, others } = hardLinks({ a: named(1, 2), 'd/b': named(1, 2) }, [['a', 'd/b']]);
    of('a');
    await vi.advanceTimersByTimeAsync(1000);
    others.length = 0;
    paths['e/b'] = named(1, 1);
    delete paths['d/b'];
    paths.a = found('folder');
    expect(of('a')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(scans).toHaveLength(2);
    expect(scans[1]).toEqual(['1:1']);
  });

  it('has them looked for again if a scan fails, which is told once and not tried all the time', async () => {
    const { of, scans, others, troubles } = hardLinks({ a: named(1, 2), b: named(1, 2) }, [['a', 'b']], 3);
    of('a');
    await vi.advanceTimersByTimeAsync(900);
    expect([scans.length, troubles]).toEqual([1, ['a fault']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([scans, others]).toEqual([
      [['1:1'], ['1:1'], ['1:1'], ['1:1']],
      ['a', 'b'],
    ]);
    expect(troubles).toEqual(['a fault']);
  });

  it('has nothing found when it is over', async () => {
    const { of, links, scans } = hardLinks({ a: named(1, 2) }, []);
    of('a');
    links.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(scans).toEqual([]);
  });
});

describe('a file with one name, or none', () => {
  it('has no others, and costs nothing', async () => {
    const { of, scans } = hardLinks({ a: named(1, 1), d: found('folder', { links: 5 }) }, []);
    expect([of('a'), of('d'), of('gone')]).toEqual([[], [], []]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(scans).toEqual([]);
  });
});
