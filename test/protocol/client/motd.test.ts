import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPush, push } from '../../../src/protocol/client/push.ts';
import { RsyncError } from '../../../src/protocol/errors.ts';
import { type Peer, startHostileServer } from '../../support/hostile-server.ts';

const MOTD = ['down for maintenance', '', 'until noon'];
const REQUEST = { transfer: { timeout: 20 }, connection: { password: 'pw' } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-motd-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A daemon that greets, tells its message of the day, and ends with `last`. */
const refusing = (last: string) => (peer: Peer) => {
  peer.say('@RSYNCD: 31.0\n', MOTD.map((line) => `${line}\n`).join(''), last);
  peer.socket.end();
};

describe('the message of the day', () => {
  it.each([
    ['an unknown module', "@ERROR: Unknown module 'inbox'\n"],
    ['a host that is not let in', '@ERROR: access denied to inbox from host (1.2.3.4)\n'],
    ['a wrong password', '@RSYNCD: AUTHREQD x\n@ERROR: auth failed on module inbox\n'],
    ['no slot that is free', '@ERROR: max connections (2) reached -- try again later\n'],
    ['a connection that ends', ''],
  ])('is told in front of %s', async (_name, last) => {
    await using server = await startHostileServer(refusing(last));
    const told: string[] = [];
    const listeners = { motd: (line: string) => void told.push(line), end: () => void told.push('end') };
    await expect(push([folder], { ...REQUEST, target: server.target }, listeners)).rejects.toThrow(
      RsyncError,
    );
    expect(told).toEqual([...MOTD, 'end']);
  });

  it('is told before the password is asked for', async () => {
    await using server = await startHostileServer(refusing('@RSYNCD: AUTHREQD x\n@ERROR: auth failed\n'));
    const told: string[] = [];
    const askPassword = () => {
      told.push('password?');
      return 'pw';
    };
    const request = { target: server.target, transfer: { timeout: 20 }, connection: { askPassword } };
    await expect(push([folder], request, { motd: (line) => void told.push(line) })).rejects.toThrow();
    expect(told).toEqual([...MOTD, 'password?']);
  });

  it('is told once, also if the connection is made twice', async () => {
    let connections = 0;
    await using server = await startHostileServer(async (peer) => {
      connections += 1;
      peer.say('@RSYNCD: 31.0 md5 md4\n', 'hello\n@RSYNCD: OK\n');
      await peer.until('\0\0');
      peer.socket.end();
    });
    const told: string[] = [];
    await expect(
      openPush({ ...REQUEST, target: server.target, onMotd: (line) => void told.push(line) }),
    ).rejects.toThrow(RsyncError);
    expect(connections).toBe(2);
    expect(told).toEqual(['hello']);
  });
});
