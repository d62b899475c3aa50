import {
  type DaemonTarget,
  daemonUrl,
  destinationModule,
  type ModuleListTarget,
  parseTarget,
  type Target,
  type TargetSyntax,
  UnsupportedError,
  UsageError,
} from '../protocol/index.ts';
import { withoutShell } from '../protocol/internal.ts';

/** On Windows a drive letter is not the name of a host. */
const SYNTAX: TargetSyntax = { driveLetters: process.platform === 'win32' };

export interface PushOperands {
  readonly sources: readonly string[];
  readonly target: DaemonTarget;
}

/** Sources and destination of a push, or what is wrong with them, in rsync's order. */
export function pushOperands(operands: readonly string[], hasList: boolean): PushOperands {
  const [destination, ...sources] = operands.toReversed();
  sources.reverse();
  if (destination === undefined) throw new UsageError('push needs a source and a destination; see --help');
  const target = parseTarget(destination, SYNTAX);
  if (sources.length === 0) throw new UsageError(missing(target));
  if (sources.includes('')) throw new UsageError('a source is empty: name a file or folder');
  if (sources.some(isRemote)) throw refuseRemote(target);
  if (hasList && sources.length > 1)
    throw new UsageError('--files-from takes one source: the folder that its names are relative to');
  return { sources, target: destinationModule(target) };
}

/** The daemon whose modules are to be listed. */
export function listOperand(operands: readonly string[]): ModuleListTarget {
  const [operand, ...others] = operands;
  if (operand === undefined || others.length > 0)
    throw new UsageError('ls needs one daemon: rsync://HOST[:PORT]/ or HOST::');
  const target = parseTarget(operand, SYNTAX);
  switch (target.kind) {
    case 'module-list':
      return target;
    case 'daemon':
      throw new UnsupportedError(
        `the files of module ${target.module} cannot be listed yet; ${daemonUrl(target)} lists the modules`,
      );
    case 'shell':
      throw new UnsupportedError(withoutShell(target, 'rsync://HOST[:PORT]/ or HOST::'));
    case 'local':
      throw new UsageError(`${operand}: this is no daemon; name one: rsync://HOST[:PORT]/ or HOST::`);
  }
}

function missing(target: Target): string {
  if (target.kind === 'local') return 'a destination is missing: rsync://[USER@]HOST[:PORT]/MODULE/PATH';
  return 'a source is missing: push needs one in front of the destination (tsersync ls lists modules)';
}

function isRemote(source: string): boolean {
  return parseTarget(source, SYNTAX).kind !== 'local';
}

function refuseRemote(target: Target): Error {
  if (target.kind !== 'local') return new UsageError('source and destination cannot both be remote');
  return new UnsupportedError('files are not fetched yet: sources must be local, the destination a daemon');
}
