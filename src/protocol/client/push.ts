import { UnsupportedError } from '../errors.ts';
import type { CvsIgnore } from '../filter/filter-rules.ts';
import { readFilters } from '../filter/parse-filters.ts';
import { encodeArguments } from '../handshake/argument-list.ts';
import { NamedFirstError } from '../handshake/negotiation.ts';
import { refuseTooModern } from '../handshake/protocol-needs.ts';
import { serverArguments } from '../handshake/server-arguments.ts';
import { CAPABILITIES, impliedChecksum, setUp } from '../handshake/set-up.ts';
import { type DaemonTarget, modulePath } from '../handshake/target.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { ConnectionOptions, TransferOptions } from '../options/transfer-options.ts';
import type { ChecksumName, CompressionName } from '../terms.ts';
import { connectDaemon } from './connection.ts';
import { openLocalTree } from './local-source.ts';
import type { ConnectionStep, PushListeners } from './push-listeners.ts';
import type { PushResult } from './push-result.ts';
import { PushSession } from './push-session.ts';
import { pushTree } from './push-tree.ts';

export interface OpenPushRequest {
  readonly target: DaemonTarget;
  readonly transfer: TransferOptions;
  readonly connection?: ConnectionOptions;
  readonly signal?: AbortSignal | undefined;
  /** Each line of the daemon's message of the day, as it comes: also if the daemon then refuses us. */
  readonly onMotd?: ((line: string) => void) | undefined;
  readonly onStep?: ((step: ConnectionStep) => void) | undefined;
}

/** Opens a session up to the point where it waits for a tree to push: connected, logged in, arguments sent. */
export async function openPush(request: OpenPushRequest): Promise<PushSession> {
  const session = await beginPush(request);
  try {
    await session.isReady();
    return session;
  } catch (thrown) {
    session.close();
    throw thrown;
  }
}

/** The session waits for its seed only. */
async function beginPush(request: OpenPushRequest): Promise<PushSession> {
  try {
    return await connectAndSetUp(request, true);
  } catch (thrown) {
    if (!(thrown instanceof NamedFirstError)) throw thrown;
    // The message of the day has been told.
    return await connectAndSetUp({ ...request, onMotd: undefined, onStep: undefined }, false);
  }
}

async function connectAndSetUp(request: OpenPushRequest, mayNameFirst: boolean): Promise<PushSession> {
  const { target, transfer, connection = {}, signal, onMotd, onStep } = request;
  const options = resolveOptions(transfer);
  const connected = await connectDaemon({ target, connection, transfer, signal, onLine: onMotd, onStep });
  const { reader, writer, login } = connected;
  try {
    refuseTooModern(options, login.protocol);
    const words = serverArguments(transfer, {
      protocol: login.protocol,
      paths: [modulePath(target)],
      capabilities: CAPABILITIES,
      incrementalRecursion: true,
    });
    onStep?.({ kind: 'arguments', words: words.plain, secluded: words.secluded ?? [] });
    encodeArguments(writer.encoder, words, login.protocol);
    const [transferChecksum, fileListChecksum] = checksumNames(options.checksumChoice, login.protocol);
    const terms = await setUp(reader, writer, {
      protocol: login.protocol,
      offersIncrementalRecursion: options.recursive && options.incRecursive !== false,
      transferChecksum,
      fileListChecksum,
      compress: options.compress,
      compression: compressionName(options.compressChoice),
      compressLevel: options.compressLevel,
      checksumPreference: options.checksumList,
      compressionPreference: options.compressList,
      // Servers negotiate since 3.2.0; their greetings tell since 3.2.7.
      mayNameFirst: mayNameFirst && login.greeting.digests !== undefined,
    });
    if (options.checksum === true && terms.fileListChecksum === 'none')
      throw new UnsupportedError('--checksum needs a sum for files, and "none" was chosen for that');
    return new PushSession({ connection: connected, terms, options });
  } catch (thrown) {
    connected.heartbeat.stop();
    connected.transport.destroy();
    throw thrown;
  }
}

/**
 * Names that `--checksum-choice` has fixed for the transfer and for the file list; nothing is negotiated then, also if
 * one of the two is `auto`.
 */
function checksumNames(
  choice: string | undefined,
  protocol: number,
): [ChecksumName | undefined, ChecksumName | undefined] {
  if (choice === undefined) return [undefined, undefined];
  const [transfer = '', list = transfer] = choice.replaceAll('xxhash', 'xxh64').split(',');
  const nameOf = (name: string) => (name === 'auto' ? impliedChecksum(protocol) : (name as ChecksumName));
  return [nameOf(transfer), nameOf(list)];
}

function compressionName(choice: string | undefined): CompressionName | undefined {
  return choice === undefined || choice === 'auto' ? undefined : (choice as CompressionName);
}

export interface PushRequest extends OpenPushRequest {
  /** What CVS ignores besides its own list, for `--cvs-exclude`. */
  readonly cvsIgnore?: CvsIgnore;
}

/** Pushes files and folders of this machine, named as rsync's source arguments. */
export async function push(
  sources: readonly string[],
  request: PushRequest,
  listeners: PushListeners = {},
): Promise<PushResult> {
  const { end, ...others } = listeners;
  try {
    return await pushSources(sources, request, others);
  } finally {
    end?.();
  }
}

async function pushSources(
  sources: readonly string[],
  request: PushRequest,
  listeners: PushListeners,
): Promise<PushResult> {
  const { transfer, cvsIgnore, signal } = request;
  const options = resolveOptions(transfer);
  const filters = await readFilters(options, cvsIgnore, signal, (text) =>
    listeners.message?.({ level: 'warning', text }),
  );
  const tree = await openLocalTree(sources, options, { signal });
  const session = await beginPush({
    ...request,
    onMotd: motdListener(request, listeners),
    onStep: (step) => listeners.step?.(step),
  });
  try {
    return await pushTree(session, { tree, root: tree.root, filters, listeners });
  } finally {
    session.close();
    tree.close();
  }
}

function motdListener(
  { onMotd }: PushRequest,
  { motd }: PushListeners,
): ((line: string) => void) | undefined {
  if (motd === undefined) return onMotd;
  return (line) => {
    onMotd?.(line);
    motd(line);
  };
}
