import { expect, it } from 'vitest';
import { type Clock, Pacer } from '../../../src/protocol/stream/pacer.ts';

/** A clock that goes on when somebody sleeps. */
function sleepyClock() {
  let nowMs = 5000;
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
  return { clock, pass: (ms: number) => (nowMs += ms) };
}

/** What was handed over, with the time of each slice since the first. */
function record(clock: Clock) {
  const slices: Array<{ readonly at: number; readonly bytes: Buffer }> = [];
  const start = clock.now();
  const hand = async (slice: readonly Buffer[]) => {
    slices.push({ at: clock.now() - start, bytes: Buffer.concat(slice) });
  };
  return { slices, hand };
}

it('spreads bytes evenly, in their order', async () => {
  const { clock } = sleepyClock();
  const { slices, hand } = record(clock);
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
  const pacer = new Pacer(10_000, clock);
  await pacer.send([bytes.subarray(0, 10), bytes.subarray(10, 40_000), bytes.subarray(40_000)], hand);
  expect(Buffer.concat(slices.map((slice) => slice.bytes)).equals(bytes)).toBe(true);
  expect(slices).toHaveLength(100);
  // The first two go at once, each further one 100 ms later.
  expect(slices.map(({ at }) => Math.round(at))).toEqual([
    0,
    ...Array.from({ length: 99 }, (_, i) => i * 100),
  ]);
});

it('saves nothing up while nothing is sent, but for one slice', async () => {
  const { clock, pass } = sleepyClock();
  const { slices, hand } = record(clock);
  const pacer = new Pacer(10_000, clock);
  await pacer.send([Buffer.alloc(1000)], hand);
  pass(60_000);
  await pacer.send([Buffer.alloc(4000)], hand);
  expect(slices.map(({ at }) => Math.round(at))).toEqual([0, 60_000, 60_000, 60_100, 60_200]);
});

it('catches up a late wake-up', async () => {
  const { clock, pass } = sleepyClock();
  const { slices, hand } = record(clock);
  const late: Clock = { now: clock.now, sleep: async (ms) => void pass(ms + 30) };
  await new Pacer(10_000, late).send([Buffer.alloc(5000)], hand);
  expect(slices.map(({ at }) => Math.round(at))).toEqual([0, 0, 130, 230, 330]);
});

it('sends what is given at the same time one after the other', async () => {
  const { clock } = sleepyClock();
  const { slices, hand } = record(clock);
  const pacer = new Pacer(1_000_000, clock);
  await Promise.all(['one', 'two', 'three'].map((text) => pacer.send([Buffer.from(text)], hand)));
  expect(slices.map(({ bytes }) => bytes.toString())).toEqual(['one', 'two', 'three']);
});

it('passes on what goes wrong, and goes on', async () => {
  const { clock } = sleepyClock();
  const { slices, hand } = record(clock);
  const pacer = new Pacer(1000, clock);
  const broken = pacer.send([Buffer.alloc(10)], () => Promise.reject(new Error('broken')));
  const next = pacer.send([Buffer.from('next')], hand);
  await expect(broken).rejects.toThrow('broken');
  await next;
  expect(slices).toHaveLength(1);
});

it('does not cut into crumbs at the smallest rate', async () => {
  const { clock } = sleepyClock();
  const { slices, hand } = record(clock);
  await new Pacer(1024, clock).send([Buffer.alloc(1024)], hand);
  expect(slices.map(({ bytes }) => bytes.length)).toEqual([512, 512]);
});
