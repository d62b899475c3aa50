import { describe, expect, it } from 'vitest';
import type { EventData, EventName } from '../../../src/watch/listeners/events.ts';
import { type Log, logEvent } from '../../../src/watch/listeners/log.ts';

function lineOf<Name extends EventName>(name: Name, data: EventData[Name]): unknown[] {
  const lines: unknown[] = [];
  const write = (level: string) => (fields: object, text: string) => lines.push(level, fields, text);
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  logEvent(log, name, data);
  return lines;
}

const remote = 'host::m';
const root = '/r';

describe('the line of an event', () => {
  it('warns of a path that failed once, and only whispers when it fails again', () => {
    const failure = { remote, path: 'a', reason: 'why', attempts: 1, retryMs: 1000 };
    expect(lineOf('failed', failure)).toEqual(['warn', failure, 'could not be sent']);
    const again = { ...failure, attempts: 2 };
    expect(lineOf('failed', again)).toEqual(['debug', again, 'could not be sent again']);
  });

  it('names what has not been deleted, without counting', () => {
    const fields = { remote, path: 'd', reason: 'why' };
    expect(lineOf('deletionsDeferred', { ...fields, attempts: 1 })).toEqual([
      'warn',
      fields,
      'sent, but for deletions',
    ]);
    expect(lineOf('deletionsDeferred', { ...fields, attempts: 3 })).toEqual([
      'debug',
      fields,
      'sent again, but for deletions',
    ]);
  });

  it('has the headline of a blocked remote for its text', () => {
    const fields = { remote, reason: 'why', retryMs: 250, backlog: 3 };
    const block = { ...fields, headline: 'login refused', isKnown: false };
    expect(lineOf('blocked', block)).toEqual(['warn', fields, 'login refused']);
    expect(lineOf('blocked', { ...block, isKnown: true })).toEqual(['debug', fields, 'still: login refused']);
  });

  it('has an error for its text where something is wrong here', () => {
    const error = new Error('no watches left');
    expect(lineOf('trouble', { error })).toEqual(['error', { err: error }, 'no watches left']);
    expect(lineOf('programError', { remote, error, isKnown: false })).toEqual([
      'error',
      { remote, err: error },
      'an error of the program itself',
    ]);
  });

  it('says that the watched folder is gone, and back', () => {
    expect(lineOf('rootGone', { root, reason: '/r is gone' })).toEqual(['error', { root }, '/r is gone']);
    expect(lineOf('rootBack', { root })).toEqual(['info', { root }, 'the watched folder is back']);
  });

  it.each(['away', 'replaced', 'appeared', 'back'] as const)('names what is mounted, and is %s', (news) => {
    const level = news === 'away' || news === 'replaced' ? 'warn' : 'info';
    expect(lineOf('mount', { root, path: 'd', news })).toEqual([
      level,
      { root, path: 'd' },
      expect.any(String),
    ]);
  });

  it.each([
    ['same', /overwrite each other$/],
    ['above', /^another process sends to a folder above/],
    ['below', /^another process sends to a folder in there/],
  ] as const)('says how another process shares a target: %s', (other, text) => {
    const fields = { root, remote, pid: 7 };
    expect(lineOf('sharedTarget', { ...fields, other })).toEqual([
      'warn',
      fields,
      expect.stringMatching(text),
    ]);
  });

  it('is missing for a full sync and a state, which other lines tell of', () => {
    expect(lineOf('fullSyncBegun', { remote })).toEqual([]);
    expect(lineOf('fullSyncEnded', { remote, isComplete: true, reason: undefined })).toEqual([]);
    expect(lineOf('state', { root, state: 'paused' })).toEqual([]);
  });
});
