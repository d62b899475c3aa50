import { describe, expect, it } from 'vitest';
import { Deliveries } from '../../../src/watch/remote/deliveries.ts';
import { found } from '../../support/found.ts';

/** Two clocks that go on together, until somebody sets one of them. */
class Times {
  now = 1_000_000;
  setBy = 0;
  wall = () => this.now + this.setBy;
  monotonic = () => this.now;
}

const LISTED = { wall: 5000, monotonic: 700 };
const ECHO = Number.NEGATIVE_INFINITY;

const changedAt = (ctimeMs: number) => found('file', { ctimeMs });

describe('what was delivered', () => {
  it('covers a file that has not changed since it was listed', () => {
    const deliveries = new Deliveries(new Times(), 1);
    deliveries.note('a', { kind: 'path', listedAt: LISTED });
    expect(deliveries.covers('a', changedAt(4000), ECHO)).toBe(true);
    expect(deliveries.covers('a', changedAt(5001), ECHO)).toBe(false);
    expect(deliveries.covers('b', changedAt(4000), ECHO)).toBe(false);
  });

  it('is in doubt as long as the clock of the file system may lag behind', () => {
    const deliveries = new Deliveries(new Times(), 1);
    deliveries.note('a', { kind: 'path', listedAt: LISTED });
    expect([4987, 4988, 4999].map((ctime) => deliveries.covers('a', changedAt(ctime), ECHO))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('covers nothing that the system has told since it was listed, whatever the times of the file are', () => {
    const deliveries = new Deliveries(new Times(), 1);
    deliveries.note('a', { kind: 'path', listedAt: LISTED });
    expect([699, 700, 701].map((heardAt) => deliveries.covers('a', changedAt(0), heardAt))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('covers what is in a folder that was sent whole, or what is directly in one', () => {
    const deliveries = new Deliveries(new Times(), 1);
    deliveries.note('tree', { kind: 'tree', listedAt: LISTED });
    deliveries.note('level', { kind: 'level', listedAt: LISTED });
    deliveries.note('path', { kind: 'path', listedAt: LISTED });
    const covered = ['tree/a/b', 'level/a', 'level/a/b', 'path/a'];
    expect(covered.map((path) => deliveries.covers(path, changedAt(0), ECHO))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('covers nothing whose times are those of another clock', () => {
    for (const device of [2, undefined]) {
      const deliveries = new Deliveries(new Times(), device);
      deliveries.note('a', { kind: 'path', listedAt: LISTED });
      expect(deliveries.covers('a', changedAt(0), ECHO)).toBe(false);
    }
  });

  it('is forgotten when the clock is set', () => {
    const times = new Times();
    const deliveries = new Deliveries(times, 1);
    deliveries.note('a', { kind: 'path', listedAt: LISTED });
    times.now += 10_000;
    times.setBy += 10;
    expect(deliveries.covers('a', changedAt(0), ECHO)).toBe(true);
    times.setBy += 3_600_000;
    expect(deliveries.covers('a', changedAt(0), ECHO)).toBe(false);
  });

  it('is forgotten when it is in doubt, and when there is too much of it', () => {
    const deliveries = new Deliveries(new Times(), 1);
    for (let i = 0; i <= 5000; i += 1) deliveries.note(`f${i}`, { kind: 'path', listedAt: LISTED });
    expect(['f0', 'f1', 'f5000'].map((path) => deliveries.covers(path, changedAt(0), ECHO))).toEqual([
      false,
      true,
      true,
    ]);
    deliveries.clear();
    expect(deliveries.covers('f5000', changedAt(0), ECHO)).toBe(false);
  });
});
