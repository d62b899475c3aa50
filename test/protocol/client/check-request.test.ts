import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listModules } from '../../../src/protocol/client/list-modules.ts';
import { openPush, push } from '../../../src/protocol/client/push.ts';
import type { PushRequest } from '../../../src/protocol/client/push-request.ts';
import { UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';
import { type HostileServer, startHostileServer } from '../../support/hostile-server.ts';

let server: HostileServer;
beforeEach(async () => {
  server = await startHostileServer((peer) => peer.socket.destroy());
});
afterEach(() => server[Symbol.asyncDispose]());

/** A request as a caller without types may make it. */
const requestOf = (fields: object) =>
  ({ target: server.target, transfer: {}, ...fields }) as unknown as PushRequest;

describe('a request that makes no sense', () => {
  it.each([
    ['an algorithm', { transfer: { compressChoice: 'lz4' } }, UnsupportedError],
    ['a checksum', { transfer: { checksumChoice: 'foo' } }, UnsupportedError],
    ['a number', { transfer: { timeout: -5 } }, UsageError],
    ['options that contradict each other', { transfer: { append: 'append', wholeFile: true } }, UsageError],
    ['no options', { transfer: undefined }, UsageError],
    ['a field of the request', { tranfser: {} }, UsageError],
    ['a field of the connection', { connection: { pasword: 'x' } }, UsageError],
    ['a proxy', { connection: { proxy: 'h' } }, UsageError],
    ['a program', { connection: { connectProgram: 'a | b' } }, UnsupportedError],
    ['the text of a URL', { target: 'rsync://h/m/' }, UsageError],
    ['a target without a module', { target: { kind: 'daemon', host: 'h' } }, UsageError],
    ['a host', { target: { kind: 'daemon', host: 'a\nb', module: 'm', path: '' } }, UsageError],
    ['a signal', { signal: {} }, UsageError],
  ])('is refused before anything is connected, for %s', async (_what, fields, kind) => {
    await expect(openPush(requestOf(fields))).rejects.toThrow(kind);
    await expect(push([import.meta.dirname], requestOf(fields))).rejects.toThrow(kind);
    expect(server.peers).toEqual([]);
  });

  it.each([[[]], [['']], [['a\0b']], [[5]], ['a'], [undefined]])(
    'is refused for sources like %j',
    async (sources) => {
      await expect(push(sources as string[], requestOf({}))).rejects.toThrow(UsageError);
      await expect(push(sources as string[], requestOf({}))).rejects.toThrow(/^sources/);
      expect(server.peers).toEqual([]);
    },
  );

  it.each([
    [null, 'the listeners: null is not an object'],
    [5, 'the listeners: 5 is not an object'],
    [{ message: 1 }, 'message: 1 is not a function'],
    [{ mesage: () => {} }, '"mesage" is not a field of the listeners; did you mean message?'],
  ])('is refused for listeners like %j', async (listeners, reason) => {
    const pushing = push([import.meta.dirname], requestOf({}), listeners as object);
    await expect(pushing).rejects.toThrow(reason);
    await expect(pushing).rejects.toBeInstanceOf(UsageError);
    expect(server.peers).toEqual([]);
  });

  it('is refused where modules are listed, too', async () => {
    const list = (target: object, connection: object, request: object) =>
      listModules(target as { host: string }, connection, request);
    const { host, port } = server;
    await expect(list({ host: 'a b' }, {}, {})).rejects.toThrow(UsageError);
    await expect(list({}, {}, {})).rejects.toThrow(UsageError);
    await expect(list({ host, port }, { port: -1 }, {})).rejects.toThrow('port: -1');
    await expect(list({ host, port }, {}, { timeout: -1 })).rejects.toThrow('timeout: -1');
    await expect(list({ host, port }, {}, { timout: 1 })).rejects.toThrow('"timout" is not a field');
    expect(server.peers).toEqual([]);
  });
});
