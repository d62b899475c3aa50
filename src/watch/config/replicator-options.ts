import { type Environment, UsageError } from '../../protocol/index.ts';
import { checkFields, type FieldChecks, isFlag, isWhole } from '../../protocol/internal.ts';
import type { Log } from '../listeners/log.ts';

/** Of lanes, which are threads. */
export const MAX_LANES = 100;
const LOG_METHODS = ['debug', 'info', 'warn', 'error'];

export interface ReplicatorOptions {
  readonly log: Log;
  /** Stops the replicator, as {@link Replicator.stop} does. */
  readonly signal?: AbortSignal;
  /** `-r`: the whole tree is sent first, to every remote. */
  readonly startsWithAll?: boolean;
  /** `-n`: maximum number of concurrent sessions, 1 to 100; default 10. */
  readonly lanes?: number;
  /** Milliseconds that stopping may take to send what has changed; default 5000. */
  readonly drainMs?: number;
  /** Variables that rsync honours, such as `RSYNC_PASSWORD`. */
  readonly environment?: Environment;
}

const optionChecks: FieldChecks<ReplicatorOptions> = {
  log: (value) => (isLog(value) ? undefined : `a log with ${LOG_METHODS.join(', ')}`),
  signal: (value) => (value instanceof AbortSignal ? undefined : 'an AbortSignal'),
  startsWithAll: isFlag,
  lanes: isWhole(1, MAX_LANES),
  drainMs: isWhole(0),
  environment: (value) =>
    typeof value === 'object' && value !== null ? undefined : 'an object of variables',
};

/** @throws UsageError that names field and value. */
export function checkReplicatorOptions(options: ReplicatorOptions): void {
  checkFields(options, optionChecks, { what: 'the options of the replicator' });
  if (options.log === undefined)
    throw new UsageError(`log: it is missing; ${LOG_METHODS.join(', ')} are called`);
}

function isLog(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return LOG_METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
}
