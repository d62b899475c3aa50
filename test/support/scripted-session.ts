import type { PushListeners, PushResult } from '../../src/protocol/client/push-listeners.ts';
import { PushSession } from '../../src/protocol/client/push-session.ts';
import type { SourceTree } from '../../src/protocol/file-list/source-tree.ts';
import { resolveOptions } from '../../src/protocol/options/resolve-options.ts';
import type { TransferOptions } from '../../src/protocol/options/transfer-options.ts';
import type { Connection } from '../../src/protocol/session/connection.ts';
import { acknowledger, Heartbeat } from '../../src/protocol/session/heartbeat.ts';
import { Liveness } from '../../src/protocol/stream/liveness.ts';
import type { Transport } from '../../src/protocol/stream/transport.ts';
import { WireReader } from '../../src/protocol/stream/wire-reader.ts';
import { WireWriter } from '../../src/protocol/stream/wire-writer.ts';
import type { ChecksumName, CompressionName, Terms } from '../../src/protocol/terms.ts';
import { type Demultiplexed, demultiplex } from './frames.ts';
import { scriptedTransport } from './scripted-transport.ts';

export interface Script {
  readonly terms: Terms;
  readonly options: TransferOptions;
  readonly tree: SourceTree;
  readonly filterList?: Buffer;
  /** What the server says from the checksum seed on, one chunk per wait; then it closes the connection. */
  readonly fromServer: readonly Buffer[];
  readonly listeners?: PushListeners;
}

export interface Performance extends Demultiplexed {
  readonly result: PushResult;
}

/** Runs a push against a server whose every word is fixed, and tells what we said. */
export async function perform(script: Script): Promise<Performance> {
  const { terms, options, tree, filterList, fromServer, listeners = {} } = script;
  const transport = scriptedTransport(fromServer);
  const session = sessionOn(transport, terms, options);
  const result = await session.run({ tree, filterList, listeners });
  const told = Buffer.concat(transport.told);
  return terms.protocol >= 30
    ? { result, ...demultiplex(told) }
    : { result, data: told, messages: [], emptyFrames: 0 };
}

/** A session whose set-up is over but for the seed. */
export function sessionOn(
  transport: Transport,
  terms: Terms,
  options: TransferOptions,
  signal?: AbortSignal,
): PushSession {
  const connection = connectionTo(transport, terms.protocol, signal);
  if (terms.protocol >= 30) connection.writer.startFrames();
  return new PushSession({ connection, terms, options: resolveOptions(options) });
}

/** A connection whose login is over. */
export function connectionTo(transport: Transport, protocol: number, signal?: AbortSignal): Connection {
  const liveness = new Liveness();
  const writer = new WireWriter(transport, { liveness });
  const reader = new WireReader(transport, { liveness, beforeWaiting: acknowledger(writer) });
  const heartbeat = new Heartbeat({ transport, writer, liveness, timeoutSeconds: 0, signal });
  const greeting = { version: protocol, sub: 0, digests: undefined };
  return { transport, reader, writer, liveness, heartbeat, login: { protocol, greeting, lines: [] } };
}

/** Terms from the compat flags of docs/protocol chapter 1, section 9.2, written out once more for the tests. */
export function termsOf(agreed: {
  readonly protocol: number;
  readonly compatFlags?: number;
  readonly checksum?: ChecksumName;
  readonly compression?: CompressionName;
}): Terms {
  const {
    protocol,
    compatFlags = 0,
    checksum = protocol < 30 ? 'old-md4' : 'md5',
    compression = 'none',
  } = agreed;
  const has = (bit: number) => ((compatFlags >> bit) & 1) === 1;
  return {
    protocol,
    incrementalRecursion: has(0),
    safeFileList: has(3) || protocol >= 31,
    avoidsXattrShortcut: has(4),
    seedFirst: has(5),
    inplacePartialDir: has(6),
    varintFlags: has(7),
    idZeroNames: has(8),
    transferChecksum: checksum,
    fileListChecksum: checksum,
    compression,
  };
}
