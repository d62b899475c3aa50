import {
  AccessDeniedError,
  AuthenticationError,
  ConnectionClosedError,
  DaemonError,
  TooManyConnectionsError,
  UnknownModuleError,
  UsageError,
} from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Cursor } from '../wire/cursor.ts';
import { MAX_LINE_LENGTH, MAX_LOGIN_LINES } from '../wire/limits.ts';
import { answerChallenge, chooseDigest } from './challenge.ts';
import { agreeOnProtocol, formatGreeting, type Greeting, parseGreeting } from './greeting.ts';

export interface LoginRequest {
  /** Empty asks for the list of modules. */
  readonly module: string;
  /** The newest version to speak. */
  readonly protocol: number;
  readonly user: string;
  /** Asked only when the module wants a password. */
  readonly password: () => string | Promise<string>;
}

export interface Login {
  readonly protocol: number;
  readonly greeting: Greeting;
  /** Lines of the message of the day; for a module list the list itself. */
  readonly lines: readonly string[];
}

interface LoginStreams {
  readonly reader: WireReader;
  readonly writer: WireWriter;
  /** The server, for messages. */
  readonly peer: string;
}

/**
 * Greets a daemon, names the module and proves who we are; afterwards the daemon waits for the arguments. The message
 * of the day has no mark of its own: it is every line that is nothing else.
 *
 * Source: shared/protocol chapter 1, sections 4 and 5.
 */
export async function logIn(streams: LoginStreams, request: LoginRequest): Promise<Login> {
  const { reader, writer } = streams;
  checkModule(request.module);
  writer.encoder.utf8(`${formatGreeting(request.protocol)}\n${request.module}\n`);
  await writer.flush();
  const greeting = parseGreeting(await readLine(streams));
  const protocol = agreeOnProtocol(request.protocol, greeting);
  const lines: string[] = [];
  while (lines.length < MAX_LOGIN_LINES) {
    const line = await readLine(streams);
    const [, challenge] = /^@RSYNCD: AUTHREQD (.*)$/.exec(line) ?? [];
    if (line === '@RSYNCD: OK' || line === '@RSYNCD: EXIT') return { protocol, greeting, lines };
    if (line.startsWith('@ERROR')) throw explainError(line, request);
    if (challenge === undefined) {
      lines.push(decodeText(line));
      continue;
    }
    const digest = chooseDigest(greeting, protocol);
    const response = await answerChallenge(digest, await request.password(), challenge);
    writer.encoder.utf8(`${request.user} ${response}\n`);
    await writer.flush();
  }
  throw new DaemonError(`${streams.peer} sent more than ${MAX_LOGIN_LINES} lines without coming to an end`);

  async function readLine({ peer }: LoginStreams): Promise<string> {
    try {
      return await reader.read((cursor: Cursor) => cursor.line(MAX_LINE_LENGTH, 'login'));
    } catch (cause) {
      if (!(cause instanceof ConnectionClosedError)) throw cause;
      throw new DaemonError(`${peer} closed the connection during the login: it may not be an rsync daemon`, {
        cause,
      });
    }
  }
}

function checkModule(module: string): void {
  if (/[\n\r\0/]/.test(module)) throw new UsageError(`module name ${JSON.stringify(module)}: not a name`);
}

function explainError(line: string, { module, user }: LoginRequest): DaemonError {
  const text = decodeText(line.replace(/^@ERROR:? ?/, ''));
  if (text.startsWith('Unknown module')) {
    return new UnknownModuleError(`unknown module '${module}': the server has none of that name for us`);
  }
  if (text.startsWith('auth failed')) {
    return new AuthenticationError(
      `auth failed on module ${module}: check user '${user}' and the password (the server's log has the reason)`,
    );
  }
  if (text.startsWith('access denied')) {
    return new AccessDeniedError(`${text}: the server's "hosts allow" or "hosts deny" keeps us out`);
  }
  if (text.startsWith('max connections')) {
    return new TooManyConnectionsError(`module ${module}: ${text}`);
  }
  return new DaemonError(`the server refused: ${text}`);
}

/** Lines come as bytes, one per character; people write UTF-8. */
function decodeText(line: string): string {
  return Buffer.from(line, 'latin1').toString('utf8');
}
