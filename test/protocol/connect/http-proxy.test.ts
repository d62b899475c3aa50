import { describe, expect, it } from 'vitest';
import { openTunnel, parseProxy } from '../../../src/protocol/connect/http-proxy.ts';
import { UsageError } from '../../../src/protocol/errors.ts';
import { WireReader } from '../../../src/protocol/stream/wire-reader.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

const target = { host: 'some.host', port: 8730 };

function dialogue(answer: string, proxy = parseProxy('proxy.example:3128')) {
  const transport = scriptedTransport([...Buffer.from(answer)].map((byte) => Buffer.of(byte)));
  const reader = new WireReader(transport);
  const tunnel = openTunnel({ reader, writer: new WireWriter(transport) }, proxy, target);
  return { tunnel, reader, told: () => Buffer.concat(transport.told).toString() };
}

describe('a proxy', () => {
  it.each([
    ['proxy:3128', { host: 'proxy', port: 3128 }],
    ['[::1]:3128', { host: '::1', port: 3128 }],
    ['me:pass:w@rd@proxy:1', { host: 'proxy', port: 1, credentials: 'me:pass:w@rd' }],
  ])('is named as %s', (text, expected) => {
    expect(parseProxy(text)).toEqual(expected);
  });

  it.each(['proxy', 'proxy:', 'proxy:x', 'proxy:0', 'proxy:65536', ':1', '::1:80', 'me:secret@proxy'])(
    'is not named as %s, which is not repeated',
    (text) => {
      const complaint = 'RSYNC_PROXY must have the form [USER:PASSWORD@]HOST:PORT';
      expect(() => parseProxy(text)).toThrow(expect.objectContaining({ message: complaint, exitCode: 1 }));
    },
  );
});

describe('a tunnel', () => {
  it('begins where the answer of the proxy ends', async () => {
    const answer = 'HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n@RSYNCD: 31.0\n';
    const { tunnel, reader, told } = dialogue(answer);
    await tunnel;
    expect(told()).toBe('CONNECT some.host:8730 HTTP/1.0\r\n\r\n');
    expect(await reader.read((cursor) => cursor.line(100, 'greeting'))).toBe('@RSYNCD: 31.0');
  });

  it('is asked for with name and password', async () => {
    const { tunnel, told } = dialogue('HTTP/1.1 200 OK\r\n\r\n', parseProxy('pu:pp@proxy:3128'));
    await tunnel;
    expect(told()).toBe('CONNECT some.host:8730 HTTP/1.0\r\nProxy-Authorization: Basic cHU6cHA=\r\n\r\n');
  });

  it.each([
    ['a refusal', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'HTTP/1.1 407 Proxy'],
    ['something that is no proxy', '@RSYNCD: 31.0\n', 'bad response from the proxy proxy.example:3128: @R'],
    ['silence', '', 'the proxy closed the connection'],
    ['an answer without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(1001)}\r\n`, 'more than 1000 headers'],
  ])('fails with %s', async (_, answer, complaint) => {
    const failure = expect.objectContaining({ message: expect.stringContaining(complaint), exitCode: 10 });
    await expect(dialogue(answer).tunnel).rejects.toThrow(failure);
  });
});

describe('a proxy whose text would break a line', () => {
  it.each(['a\nb:1', 'a\r\nX: y:1', '[::1\r\nX: y]:1', 'a b:1', 'u\n:p@h:1', 'u:p\0@h:1', 'u:p\u0085@h:1'])(
    'is refused, and its text is not repeated: %j',
    (text) => {
      expect(() => parseProxy(text)).toThrow(UsageError);
      expect(() => parseProxy(text)).toThrow(/^RSYNC_PROXY/);
    },
  );

  it('may have blanks and percent signs in user and password, which stand for themselves', () => {
    expect(parseProxy('a b:p%40 w@h:1').credentials).toBe('a b:p%40 w');
  });
});
