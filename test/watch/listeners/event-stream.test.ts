import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { eventStream } from '../../../src/watch/listeners/event-stream.ts';
import type { BatchReport, ReplicatorEvents } from '../../../src/watch/listeners/events.ts';
import type { Log } from '../../../src/watch/listeners/log.ts';

const BATCH: BatchReport = {
  remote: 'host::m',
  kind: 'changes',
  changed: 1,
  deleted: 0,
  sentBytes: 10,
  receivedBytes: 20,
  ms: 3,
  latencyMs: 5,
  paths: ['a'],
};

function streamOf(onLogFailure?: (thrown: unknown) => void) {
  const lines: unknown[] = [];
  const write = (level: string) => (fields: object, text: string) => lines.push([level, fields, text]);
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const users = new EventEmitter<ReplicatorEvents>();
  return { lines, log, users, emit: eventStream(log, users, onLogFailure) };
}

describe('the stream of events', () => {
  it('goes to the log first, then to whoever listens, with the same data', () => {
    const { emit, lines, users } = streamOf();
    users.on('batch', (report) => lines.push(report));
    emit('batch', BATCH);
    const { paths: _, kind: __, ...fields } = BATCH;
    expect(lines).toEqual([['info', fields, 'sent'], BATCH]);
  });

  it('is not disturbed by a listener that throws, which the log tells', () => {
    const { emit, lines, users } = streamOf();
    const err = new Error('a fault');
    for (const name of ['batch', 'state'] as const)
      users.on(name, () => {
        throw err;
      });
    emit('batch', BATCH);
    emit('state', { root: '/r', state: 'watching' });
    expect(lines.slice(1)).toEqual([
      ['error', { remote: 'host::m', err }, 'who listens to what was sent has thrown an error'],
      ['error', { err }, 'who listens to "state" has thrown an error'],
    ]);
  });

  it('is not disturbed by a log that throws, and goes on to whoever listens', () => {
    const failures: unknown[] = [];
    const { emit, log, users } = streamOf((thrown) => failures.push(thrown));
    const heard: string[] = [];
    users.on('recovered', ({ remote }) => heard.push(remote));
    log.info = () => {
      throw new Error('no disk');
    };
    emit('recovered', { remote: 'host::m' });
    expect([heard, failures]).toEqual([['host::m'], [new Error('no disk')]]);
  });
});
