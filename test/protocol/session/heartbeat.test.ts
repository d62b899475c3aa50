import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AbortedError, TimeLimitError, TimeoutError } from '../../../src/protocol/errors.ts';
import { Heartbeat, type HeartbeatParts } from '../../../src/protocol/session/heartbeat.ts';
import { Liveness } from '../../../src/protocol/stream/liveness.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECOND = 1000;

/** A heartbeat with its connection; `destroyed` is what ended it. */
function begin(wishes: Partial<HeartbeatParts> = {}) {
  const destroyed: Array<Error | undefined> = [];
  const transport = { ...scriptedTransport([]), destroy: (reason?: Error) => void destroyed.push(reason) };
  const liveness = new Liveness();
  liveness.owes('set-up');
  const writer = new WireWriter(transport, { liveness });
  writer.startFrames();
  const heartbeat = new Heartbeat({
    transport,
    writer,
    liveness,
    timeoutSeconds: 0,
    signal: undefined,
    ...wishes,
  });
  const emptyFrames = () =>
    Buffer.concat(transport.told)
      .toString('hex')
      .match(/00000007/g)?.length ?? 0;
  return { heartbeat, liveness, writer, destroyed, emptyFrames };
}

describe('a limit', () => {
  it('ends a connection that is alive', () => {
    const { liveness, destroyed } = begin({ stopAfterMinutes: 2 });
    for (let second = 0; second < 119; second++) {
      vi.advanceTimersByTime(SECOND);
      liveness.heard();
    }
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(SECOND);
    expect(destroyed).toHaveLength(1);
    expect(destroyed[0]).toBeInstanceOf(TimeLimitError);
    expect(destroyed[0]).toMatchObject({
      exitCode: 30,
      message: 'the limit of --stop-after=2 minutes is reached',
    });
  });

  it('is forgotten when the session is over, and none if it is in a month', () => {
    const ended = begin({ stopAfterMinutes: 2 });
    ended.heartbeat.stop();
    const distant = begin({ stopAfterMinutes: 40_000 });
    vi.advanceTimersByTime(200 * SECOND);
    expect([ended.destroyed, distant.destroyed]).toEqual([[], []]);
  });
});

describe('the limit of the login', () => {
  it('ends a login that is alive, but does not come to an end', () => {
    const { heartbeat, liveness, destroyed } = begin({ timeoutSeconds: 5 });
    heartbeat.limitLogin(25);
    for (let second = 0; second < 24; second++) {
      vi.advanceTimersByTime(SECOND);
      liveness.heard();
    }
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(SECOND + 1);
    expect(destroyed).toEqual([expect.any(TimeoutError)]);
    expect(destroyed[0]?.message).toBe('script has not finished the login within 25 seconds');
  });

  it('does not count while a person is asked', async () => {
    const { heartbeat, destroyed } = begin();
    heartbeat.limitLogin(10);
    vi.advanceTimersByTime(4 * SECOND);
    const answer = Promise.withResolvers<string>();
    const asked = heartbeat.withoutLimit(() => answer.promise);
    vi.advanceTimersByTime(1000 * SECOND);
    answer.resolve('pw');
    expect(await asked).toBe('pw');
    vi.advanceTimersByTime(5.9 * SECOND);
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(0.2 * SECOND);
    expect(destroyed).toEqual([expect.any(TimeoutError)]);
  });

  it.each([
    ['is over with the set-up', (one: ReturnType<typeof begin>) => one.heartbeat.endLogin()],
    ['is over with the session', (one: ReturnType<typeof begin>) => one.heartbeat.stop()],
    ['is none if it is 0', ({ heartbeat }: ReturnType<typeof begin>) => heartbeat.limitLogin(0)],
  ])('%s', (name, act) => {
    const one = begin();
    if (!name.includes('0')) one.heartbeat.limitLogin(10);
    act(one);
    vi.advanceTimersByTime(1000 * SECOND);
    expect(one.destroyed).toEqual([]);
  });
});

