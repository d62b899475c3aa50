import { describe, expect, it } from 'vitest';
import {
  type FileEntry,
  type Item,
  PushProgress,
  type PushProgressEvent,
  type RunningPush,
  type SentContent,
} from '../../../src/protocol/index.ts';

const item = { flags: 0 } as Item;
const sent = {} as SentContent;
const file = (size: number) => ({ name: 'file', size }) as FileEntry;

/** A push whose list is as given, and a clock that stands still unless it is set. */
function scene(list: Partial<RunningPush['list']> = {}) {
  const clock = { now: 0 };
  const progress = new PushProgress({ everyMs: 1000, now: () => clock.now });
  const listeners = progress.listen();
  listeners.begin?.({ list: { entries: 3, size: 10_000, isComplete: true, ...list } } as RunningPush);
  return { clock, listeners, events: progress[Symbol.asyncIterator]() };
}

async function next(events: AsyncIterator<PushProgressEvent>): Promise<PushProgressEvent> {
  const { value, done } = await events.next();
  if (done === true) throw new Error('there is no further event');
  return value;
}

describe('the progress of a push', () => {
  it('counts files and bytes, and foresees the end', async () => {
    const { clock, listeners, events } = scene();
    listeners.progress?.(file(4000), 1000);
    expect(await next(events)).toMatchObject({
      files: 0,
      bytes: 1000,
      bytesPerSecond: 0,
      etaSeconds: undefined,
    });
    clock.now = 1000;
    listeners.progress?.(file(4000), 3000);
    expect(await next(events)).toEqual({
      files: 0,
      bytes: 3000,
      listedFiles: 3,
      listedBytes: 10_000,
      isListComplete: true,
      bytesPerSecond: 2000,
      etaSeconds: 3.5,
      isOver: false,
    });
    clock.now = 2000;
    listeners.item?.(file(4000), item, sent);
    expect(await next(events)).toMatchObject({ files: 1, bytes: 4000, bytesPerSecond: 1500, etaSeconds: 4 });
  });

  it('does not count what was not sent', async () => {
    const { clock, listeners, events } = scene();
    clock.now = 5000;
    listeners.item?.(file(4000), item);
    listeners.end?.();
    expect(await next(events)).toMatchObject({ files: 0, bytes: 0, isOver: true });
  });

  it('tells no more often than asked for, but always the last of it', async () => {
    const { clock, listeners, events } = scene();
    for (const now of [0, 10, 999]) {
      clock.now = now;
      listeners.progress?.(file(4000), now);
    }
    listeners.end?.();
    expect(await next(events)).toMatchObject({ bytes: 999, isOver: true });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('foresees nothing while the list is growing', async () => {
    const { clock, listeners, events } = scene({ isComplete: false });
    listeners.progress?.(file(4000), 0);
    clock.now = 1000;
    listeners.progress?.(file(4000), 2000);
    expect(await next(events)).toMatchObject({ bytesPerSecond: 2000, etaSeconds: undefined });
  });

  it('waits for what comes later', async () => {
    const { listeners, events } = scene();
    const waiting = next(events);
    listeners.progress?.(file(4000), 5);
    expect(await waiting).toMatchObject({ bytes: 5 });
  });

  it("hands everything on to the caller's own listeners", () => {
    const heard: string[] = [];
    const listeners = new PushProgress().listen({
      begin: () => heard.push('begin'),
      progress: (_, position) => heard.push(`progress ${position}`),
      item: () => heard.push('item'),
      deleted: (path) => heard.push(`deleted ${path}`),
      end: () => heard.push('end'),
    });
    listeners.begin?.({} as RunningPush);
    listeners.progress?.(file(1), 1);
    listeners.item?.(file(1), item, sent);
    listeners.deleted?.('x', false);
    listeners.end?.();
    expect(heard).toEqual(['begin', 'progress 1', 'item', 'deleted x', 'end']);
  });
});
