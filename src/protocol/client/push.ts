import { modulePath } from '../connect/target.ts';
import { UnsupportedError } from '../errors.ts';
import { readFilters } from '../filter/parse-filters.ts';
import { encodeArguments } from '../handshake/argument-list.ts';
import { EarlyOfferRejected } from '../handshake/negotiation.ts';
import { CAPABILITIES, impliedChecksum, setUp } from '../handshake/set-up.ts';
import { refuseTooModern } from '../options/protocol-needs.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { serverArguments } from '../options/server-arguments.ts';
import { connectDaemon, setUpFailure } from '../session/connection.ts';
import type { ChecksumName, CompressionName } from '../terms.ts';
import { openLocalTree } from '../trees/local-source.ts';
import { checkListeners, checkPushRequest, checkSources } from './check-request.ts';
import type { PushListeners, PushResult } from './push-listeners.ts';
import type { OpenPushRequest, PushRequest } from './push-request.ts';
import { PushSession } from './push-session.ts';
import { pushTree } from './push-tree.ts';

/**
 * Opens a session up to the point where it waits for a tree to push: connected, logged in, arguments sent.
 *
 * @throws UsageError or UnsupportedError for what the request asks for, before anything is connected.
 */
export async function openPush(request: OpenPushRequest): Promise<PushSession> {
  checkPushRequest(request);
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
    if (!(thrown instanceof EarlyOfferRejected)) throw thrown;
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
      offersIncrementalRecursion: options.recursive && options.incRecursive,
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
    if (options.checksum && terms.fileListChecksum === 'none')
      throw new UnsupportedError('--checksum needs a sum for files, and "none" was chosen for that');
    return new PushSession({ connection: connected, terms, options });
  } catch (thrown) {
    connected.heartbeat.stop();
    connected.transport.destroy();
    throw setUpFailure(thrown, connected.transport.peer);
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

/**
 * Pushes files and folders of this machine, named as rsync's source arguments.
 *
 * @throws UsageError or UnsupportedError for what the request asks for, before anything is connected.
 */
export async function push(
  sources: readonly string[],
  request: PushRequest,
  listeners: PushListeners = {},
): Promise<PushResult> {
  checkListeners(listeners);
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
  checkSources(sources);
  checkPushRequest(request);
  const { transfer, cvsIgnore, signal } = request;
  const options = resolveOptions(transfer);
  const filters = await readFilters(options, cvsIgnore, signal, (text) =>
    listeners.message?.({ level: 'warning', text }),
  );
  const tree = await openLocalTree(sources, options, { signal });
  try {
    const session = await beginPush({
      ...request,
      onMotd: motdListener(request, listeners),
      onStep: (step) => listeners.step?.(step),
    });
    try {
      return await pushTree(session, { tree, root: tree.root, filters, listeners });
    } finally {
      session.close();
    }
  } finally {
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
