import { describe, expect, it } from 'vitest';
import { EventLoopYield, inTurns, type Steps } from '../../../src/protocol/stream/event-loop-yield.ts';

const MIB = 1024 * 1024;

/** A clock that stands still, unless it is set. */
function clock() {
  const time = { now: 0 };
  return { time, yielding: new EventLoopYield({ now: () => time.now }) };
}

/** Pieces of work until a turn is due, at most `most`. */
function piecesUntilDue(yielding: EventLoopYield, bytes: number, most: number): number {
  for (let pieces = 1; pieces <= most; pieces += 1) if (yielding.isDue(bytes)) return pieces;
  return Infinity;
}

describe('long work', () => {
  it('has a turn after 16 MiB', () => {
    expect(piecesUntilDue(clock().yielding, MIB, 100)).toBe(16);
  });

  it('has a turn after many small things', () => {
    expect(piecesUntilDue(clock().yielding, 0, 100_000)).toBe(2000);
  });

  it('has a turn after a while, but not for the first few things', () => {
    const { time, yielding } = clock();
    time.now = 25;
    expect(piecesUntilDue(yielding, 0, 100)).toBe(16);
    yielding.restart();
    expect(piecesUntilDue(yielding, 0, 100)).toBe(Infinity);
    time.now = 50;
    expect(yielding.isDue()).toBe(true);
  });

  it('begins to count anew after a turn', async () => {
    const { yielding } = clock();
    let turns = 0;
    setImmediate(() => {
      turns += 1;
    });
    await yielding.after(15 * MIB);
    expect(turns).toBe(0);
    await yielding.after(15 * MIB);
    expect(turns).toBe(1);
    expect(yielding.isDue(15 * MIB)).toBe(false);
  });

  it('ends with the reason of its signal, at every piece', async () => {
    const control = new AbortController();
    const yielding = new EventLoopYield({ signal: control.signal });
    const reason = new Error('enough');
    await yielding.after(1);
    control.abort(reason);
    await expect(yielding.after(1)).rejects.toBe(reason);
    await expect(yielding.turn()).rejects.toBe(reason);
    expect(() => yielding.check()).toThrow(reason);
  });
});

describe('an answer that is waited for', () => {
  it('is what comes of it', async () => {
    const { signal } = new AbortController();
    for (const yielding of [new EventLoopYield(), new EventLoopYield({ signal })]) {
      expect(await yielding.until(1)).toBe(1);
      expect(await yielding.until(Promise.resolve(2))).toBe(2);
      await expect(yielding.until(Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
  });

  it('is not waited for any longer than the work goes on', async () => {
    const control = new AbortController();
    const yielding = new EventLoopYield({ signal: control.signal });
    const reason = new Error('enough');
    const answer = yielding.until(new Promise(() => {}));
    control.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(yielding.until(new Promise(() => {}))).rejects.toBe(reason);
  });
});

describe('work in steps', () => {
  function* count(steps: number, done: number[]): Steps<string> {
    for (let step = 0; step < steps; step += 1) {
      done.push(step);
      yield;
    }
    return 'done';
  }

  it('is done at once if it never yields', () => {
    expect(inTurns(count(0, []))).toBe('done');
  });

  it('lets others have a turn after each', async () => {
    const done: number[] = [];
    const seen: number[] = [];
    const look = () => {
      seen.push(done.length);
      if (done.length < 3) setImmediate(look);
    };
    setImmediate(look);
    expect(await inTurns(count(3, done))).toBe('done');
    expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('is not gone on with when its time is over', async () => {
    const control = new AbortController();
    const done: number[] = [];
    const work = inTurns(count(100, done), new EventLoopYield({ signal: control.signal }));
    control.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    expect(done.length).toBeLessThan(3);
  });
});
