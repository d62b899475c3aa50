import { LocalTree } from '../files/local-tree.ts';
import { encodeArguments, serverArguments } from '../handshake/server-arguments.ts';
import { CAPABILITIES, setUp } from '../handshake/set-up.ts';
import type { DaemonTarget } from '../handshake/target.ts';
import type { ConnectionOptions, TransferOptions } from '../options/transfer-options.ts';
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
  const connected = await connectDaemon({ target, connection, transfer, signal });
  const { reader, writer, login } = connected;
  try {
    const offersRecursion = transfer.recursive === true && transfer.incRecursive !== false;
    const capabilities = offersRecursion ? `i${CAPABILITIES}` : CAPABILITIES;
    const words = serverArguments(transfer, {
      protocol: login.protocol,
      paths: [`${target.module}/${target.path}`],
      capabilities,
    });
    encodeArguments(writer.encoder, words, login.protocol);
    await writer.flush();
    const terms = await setUp(reader, writer, {
      protocol: login.protocol,
      offersIncrementalRecursion: offersRecursion,
      transferChecksum: undefined,
      fileListChecksum: undefined,
      compress: transfer.compress === true,
      compression: undefined,
    });
    return new PushSession(connected, terms, transfer);
  } catch (thrown) {
    connected.heartbeat.stop();
    connected.transport.destroy();
    throw thrown;
  }
}

export async function push(
  sources: readonly string[],
  request: OpenPushRequest,
  listeners: PushListeners = {},
): Promise<PushResult> {
  const { transfer } = request;
  const session = await beginPush(request);
  const tree = new LocalTree(sources, {
    recursive: transfer.recursive === true,
    dirs: transfer.dirs === true,
    relative: transfer.relative === true,
    hardLinks: transfer.hardLinks === true,
    atimes: (transfer.atimes ?? 0) > 0,
  });
  try {
    const filterList = transfer.delete === undefined ? undefined : Buffer.alloc(4);
    return await session.run({ tree, filterList, listeners });
  } finally {
    tree.close();
  }
}
