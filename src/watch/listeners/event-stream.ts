import type { EventEmitter } from 'node:events';
import type { Emit, ReplicatorEvents } from './events.ts';
import { errorOf, type Log, logEvent, safeLog } from './log.ts';

/**
 * The stream of a replicator: the log hears of everything first, then whoever listens.
 *
 * @param onLogFailure The log has thrown an error, which disturbs nobody.
 */
export function eventStream(
  given: Log,
  users: EventEmitter<ReplicatorEvents>,
  onLogFailure?: (thrown: unknown) => void,
): Emit {
  const log = safeLog(given, onLogFailure);
  // That the data is that of the event has been checked where it was told.
  const untyped: EventEmitter = users;
  return (name, data) => {
    logEvent(log, name, data);
    try {
      untyped.emit(name, data);
    } catch (thrown) {
      const fields = { ...('remote' in data && { remote: data.remote }), err: errorOf(thrown) };
      const what = name === 'batch' ? 'what was sent' : `"${name}"`;
      log.error(fields, `who listens to ${what} has thrown an error`);
    }
  };
}
