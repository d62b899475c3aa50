import { userInfo } from 'node:os';
import { readEarlyInput } from '../connect/early-input.ts';
import { type HttpProxy, openTunnel, parseProxy } from '../connect/http-proxy.ts';
import { readPasswordFile } from '../connect/password-file.ts';
import { checkDaemonTarget, type DaemonTarget } from '../connect/target.ts';
import { connectTcp } from '../connect/tcp.ts';
import {
  AuthenticationError,
  ConnectionClosedError,
  ConnectionError,
  ConnectProgramError,
  SetUpError,
  UsageError,
} from '../errors.ts';
import { NEWEST_PROTOCOL, OLDEST_PROTOCOL } from '../handshake/greeting.ts';
import { type Login, logIn } from '../handshake/login.ts';
import { withPipes } from '../named-files/read-named.ts';
import type { ConnectionOptions, TransferOptions } from '../options/transfer-options.ts';
import { Liveness } from '../stream/liveness.ts';
import { Pacer } from '../stream/pacer.ts';
import type { Transport } from '../stream/transport.ts';
import { WireReader } from '../stream/wire-reader.ts';
import { WireWriter } from '../stream/wire-writer.ts';
import { acknowledger, Heartbeat } from './heartbeat.ts';

const DAEMON_PORT = 873;
const BYTES_PER_KIB = 1024;

/** Seconds. A daemon itself waits 60 for us since 3.5.0; what it runs before the transfer may take longer. */
const DEFAULT_LOGIN_TIMEOUT = 300;
/** Proxy, greeting, challenge, set-up and seed. */
const MAX_LOGIN_STEPS = 5;

/** A step on the way to a session, for whoever looks for what is wrong with it. */
export type ConnectionStep =
  /** To the proxy, if there is one. */
  | { readonly kind: 'connecting'; readonly host: string; readonly port: number }
  | { readonly kind: 'logged-in'; readonly remoteProtocol: number; readonly protocol: number }
  /** What the server gets as its command line, and with `--secluded-args` behind it. */
  | { readonly kind: 'arguments'; readonly words: readonly string[]; readonly secluded: readonly string[] };

export interface ConnectRequest {
  readonly target: DaemonTarget;
  readonly connection: ConnectionOptions;
  readonly transfer: TransferOptions;
  readonly signal: AbortSignal | undefined;
  /** Each line of the message of the day as it comes, also if the daemon then refuses us. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly onStep?: ((step: ConnectionStep) => void) | undefined;
}

/** A daemon that we are logged in at: it waits for arguments, or has listed its modules. */
export interface Connection {
  readonly transport: Transport;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  readonly liveness: Liveness;
  readonly heartbeat: Heartbeat;
  readonly login: Login;
}

/** Connects and logs in. What goes wrong leaves nothing open. */
export async function connectDaemon(request: ConnectRequest): Promise<Connection> {
  const { target, connection, transfer, signal } = request;
  const daemon = { host: target.host, port: target.port ?? connection.port ?? DAEMON_PORT };
  checkDaemonTarget(target);
  const proxy = proxyOf(connection);
  const earlyInput = await withPipes(signal, (read) =>
    connection.earlyInput === undefined
      ? undefined
      : readEarlyInput(connection.earlyInput, read, transfer.insecureLinks),
  );
  const next = proxy ?? daemon;
  if (connection.connectProgram === undefined)
    request.onStep?.({ kind: 'connecting', host: next.host, port: next.port });
  const transport = await openTransport(request, next);
  const liveness = new Liveness();
  liveness.owes('set-up');
  const { bwlimit = 0 } = transfer;
  const pacer = bwlimit > 0 ? new Pacer(bwlimit * BYTES_PER_KIB) : undefined;
  const writer = new WireWriter(transport, { pacer, liveness });
  const reader = new WireReader(transport, { liveness, beforeWaiting: acknowledger(writer) });
  const heartbeat = new Heartbeat({
    transport,
    writer,
    liveness,
    timeoutSeconds: transfer.timeout ?? 0,
    stopAfterMinutes: transfer.stopAfter,
    signal,
  });
  heartbeat.limitLogin(connection.loginTimeout ?? defaultLoginTimeout(transfer));
  try {
    if (proxy !== undefined) await openTunnel({ reader, writer }, proxy, daemon);
    const login = await logIn(
      { reader, writer, peer: transport.peer },
      {
        module: target.module,
        protocol: ownProtocol(transfer.protocol),
        user: target.user ?? userName(),
        earlyInput,
        password: () => heartbeat.withoutLimit(() => passwordOf(request)),
        onLine: request.onLine,
        leastDigest: connection.leastDigest,
      },
    );
    const { greeting, protocol } = login;
    request.onStep?.({ kind: 'logged-in', remoteProtocol: greeting.version, protocol });
    return { transport, reader, writer, liveness, heartbeat, login };
  } catch (thrown) {
    heartbeat.stop();
    transport.destroy();
    throw thrown;
  }
}

/** Seconds: each step of a login may take the I/O timeout, but not all of them together and again. */
function defaultLoginTimeout({ timeout = 0 }: TransferOptions): number {
  return timeout > 0 ? Math.min(MAX_LOGIN_STEPS * timeout, DEFAULT_LOGIN_TIMEOUT) : DEFAULT_LOGIN_TIMEOUT;
}

/** A program stands for all of the connection, as with rsync. */
function proxyOf({ proxy, connectProgram }: ConnectionOptions): HttpProxy | undefined {
  return proxy && connectProgram === undefined ? parseProxy(proxy) : undefined;
}

async function openTransport(
  { target, connection, signal }: ConnectRequest,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Transport> {
  const { connectProgram: command, address, family, contimeout, noDelay, keepAlive } = connection;
  if (command === undefined)
    return connectTcp({ host, port, address, family, contimeout, noDelay, keepAlive, signal });
  const { connectProgram } = await import('../connect/program.ts');
  return connectProgram({ command, host: target.host, signal });
}

/** A connection that ends between login and transfer is the server's answer to what we have said. */
export function setUpFailure(thrown: unknown, peer: string): unknown {
  const isBroken = thrown instanceof ConnectionClosedError || thrown instanceof ConnectionError;
  if (!isBroken || thrown instanceof ConnectProgramError) return thrown;
  return new SetUpError(
    `${peer} ended the connection before the transfer: it may not take these options (its log has the reason)`,
    { cause: thrown },
  );
}

function ownProtocol(wished: number | undefined): number {
  if (wished === undefined) return NEWEST_PROTOCOL;
  if (wished >= OLDEST_PROTOCOL && wished <= NEWEST_PROTOCOL) return wished;
  throw new UsageError(
    `--protocol=${wished}: the versions spoken are ${OLDEST_PROTOCOL} to ${NEWEST_PROTOCOL}`,
  );
}

function passwordOf({ connection, target, transfer, signal }: ConnectRequest): string | Promise<string> {
  const { password, passwordFile, askPassword } = connection;
  if (password !== undefined) return password;
  if (passwordFile !== undefined)
    return withPipes(signal, (read) => readPasswordFile(passwordFile, read, transfer.insecureLinks));
  if (askPassword !== undefined) return askPassword();
  throw new AuthenticationError(
    `module ${target.module} wants a password: give --password-file=FILE or set RSYNC_PASSWORD`,
  );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that has no name; rsync says "nobody" then.
    return 'nobody';
  }
}
