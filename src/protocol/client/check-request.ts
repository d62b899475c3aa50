import { checkDaemonTarget } from '../connect/target.ts';
import { UsageError } from '../errors.ts';
import { checkConnectionOptions } from '../options/check-options.ts';
import {
  checkFields,
  type FieldChecks,
  isAnything,
  isDuration,
  isFunction,
} from '../options/field-checks.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { PushListeners } from './push-listeners.ts';
import type { ListRequest, OpenPushRequest, PushRequest } from './push-request.ts';

const isSignal = (value: unknown) => (value instanceof AbortSignal ? undefined : 'an AbortSignal');

const requestChecks: FieldChecks<PushRequest> = {
  target: isAnything,
  transfer: isAnything,
  connection: isAnything,
  signal: isSignal,
  onMotd: isFunction,
  onStep: isFunction,
  cvsIgnore: isAnything,
};

const listenerChecks: FieldChecks<PushListeners> = {
  motd: isFunction,
  step: isFunction,
  begin: isFunction,
  item: isFunction,
  sending: isFunction,
  arrived: isFunction,
  removed: isFunction,
  deleted: isFunction,
  message: isFunction,
  problem: isFunction,
  progress: isFunction,
  end: isFunction,
};

const listChecks: FieldChecks<ListRequest> = {
  timeout: isDuration,
  onLine: isFunction,
  signal: isSignal,
};

/**
 * Refuses what makes no sense before anything is read or connected.
 *
 * @throws UsageError or UnsupportedError that names the field.
 */
export function checkPushRequest(request: OpenPushRequest): void {
  checkFields(request, requestChecks, { what: 'the request' });
  checkTarget(request.target);
  if (request.transfer === undefined)
    throw new UsageError('transfer: the options of the transfer are missing');
  resolveOptions(request.transfer);
  if (request.connection !== undefined) checkConnectionOptions(request.connection);
}

/** Of a call that has files of this machine as its sources. */
export function checkSources(sources: readonly string[]): void {
  if (!Array.isArray(sources)) throw new UsageError('sources: not a list of paths');
  if (sources.length === 0) throw new UsageError('sources: there are none: name a file or folder');
  for (const source of sources) {
    if (typeof source !== 'string' || source === '' || source.includes('\0'))
      throw new UsageError(`sources: ${JSON.stringify(source)} is not a path`);
  }
}

export function checkListeners(listeners: PushListeners): void {
  checkFields(listeners, listenerChecks, { what: 'the listeners' });
}

export function checkListRequest(request: ListRequest): void {
  checkFields(request, listChecks, { what: 'the request' });
}

/** @throws UsageError for what is no daemon, such as the text of a URL. */
export function checkTarget(target: unknown): void {
  const parts: Record<string, unknown> = { ...(typeof target === 'object' ? target : undefined) };
  const { kind, host, module, path, user = '' } = parts;
  const areTexts = [host, module, path, user].every((part) => typeof part === 'string');
  if (kind !== 'daemon' || !areTexts)
    throw new UsageError(
      'target: not a daemon with a module; make one of a URL with destinationModule(parseTarget(url))',
    );
  checkDaemonTarget(target as Parameters<typeof checkDaemonTarget>[0]);
}
