import { beforeEach, describe, expect, it } from 'vitest';
import { Liveness } from '../../../src/protocol/stream/liveness.ts';

let now = 0;
let liveness: Liveness;

beforeEach(() => {
  now = 1000;
  liveness = new Liveness(() => now);
});

describe('a peer', () => {
  it('may be silent for as long as it owes us nothing', () => {
    now += 60_000;
    expect(liveness.silentMs).toBe(0);
    liveness.owes('request');
    now += 50;
    expect(liveness.silentMs).toBe(50);
    liveness.settled('request');
    now += 60_000;
    expect(liveness.silentMs).toBe(0);
  });

  it('is silent since the later of its last word and the first of what it owes', () => {
    liveness.owes('set-up');
    now += 100;
    liveness.heard();
    now += 10;
    liveness.owes('room');
    liveness.owes('set-up');
    now += 5;
    expect(liveness.silentMs).toBe(15);
    liveness.settled('set-up');
    expect(liveness.silentMs).toBe(5);
  });
});

describe('we', () => {
  it('are quiet since we spoke last', () => {
    now += 30;
    expect(liveness.quietMs).toBe(30);
    liveness.spoke();
    now += 7;
    liveness.heard();
    expect(liveness.quietMs).toBe(7);
  });
});
