import { describe, expect, it } from 'vitest';
import { listModules } from '../../../src/protocol/client/list-modules.ts';
import { AbortedError, ConnectionError, DaemonError, TimeoutError } from '../../../src/protocol/errors.ts';
import { startHostileServer } from '../../support/hostile-server.ts';
import { recordedSessions, saidBy } from '../../support/recorded-sessions.ts';

/** What is made of a daemon that says this, and then closes the connection. */
async function listOf(said: Buffer | string) {
  await using server = await startHostileServer((peer) => peer.socket.end(said));
  return await listModules({ host: server.host, port: server.port });
}

describe('a list of modules', () => {
  it.each(recordedSessions.filter(([name]) => name.startsWith('session-list-')))(
    'of %s',
    async (_name, session) => {
      expect(await listOf(saidBy('server', session))).toEqual({
        motd: ['Welcome', 'second motd line', ''],
        modules: [
          { name: 'data', comment: 'read-write area' },
          { name: 'ro', comment: 'read-only area' },
          { name: 'auth', comment: '' },
        ],
      });
    },
  );

  it('may be empty, and stand below no message', async () => {
    expect(await listOf('@RSYNCD: 31.0\n@RSYNCD: EXIT\n')).toEqual({ motd: [], modules: [] });
    const motd = '@RSYNCD: 31.0\nhello\n\n@RSYNCD: EXIT\n';
    expect(await listOf(motd)).toEqual({ motd: ['hello', ''], modules: [] });
  });

  it('knows names with blanks and comments with tabs', async () => {
    const { modules } = await listOf(
      '@RSYNCD: 31.0\ntwo words      \ta\tb\nlonger than fifteen\tc\n@RSYNCD: EXIT\n',
    );
    expect(modules).toEqual([
      { name: 'two words', comment: 'a\tb' },
      { name: 'longer than fifteen', comment: 'c' },
    ]);
  });

  it('is asked for with an empty name', async () => {
    await using server = await startHostileServer(async (peer) => {
      peer.say('@RSYNCD: 31.0\n');
      await peer.until('md4\n\n');
      peer.say('@RSYNCD: EXIT\n');
    });
    await listModules({ host: server.host, port: server.port });
    await server.peers[0]?.closed();
    expect(server.peers[0]?.heard().toString()).toBe('@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n\n');
  });

  it('fails where the daemon refuses or breaks off', async () => {
    await expect(listOf('@RSYNCD: 31.0\n@ERROR: go away\n')).rejects.toThrow('the server refused: go away');
    await expect(listOf('@RSYNCD: 31.0\nmodule\t')).rejects.toThrow(DaemonError);
    await expect(listOf('220 mail.example.org ESMTP\r\n')).rejects.toThrow('220 mail.example.org ESMTP');
  });

  it.each(['@ERROR: go away\n', ''])('is told line by line, also if it ends with %j', async (end) => {
    await using server = await startHostileServer((peer) =>
      peer.socket.end(`@RSYNCD: 31.0\nclosed today\n\n${end}`),
    );
    const lines: string[] = [];
    const listing = listModules(
      { host: server.host, port: server.port },
      {},
      { onLine: (line) => lines.push(line) },
    );
    await expect(listing).rejects.toThrow(DaemonError);
    expect(lines).toEqual(['closed today', '']);
  });

  it('fails where nobody listens', async () => {
    const server = await startHostileServer(() => {});
    const { host, port } = server;
    await server[Symbol.asyncDispose]();
    await expect(listModules({ host, port })).rejects.toThrow(ConnectionError);
    await expect(listModules({ host, port })).rejects.toThrow(/connection refused/);
  });

  it('ends when it is aborted, and when the daemon says nothing', async () => {
    await using server = await startHostileServer(() => {});
    const { host, port } = server;
    const abort = new AbortController();
    const listing = listModules({ host, port }, {}, { signal: abort.signal });
    abort.abort();
    await expect(listing).rejects.toThrow(AbortedError);
    await expect(listModules({ host, port }, {}, { signal: AbortSignal.abort() })).rejects.toThrow(
      AbortedError,
    );
    await expect(listModules({ host, port }, {}, { timeout: 0.05 })).rejects.toThrow(TimeoutError);
    for (const peer of server.peers) await peer.closed();
  });
});
