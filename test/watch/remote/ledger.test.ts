import { describe, expect, it } from 'vitest';
import { type Change, type ChangeKind, changeOf } from '../../../src/watch/change.ts';
import { type Lease, Ledger } from '../../../src/watch/remote/ledger.ts';
import type { Task } from '../../../src/watch/remote/planner.ts';
import { found } from '../../support/found.ts';

function ledgerOf(...changes: Change[]): Ledger {
  const limits = { maxInFolder: 1000, most: 1000 };
  const ledger = new Ledger({ limits, retry: { firstMs: 1000, maxMs: 60_000 }, random: () => 1 });
  ledger.waiting.add(changes);
  return ledger;
}

const change = (path: string, kind: ChangeKind = 'path') => changeOf(path, kind, 0);

function take(ledger: Ledger, limit = 9): Lease {
  const lease = ledger.take(0, limit);
  if (lease === undefined) throw new Error('nothing to take');
  return lease;
}

/** A task about each change that is held, as if each path were a file. */
function tasksOf({ held }: Lease, kind: 'file' | 'folder' = 'file'): Task[] {
  return held.map((one) => {
    return {
      path: one.path,
      todo: { action: 'send', path: one.path },
      found: found(kind),
      changes: [one],
      needsPruning: false,
    };
  });
}

const paths = (changes: readonly Change[]) => changes.map(({ path }) => path);

describe('a ledger', () => {
  it('counts a change wherever it is, until its session has ended', () => {
    const ledger = ledgerOf(change('a'), change('b'));
    const lease = take(ledger, 1);
    expect([ledger.size, ledger.waiting.size, ledger.sessions]).toEqual([2, 1, 0]);
    const flight = lease.begin(tasksOf(lease));
    ledger.giveBack([lease]);
    expect([ledger.size, ledger.waiting.size, ledger.sessions]).toEqual([2, 1, 1]);
    flight.end();
    expect([ledger.size, ledger.waiting.size, ledger.sessions]).toEqual([1, 1, 0]);
  });

  it('gives no change of a path that is in flight, or of one above or below it', () => {
    const ledger = ledgerOf(change('d/a'));
    const lease = take(ledger);
    const flight = lease.begin(tasksOf(lease));
    ledger.waiting.add([change('d/a'), change('d/a/b'), change('d', 'tree'), change('e')]);
    expect(paths(take(ledger).held)).toEqual(['e']);
    expect(['d', 'd/a', 'd/a/b', 'd/c'].map((path) => ledger.isFree(path))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    flight.end();
    expect(paths(take(ledger).held)).toEqual(['d']);
  });

  it('gives changes below a folder of which only the attributes are in flight', () => {
    const ledger = ledgerOf(change('d'));
    const lease = take(ledger);
    lease.begin(tasksOf(lease, 'folder'));
    expect([ledger.isFree('d'), ledger.isFree('d/a'), ledger.sessions]).toEqual([true, true, 1]);
  });

  it('gives a lease only if there is something to take', () => {
    expect(ledgerOf().take(0, 9)).toBeUndefined();
  });

  it('takes back what nobody has answered for', () => {
    const ledger = ledgerOf(change('sent'), change('passed'), change('left'));
    const lease = take(ledger);
    const [sent, passed] = tasksOf(lease) as [Task, Task, Task];
    lease.begin([sent]).end();
    lease.pass(passed.changes);
    expect(paths(lease.held)).toEqual(['left']);
    ledger.giveBack([lease]);
    expect(ledger.size).toBe(1);
    expect(paths(take(ledger).held)).toEqual(['left']);
  });

  it('takes back only what a lease still holds in the end', () => {
    const ledger = ledgerOf(change('a'), change('b'));
    const lease = take(ledger);
    lease.hold([change('b')]);
    ledger.giveBack([lease]);
    expect([ledger.size, paths(take(ledger).held)]).toEqual([1, ['b']]);
  });

  it('keeps what is given back even if it cannot be sorted', () => {
    const ledger = ledgerOf(change('a'), change('b'));
    const lease = take(ledger, 1);
    const broken = new Error('cannot be sorted');
    const add = ledger.waiting.add.bind(ledger.waiting);
    ledger.waiting.add = () => {
      throw broken;
    };
    expect(() => ledger.giveBack([lease])).toThrow(broken);
    ledger.waiting.add = add;
    expect(ledger.size).toBe(2);
  });

  it('frees the paths of a session once, however often it ends', () => {
    const ledger = ledgerOf(change('a'));
    const first = take(ledger);
    const flight = first.begin(tasksOf(first));
    flight.end();
    ledger.waiting.add([change('a')]);
    const second = take(ledger);
    second.begin(tasksOf(second));
    flight.end();
    expect([ledger.isFree('a'), ledger.sessions]).toEqual([false, 1]);
  });
});
