import { describe, expect, it } from 'vitest';
import { openPush } from '../../../src/protocol/client/push.ts';
import { SetUpError, TimeoutError } from '../../../src/protocol/errors.ts';
import { type Peer, SEED, startHostileServer } from '../../support/hostile-server.ts';

/** Greets as servers do that negotiate, and hears the arguments. */
async function greet(peer: Peer): Promise<void> {
  peer.say('@RSYNCD: 31.0 md5\n');
  await peer.until('inbox\n');
  peer.say('@RSYNCD: OK\n');
  await peer.until('\0\0');
}

const vstring = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
const offering = (names: string) => Buffer.concat([Buffer.from('81fe', 'hex'), vstring(names), SEED]);

describe('a server that negotiates', () => {
  it('is told our names before it has said its own', async () => {
    await using server = await startHostileServer(async (peer) => {
      await greet(peer);
      await peer.until(vstring('xxh128 xxh3 xxh64 md5 md4 sha1'));
      peer.say(offering('xxh64 md5'));
    });
    const session = await openPush({ target: server.target, transfer: {} });
    expect(session.terms.transferChecksum).toBe('xxh64');
    expect(server.peers).toHaveLength(1);
    session.close();
  });

  it('is asked once more if it means something else by them, and is heard first then', async () => {
    await using server = await startHostileServer(async (peer) => {
      await greet(peer);
      peer.say(offering('md5 xxh64'));
    });
    const session = await openPush({ target: server.target, transfer: {} });
    expect(session.terms.transferChecksum).toBe('xxh64');
    expect(server.peers).toHaveLength(2);
    await server.peers[0]?.closed();
    await server.peers[1]?.until(vstring('xxh64'));
    session.close();
  });

  it('is asked once more if it hangs up, and no more than once', async () => {
    await using server = await startHostileServer(async (peer) => {
      await greet(peer);
      peer.socket.end();
    });
    const opening = openPush({ target: server.target, transfer: {} });
    await expect(opening).rejects.toThrow(SetUpError);
    await expect(opening).rejects.toMatchObject({ isTransient: false, exitCode: 12 });
    expect(server.peers).toHaveLength(2);
  });
});

describe('a server that gets nowhere with the login', () => {
  it.each(['', '@RSYNCD: 31.0\n'])('is left after `loginTimeout` seconds: %j', async (greeting) => {
    await using server = await startHostileServer(async (peer) => {
      peer.say(greeting);
      await peer.closed();
    });
    const opening = openPush({ target: server.target, transfer: {}, connection: { loginTimeout: 0.05 } });
    await expect(opening).rejects.toThrow(TimeoutError);
    await server.peers[0]?.closed();
  });
});
