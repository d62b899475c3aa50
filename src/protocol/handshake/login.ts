import {
  AccessDeniedError,
  AuthenticationError,
  ConnectionClosedError,
  ConnectionError,
  ConnectProgramError,
  DaemonError,
  TooManyConnectionsError,
  UnknownModuleError,
  UsageError,
} from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Cursor } from '../wire/cursor.ts';
import { decodeName, encodeName } from '../wire/file-name.ts';
import { MAX_LINE_LENGTH, MAX_LOGIN_LENGTH } from '../wire/limits.ts';
import { answerChallenge, chooseDigest, refuseWeaker } from './challenge.ts';
import {
  type AuthDigest,
  agreeOnProtocol,
  formatGreeting,
  type Greeting,
  parseGreeting,
} from './greeting.ts';

/** Bytes that a line costs besides its own. */
const LINE_COST = 64;

export interface LoginRequest {
  /** Empty asks for the list of modules. */
  readonly module: string;
  /** The newest version to speak. */
  readonly protocol: number;
  /** Empty is `nobody`. */
  readonly user: string;
  /** For the daemon's `early exec`; none is sent if it is empty. */
  readonly earlyInput?: Buffer | undefined;
  /** Asked only when the module wants a password. */
  readonly password: () => string | Promise<string>;
  /** No password is answered for with a weaker digest. */
  readonly leastDigest?: AuthDigest | undefined;
  /** Each line of the message of the day, or of the list of modules, as it comes: also if a refusal follows. */
  readonly onLine?: ((line: string) => void) | undefined;
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
 * Source: docs/protocol chapter 1, sections 4 and 5.
 */
export async function logIn(streams: LoginStreams, request: LoginRequest): Promise<Login> {
  const { reader, writer } = streams;
  checkModule(request.module);
  say(`${formatGreeting(request.protocol)}\n`);
  const { earlyInput } = request;
  if (earlyInput !== undefined && earlyInput.length > 0) {
    say(`#early_input=${earlyInput.length}\n`);
    writer.encoder.bytes(earlyInput);
  }
  say(`${request.module}\n`);
  await flush();
  const greeting = parseGreeting(await readLine(streams));
  const protocol = agreeOnProtocol(request.protocol, greeting);
  const lines: string[] = [];
  let isAuthenticated = false;
  for (let length = 0; length <= MAX_LOGIN_LENGTH; ) {
    const line = await readLine(streams);
    const [, challenge] = /^@RSYNCD: AUTHREQD (.*)$/.exec(line) ?? [];
    if (line === endOf(request)) return { protocol, greeting, lines };
    if (line.startsWith('@ERROR')) throw explainError(line, request);
    if (line === '@RSYNCD: EXIT') throw new DaemonError(`${streams.peer} ended the login of its own accord`);
    if (challenge === undefined) {
      const text = decodeText(line);
      lines.push(text);
      request.onLine?.(text);
      length += line.length + LINE_COST;
      continue;
    }
    if (isAuthenticated) throw new DaemonError(`${streams.peer} asks for the password once more`);
    isAuthenticated = true;
    const user = checkUser(request.user);
    const digest = chooseDigest(greeting, protocol);
    if (request.leastDigest !== undefined) refuseWeaker(digest, request.leastDigest);
    const response = await answerChallenge(digest, await request.password(), challenge);
    say(`${user} ${response}\n`);
    await flush();
  }
  throw new DaemonError(`${streams.peer} sent more than ${MAX_LOGIN_LENGTH} bytes without coming to an end`);

  function say(text: string): void {
    writer.encoder.bytes(encodeName(text));
  }

  /** What the server has said before it went away is still to be read. */
  async function flush(): Promise<void> {
    await writer.flush().catch((thrown: unknown) => {
      if (!isBroken(thrown)) throw thrown;
    });
  }

  async function readLine({ peer }: LoginStreams): Promise<string> {
    try {
      return await reader.read((cursor: Cursor) => cursor.line(MAX_LINE_LENGTH, 'login'));
    } catch (cause) {
      if (!isBroken(cause)) throw cause;
      throw new DaemonError(`${peer} closed the connection during the login: it may not be an rsync daemon`, {
        cause,
      });
    }
  }
}

/** A tunnel that fails is no answer of a daemon. */
function isBroken(thrown: unknown): boolean {
  if (thrown instanceof ConnectProgramError) return false;
  return thrown instanceof ConnectionClosedError || thrown instanceof ConnectionError;
}

/** The line that ends a login, or a list of modules. */
function endOf({ module }: LoginRequest): string {
  return module === '' ? '@RSYNCD: EXIT' : '@RSYNCD: OK';
}

/** The server takes what stands before the first blank for the user. */
function checkUser(user: string): string {
  if (/[\s\0]/.test(user))
    throw new UsageError(`user name ${JSON.stringify(user)}: it must not hold a blank`);
  return user === '' ? 'nobody' : user;
}

function checkModule(module: string): void {
  if (/[\n\r\0/]/.test(module)) throw new UsageError(`module name ${JSON.stringify(module)}: not a name`);
}

function explainError(line: string, { module, user }: LoginRequest): DaemonError {
  const text = decodeText(line.replace(/^@ERROR:? ?/, ''));
  const options = { said: text };
  if (text.startsWith('Unknown module')) {
    return new UnknownModuleError(
      `unknown module '${module}': the server has none of that name for us`,
      options,
    );
  }
  if (text.startsWith('auth failed')) {
    return new AuthenticationError(
      `auth failed on module ${module}: check user '${user}' and the password (the server's log has the reason)`,
      options,
    );
  }
  if (text.startsWith('access denied')) {
    return new AccessDeniedError(`${text}: the server's "hosts allow" or "hosts deny" keeps us out`, options);
  }
  if (text.startsWith('max connections')) {
    return new TooManyConnectionsError(`module ${module}: ${text}`, options);
  }
  if (/^ch(?:dir|root) failed/.test(text)) {
    return new DaemonError(
      `the server refused: ${text}: the folder of module ${module} is missing there, or closed to its user`,
      options,
    );
  }
  return new DaemonError(`the server refused: ${text}`, options);
}

/** Lines come as bytes, one per character; most people write UTF-8, and what others write keeps its bytes. */
function decodeText(line: string): string {
  return decodeName(Buffer.from(line, 'latin1'));
}
