import { ConnectionClosedError, ConnectionError, UsageError } from '../errors.ts';
import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Cursor } from '../wire/cursor.ts';

/** An HTTP proxy that lets connections through with CONNECT. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** `USER:PASSWORD`; never shown. */
  readonly credentials?: string;
}

/** Bytes of one line of the proxy's answer, as in rsync. */
const MAX_LINE_LENGTH = 1023;
const MAX_HEADERS = 1000;
const MAX_PORT = 0xffff;

/** A name or an address, as far as it can stand in a line of HTTP. */
const HOST = /^[^\p{Cc}\p{Z}/\\@[\]"<>]{1,255}$/u;

/**
 * Reads `[USER:PASSWORD@]HOST:PORT`, the form of `RSYNC_PROXY`. User and password are taken as they stand: nothing in
 * them is an escape, and blanks belong to them.
 *
 * @throws UsageError for another form, and for control characters.
 */
export function parseProxy(text: string): HttpProxy {
  const [, credentials, bracketed, plain = '', digits] =
    /^(?:(.*)@)?(?:\[([^\]]+)\]|([^:@]+)):(\d{1,5})$/s.exec(text) ?? [];
  const port = Number(digits);
  // The text is not repeated: it may well hold a password.
  if (digits === undefined || port < 1 || port > MAX_PORT)
    throw new UsageError('RSYNC_PROXY must have the form [USER:PASSWORD@]HOST:PORT');
  const host = bracketed ?? plain;
  if (!HOST.test(host)) throw new UsageError('RSYNC_PROXY: its host is neither a name nor an address');
  if (credentials !== undefined && /\p{Cc}/u.test(credentials))
    throw new UsageError('RSYNC_PROXY: user and password must not hold control characters');
  return { host, port, ...(credentials !== undefined && { credentials }) };
}

interface Streams {
  readonly reader: WireReader;
  readonly writer: WireWriter;
}

/**
 * Asks a proxy that we are connected to for a tunnel; afterwards the stream is that of the target. Nothing of the
 * target's first words is lost, which may come in the same segment.
 *
 * Source: docs/protocol chapter 1, section 3.
 */
export async function openTunnel(
  streams: Streams,
  proxy: HttpProxy,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  const { reader, writer } = streams;
  const login = proxy.credentials === undefined ? '' : authorization(proxy.credentials);
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  writer.encoder.utf8(`CONNECT ${host}:${target.port} HTTP/1.0\r\n${login}\r\n`);
  await writer.flush();
  const status = await readLine(reader);
  if (!/^HTTP\/\S+ +2/.test(status))
    throw new ConnectionError(`bad response from the proxy ${proxy.host}:${proxy.port}: ${status}`);
  for (let headers = 0; (await readLine(reader)) !== ''; headers += 1) {
    if (headers === MAX_HEADERS)
      throw new ConnectionError(`the proxy ${proxy.host}:${proxy.port} sent more than ${headers} headers`);
  }
}

function authorization(credentials: string): string {
  return `Proxy-Authorization: Basic ${Buffer.from(credentials, 'utf8').toString('base64')}\r\n`;
}

async function readLine(reader: WireReader): Promise<string> {
  try {
    return await reader.read((cursor: Cursor) => cursor.line(MAX_LINE_LENGTH, 'proxy'));
  } catch (cause) {
    if (!(cause instanceof ConnectionClosedError)) throw cause;
    throw new ConnectionError('the proxy closed the connection instead of opening a tunnel', { cause });
  }
}
