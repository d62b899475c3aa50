import { describe, expect, it } from 'vitest';
import { Aftermath } from '../../../src/watch/remote/aftermath.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import { MemoryDisk } from '../../support/memory-disk.ts';

describe('after a session', () => {
  let now = 1000;
  const disk = new MemoryDisk(() => now);
  disk.write('d/a', 'a');
  disk.write('b', 'b');
  const task = (path: string): Task => ({
    todo: { action: 'send', path },
    path,
    found: disk.look(path),
    changes: [],
    needsPruning: false,
  });

  it('nothing is to be sent again if nothing has changed', () => {
    expect(new Aftermath(disk, [task('d/a'), task('b'), task('gone')]).changed()).toEqual([]);
  });

  it('whatever has changed meanwhile is told, the folders above included', () => {
    const aftermath = new Aftermath(disk, [task('d/a'), task('b'), task('gone')]);
    now = 2000;
    disk.write('b', 'B');
    disk.write('gone', 'back');
    disk.write('d/other', 'x');
    expect(aftermath.changed().sort()).toEqual(['.', 'b', 'd', 'gone']);
  });
});
