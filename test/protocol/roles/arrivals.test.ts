import { describe, expect, it } from 'vitest';
import { type Problem, ProtocolError } from '../../../src/protocol/errors.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import { FileList } from '../../../src/protocol/file-list/file-list.ts';
import type { SourceTree } from '../../../src/protocol/file-list/source-tree.ts';
import { Arrivals } from '../../../src/protocol/roles/arrivals.ts';
import { memoryTree } from '../../support/memory-tree.ts';

/** A list of `.`, `a`, `sub` and `z`, by index from 0. */
function arrivals(remove?: (entry: FileEntry) => boolean | Promise<boolean>) {
  const tree: SourceTree = memoryTree({ a: '1', sub: {}, z: '2' });
  if (remove !== undefined) tree.remove = remove;
  const list = new FileList({ protocol: 31, incrementalRecursion: false });
  list.add((tree as ReturnType<typeof memoryTree>).entries);
  const heard: string[] = [];
  const problems: Problem[] = [];
  const parts = {
    tree,
    list,
    onArrived: ({ name }: FileEntry) => heard.push(`${name} arrived`),
    onRemoved: ({ name }: FileEntry, wasThere: boolean) => heard.push(`${name} removed: ${wasThere}`),
    onProblem: (problem: Problem) => problems.push(problem),
  };
  return { arrivals: new Arrivals(parts), list, heard, problems };
}

/** Where the list has a name. */
function indexOf(list: FileList, name: string): number {
  return [0, 1, 2, 3].find((index) => list.at(index).name === name) as number;
}

describe('what has arrived', () => {
  it('is removed at once, but no folder is', async () => {
    const removed: string[] = [];
    const scene = arrivals(({ name }) => removed.push(name) > 0);
    for (const name of ['a', 'sub', 'z']) scene.arrivals.arrived(indexOf(scene.list, name));
    expect(removed).toEqual(['a', 'z']);
    await scene.arrivals.settled();
    expect(scene.heard).toEqual([
      'a arrived',
      'sub arrived',
      'z arrived',
      'a removed: true',
      'z removed: true',
    ]);
  });

  it('is removed once, however often it is reported', async () => {
    const removed: string[] = [];
    const scene = arrivals(({ name }) => removed.push(name) > 0);
    for (let times = 0; times < 20; times++) scene.arrivals.arrived(indexOf(scene.list, 'a'));
    await scene.arrivals.settled();
    expect(removed).toEqual(['a']);
    expect(scene.heard).toEqual(['a arrived', 'a removed: true']);
    expect(() => scene.arrivals.arrived(indexOf(scene.list, 'a'))).toThrow(ProtocolError);
  });

  it('is only told where the tree removes nothing', async () => {
    const scene = arrivals();
    scene.arrivals.arrived(indexOf(scene.list, 'a'));
    await scene.arrivals.settled();
    expect(scene.heard).toEqual(['a arrived']);
  });

  it('is settled when slow removals have ended, too', async () => {
    const answer = Promise.withResolvers<boolean>();
    const scene = arrivals(() => answer.promise);
    scene.arrivals.arrived(indexOf(scene.list, 'a'));
    const settled = scene.arrivals.settled().then(() => scene.heard.push('settled'));
    answer.resolve(false);
    await settled;
    expect(scene.heard).toEqual(['a arrived', 'a removed: false', 'settled']);
  });

  it('is a problem if it cannot be removed, and the others go', async () => {
    const scene = arrivals(({ name }) => {
      if (name === 'a') throw new Error('no');
      return true;
    });
    for (const name of ['a', 'z']) scene.arrivals.arrived(indexOf(scene.list, name));
    await scene.arrivals.settled();
    expect(scene.heard).toContain('z removed: true');
    expect(scene.problems).toMatchObject([{ path: 'a', doing: 'unlink', kind: 'failed' }]);
  });

  it('must be in the list', () => {
    const scene = arrivals(() => expect.unreachable());
    expect(() => scene.arrivals.arrived(99)).toThrow(ProtocolError);
    expect(() => scene.arrivals.arrived(-1)).toThrow(ProtocolError);
  });
});
