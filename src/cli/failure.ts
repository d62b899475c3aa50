import { AbortedError, exitCodes, RemoteExitError, RsyncError } from '../protocol/index.ts';
import { adviceOn } from './advice.ts';
import { Interruption } from './interruption.ts';

export interface Failure {
  /** One line, without the name of the program. */
  readonly text: string;
  readonly exitCode: number;
}

/** What is said last of a push that went to its end, by its exit code. */
const partialReasons: Readonly<Record<number, string>> = {
  [exitCodes.partial]: 'some files or attributes were not transferred (see the errors above)',
  [exitCodes.vanished]: 'some source files vanished before they could be transferred',
  [exitCodes.deleteLimit]: 'the --max-delete limit stopped deletions',
};

export function partialFailure(exitCode: number): Failure | undefined {
  const reason = partialReasons[exitCode];
  return reason === undefined ? undefined : withCode(reason, exitCode);
}

/**
 * What ended a command. `lastWords` is why the server gave up, if it has said so: its other words have been shown
 * already.
 */
export function failureOf(thrown: unknown, lastWords?: string): Failure {
  if (thrown instanceof RemoteExitError) {
    const reason = lastWords ?? 'it ended the session';
    const advice = adviceOn(thrown.message);
    const remedy = advice === undefined ? '' : `; ${advice}`;
    return withCode(`the server gave up: ${reason}${remedy}`, thrown.exitCode);
  }
  if (thrown instanceof AbortedError) {
    const { cause } = thrown;
    if (cause instanceof Interruption) return withCode(cause.message, cause.exitCode);
    return withCode('interrupted', thrown.exitCode);
  }
  if (thrown instanceof RsyncError) return withCode(thrown.message, thrown.exitCode);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return withCode(`an error that should not happen: ${message}`, exitCodes.fileIo);
}

function withCode(reason: string, exitCode: number): Failure {
  return { text: `${reason} (code ${exitCode})`, exitCode };
}
