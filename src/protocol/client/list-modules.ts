import type { DaemonTarget } from '../connect/target.ts';
import { checkConnectionOptions } from '../options/check-options.ts';
import type { ConnectionOptions } from '../options/transfer-options.ts';
import { connectDaemon } from '../session/connection.ts';
import { checkListRequest, checkTarget } from './check-request.ts';
import type { ListRequest } from './push-request.ts';

export interface ModuleLine {
  readonly name: string;
  readonly comment: string;
}

export interface ModuleList {
  readonly modules: readonly ModuleLine[];
  /** Lines in front of the list: the message of the day. */
  readonly motd: readonly string[];
}

/**
 * The modules that a daemon shows to everybody.
 *
 * Source: docs/protocol chapter 1, section 4.3.
 *
 * @throws UsageError or UnsupportedError for an argument, before anything is connected.
 */
export async function listModules(
  target: Pick<DaemonTarget, 'host' | 'port' | 'user'>,
  connection: ConnectionOptions = {},
  request: ListRequest = {},
): Promise<ModuleList> {
  const daemon = { ...target, kind: 'daemon', module: '', path: '' } as const;
  checkTarget(daemon);
  checkConnectionOptions(connection);
  checkListRequest(request);
  const { timeout = 0, signal, onLine } = request;
  const { transport, heartbeat, login } = await connectDaemon({
    target: daemon,
    connection,
    transfer: { timeout },
    signal,
    onLine,
  });
  heartbeat.stop();
  transport.destroy();
  return sortLines(login.lines);
}

/** Nothing marks the end of the message of the day: the modules are the last lines that look like modules. */
function sortLines(lines: readonly string[]): ModuleList {
  const parsed = lines.map((line) => /^(\S.*?) *\t(.*)$/.exec(line));
  const start = parsed.lastIndexOf(null) + 1;
  const modules = parsed.slice(start).map((match) => ({ name: match?.[1] ?? '', comment: match?.[2] ?? '' }));
  return { modules, motd: lines.slice(0, start) };
}
