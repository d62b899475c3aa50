import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { connectTcp, explainConnect } from '../../../src/protocol/connect/tcp.ts';

let server: Server | undefined;

afterEach(() => server?.close());

function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const listening = createServer(onConnection);
  server = listening;
  return new Promise((resolve) => {
    listening.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
}

it('says in words that the peer has reset the connection', async () => {
  const port = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const transport = await connectTcp({ host: '127.0.0.1', port });
  await transport.send([Buffer.from('hello')]);
  await expect(transport.receive()).rejects.toThrow(
    `the connection to 127.0.0.1:${port} broke: connection reset by peer`,
  );
  transport.destroy();
});

it('says in words that the local address is none of this machine', async () => {
  const port = await listen((socket) => socket.destroy());
  const connecting = connectTcp({ host: '127.0.0.1', port, address: '192.0.2.1' });
  await expect(connecting).rejects.toThrow(`failed to connect to 127.0.0.1:${port}: address not available`);
});

/** As Node.js makes it of a name with several addresses. */
const failed = (code: string, errno: number, address: string) =>
  Object.assign(new Error(`connect ${code} ${address}:1`), { code, errno, address });

it('names every address of a host that could not be reached, with its reason', () => {
  const refused = failed('ECONNREFUSED', -111, '127.0.0.1');
  const same = Object.assign(new AggregateError([failed('ECONNREFUSED', -111, '::1'), refused]), {
    code: 'ECONNREFUSED',
  });
  expect(explainConnect('localhost:1', same)).toBe(
    'failed to connect to localhost:1: connection refused (is an rsync daemon listening there?); tried ::1 and 127.0.0.1',
  );
  const different = new AggregateError([failed('ENETUNREACH', -101, '2001:db8::1'), refused]);
  expect(explainConnect('host:1', different)).toBe(
    'failed to connect to host:1: 2001:db8::1: network is unreachable; 127.0.0.1: connection refused',
  );
});
