import { LocalTree } from '../files/local-tree.ts';
import { encodeArguments } from '../handshake/argument-list.ts';
import { serverArguments } from '../handshake/server-arguments.ts';
import { CAPABILITIES, setUp } from '../handshake/set-up.ts';
import { type DaemonTarget, modulePath } from '../handshake/target.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { ConnectionOptions, TransferOptions } from '../options/transfer-options.ts';
import type { ChecksumName, CompressionName } from '../terms.ts';
import { connectDaemon } from './connection.ts';
import { type PushListeners, type PushResult, PushSession } from './push-session.ts';

export interface OpenPushRequest {
  readonly target: DaemonTarget;
  readonly transfer: TransferOptions;
  readonly connection?: ConnectionOptions;
  readonly signal?: AbortSignal | undefined;
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

async function beginPush({
  target,
  transfer,
  connection = {},
  signal,
}: OpenPushRequest): Promise<PushSession> {
  const options = resolveOptions(transfer);
  const connected = await connectDaemon({ target, connection, transfer, signal });
  const { reader, writer, login } = connected;
  try {
    const words = serverArguments(transfer, {
      protocol: login.protocol,
      paths: [modulePath(target)],
      capabilities: CAPABILITIES,
      incrementalRecursion: true,
    });
    encodeArguments(writer.encoder, words, login.protocol);
    await writer.flush();
    const [transferChecksum, fileListChecksum] = checksumNames(options.checksumChoice);
    const terms = await setUp(reader, writer, {
      protocol: login.protocol,
      offersIncrementalRecursion: options.recursive && options.incRecursive !== false,
      transferChecksum,
      fileListChecksum,
      compress: options.compress,
      compression: compressionName(options.compressChoice),
    });
    return new PushSession(connected, terms, options);
  } catch (thrown) {
    connected.heartbeat.stop();
    connected.transport.destroy();
    throw thrown;
  }
}

/** Names that `--checksum-choice` has fixed for the transfer and for the file list; nothing is negotiated then. */
function checksumNames(choice: string | undefined): [ChecksumName | undefined, ChecksumName | undefined] {
  if (choice === undefined) return [undefined, undefined];
  const [transfer = '', list = transfer] = choice.replaceAll('xxhash', 'xxh64').split(',');
  return [transfer as ChecksumName, list as ChecksumName];
}

function compressionName(choice: string | undefined): CompressionName | undefined {
  return choice === undefined || choice === 'auto' ? undefined : (choice as CompressionName);
}

/** Pushes files and folders of this machine, named as rsync's source arguments. */
export async function push(
  sources: readonly string[],
  request: OpenPushRequest,
  listeners: PushListeners = {},
): Promise<PushResult> {
  const { recursive, dirs, relative, hardLinks, atimes, delete: deletes } = resolveOptions(request.transfer);
  const tree = new LocalTree(sources, {
    recursive,
    dirs,
    relative,
    hardLinks: hardLinks === true,
    atimes: (atimes ?? 0) > 0,
  });
  const session = await beginPush(request);
  try {
    const filterList = deletes === undefined ? undefined : Buffer.alloc(4);
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}