describe('the timeout', () => {
  it('ends a connection whose peer has been silent for so long', () => {
    const { destroyed } = begin({ timeoutSeconds: 8 });
    vi.advanceTimersByTime(7.9 * SECOND);
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(0.2 * SECOND);
    expect(destroyed[0]).toBeInstanceOf(TimeoutError);
    expect(destroyed[0]).toMatchObject({
      exitCode: 30,
      message: 'script has been silent for 8 seconds: I/O timeout',
    });
  });

  it('begins anew with every byte that is heard', () => {
    const { liveness, destroyed } = begin({ timeoutSeconds: 8 });
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(SECOND);
      liveness.heard();
    }
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(10 * SECOND);
    expect(destroyed[0]).toBeInstanceOf(TimeoutError);
  });

  it('does not run while the peer owes us nothing, and runs from when it does', () => {
    const { liveness, destroyed } = begin({ timeoutSeconds: 8 });
    liveness.settled('set-up');
    vi.advanceTimersByTime(1000 * SECOND);
    expect(destroyed).toEqual([]);
    liveness.owes('request');
    vi.advanceTimersByTime(7.9 * SECOND);
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(2 * SECOND);
    expect(destroyed).toHaveLength(1);
  });

  it('is for ever unless it is asked for', () => {
    const { destroyed } = begin();
    vi.advanceTimersByTime(24 * 3600 * SECOND);
    expect(destroyed).toEqual([]);
  });

  it.each([
    ['is taken over from the server', 0, 10, 10],
    ['is taken over if it is the shorter one', 60, 10, 10],
    ['stays if it is the shorter one', 10, 60, 10],
    ['may be as long as a day', 0, 86_400, 86_400],
  ])('%s', (_name, own, announced, effective) => {
    const { heartbeat, destroyed } = begin({ timeoutSeconds: own });
    heartbeat.adoptTimeout(announced);
    vi.advanceTimersByTime((effective - 0.1) * SECOND);
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(0.3 * effective * SECOND);
    expect(destroyed.length).toBeGreaterThan(0);
  });

  it.each([0, -1, -(2 ** 31), 86_401, 2 ** 31 - 1])(
    'of %d seconds is no timeout that a server may impose',
    (seconds) => {
      const { heartbeat, destroyed } = begin();
      heartbeat.adoptTimeout(seconds);
      vi.advanceTimersByTime(2 * 86_400 * SECOND);
      expect(destroyed).toEqual([]);
    },
  );

  it('that a server announces cannot switch off our own', () => {
    const { heartbeat, destroyed } = begin({ timeoutSeconds: 8 });
    heartbeat.adoptTimeout(0);
    heartbeat.adoptTimeout(1_000_000);
    vi.advanceTimersByTime(10 * SECOND);
    expect(destroyed[0]).toBeInstanceOf(TimeoutError);
  });
});

describe('signs of life', () => {
  it('go out at half the timeout while we have nothing to say', () => {
    const { heartbeat, liveness, emptyFrames } = begin({ timeoutSeconds: 20 });
    heartbeat.keepAlive();
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(SECOND);
      liveness.heard();
    }
    expect(emptyFrames()).toBe(6);
  });

  it('go out every half minute without a timeout: routers forget idle connections', () => {
    const { heartbeat, emptyFrames } = begin();
    heartbeat.keepAlive();
    vi.advanceTimersByTime(300 * SECOND);
    expect(emptyFrames()).toBe(10);
  });

  it('do not go out before frames are allowed', () => {
    const { emptyFrames } = begin({ timeoutSeconds: 20 });
    vi.advanceTimersByTime(15 * SECOND);
    expect(emptyFrames()).toBe(0);
  });

  it('are not needed while we speak', async () => {
    const { heartbeat, writer, emptyFrames } = begin();
    heartbeat.keepAlive();
    for (let second = 0; second < 120; second += 10) {
      writer.encoder.int32(7);
      await writer.flush();
      vi.advanceTimersByTime(10 * SECOND);
    }
    expect(emptyFrames()).toBe(0);
  });
});

describe('an abort', () => {
  it('ends the connection, with its reason', () => {
    const abort = new AbortController();
    const { destroyed } = begin({ signal: abort.signal });
    abort.abort('enough');
    expect(destroyed).toHaveLength(1);
    expect(destroyed[0]).toBeInstanceOf(AbortedError);
    expect(destroyed[0]).toMatchObject({ exitCode: 20, cause: 'enough' });
  });

  it('may have come before the connection', () => {
    const { destroyed } = begin({ signal: AbortSignal.abort() });
    expect(destroyed).toHaveLength(1);
  });

  it('has no effect on a connection that is over', () => {
    const abort = new AbortController();
    const { heartbeat, destroyed } = begin({ signal: abort.signal, timeoutSeconds: 1 });
    heartbeat.stop();
    abort.abort();
    vi.advanceTimersByTime(10 * SECOND);
    expect(destroyed).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
