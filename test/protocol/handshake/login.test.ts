import { describe, expect, it } from 'vitest';
import {
  AccessDeniedError,
  AuthenticationError,
  ConnectionError,
  DaemonError,
  RsyncError,
  StreamError,
  TooManyConnectionsError,
  UnknownModuleError,
  UnsupportedError,
  UsageError,
} from '../../../src/protocol/errors.ts';
import { type LoginRequest, logIn } from '../../../src/protocol/handshake/login.ts';
import { WireReader } from '../../../src/protocol/stream/wire-reader.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import { encodeName } from '../../../src/protocol/wire/file-name.ts';
import { MAX_LOGIN_LENGTH } from '../../../src/protocol/wire/limits.ts';
import { type ScriptedTransport, scriptedTransport } from '../../support/scripted-transport.ts';

const GREETING = '@RSYNCD: 31.0\n';
const request: LoginRequest = { module: 'inbox', protocol: 32, user: 'alice', password: () => 's3cret-Pw' };

function logInTo(transport: ScriptedTransport, wishes: Partial<LoginRequest> = {}) {
  const streams = { reader: new WireReader(transport), writer: new WireWriter(transport), peer: 'host:873' };
  return logIn(streams, { ...request, ...wishes });
}

/** Logs in at a server that says `text`, whole, byte by byte and cut at every place: the outcome is the same. */
async function hear(text: string | Buffer, wishes: Partial<LoginRequest> = {}) {
  const wire = Buffer.from(text);
  const bytewise = [...wire.keys()].map((at) => wire.subarray(at, at + 1));
  const cuts = [...wire.keys()].slice(1).map((at) => [wire.subarray(0, at), wire.subarray(at)]);
  const outcomes = [];
  for (const chunks of [[wire], bytewise, ...cuts]) {
    const transport = scriptedTransport(chunks);
    const login = await logInTo(transport, wishes);
    outcomes.push({ ...login, told: Buffer.concat(transport.told).toString('latin1') });
  }
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0] as (typeof outcomes)[number];
}

const refusal = (text: string, wishes: Partial<LoginRequest> = {}): Promise<unknown> =>
  logInTo(scriptedTransport([Buffer.from(text)]), wishes).then(
    () => 'logged in',
    (thrown: unknown) => thrown,
  );

describe('the login', () => {
  it('says greeting and module in one breath, before it has heard anything', async () => {
    const transport = scriptedTransport([Buffer.from(`${GREETING}@RSYNCD: OK\n`)]);
    let told = '';
    const receive = transport.receive.bind(transport);
    transport.receive = () => {
      told ||= Buffer.concat(transport.told).toString();
      return receive();
    };
    await logInTo(transport);
    expect(told).toBe('@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\ninbox\n');
  });

  it('takes every line for the message of the day that is nothing else', async () => {
    const motd = [
      '',
      ' @RSYNCD: OK',
      '@RSYNCD: OK!',
      '@RSYNCD: AUTHREQD',
      '@RSYNCD: 31.0',
      '@rsyncd: ok',
      '@ERRO',
      'inbox          \tnot a list',
      'Grüße 中 \u0007',
    ];
    const { lines, protocol } = await hear(`${GREETING}${motd.join('\n')}\n@RSYNCD: OK\n`);
    expect(lines).toEqual(motd);
    expect(protocol).toBe(31);
  });

  it('does not mind carriage returns, nor bytes that are no text', async () => {
    const said = Buffer.from('\u00ff\u00fe\u00b3\u00c7', 'latin1');
    const { lines } = await hear(
      Buffer.concat([Buffer.from(GREETING), said, Buffer.from('\r\n@RSYNCD: OK\r\n')]),
    );
    // They are shown as they came: many daemons do not speak UTF-8.
    expect(lines.map(encodeName)).toEqual([said]);
  });

  it('answers a challenge, once, behind the message of the day', async () => {
    const text = `${GREETING}Welcome\n@RSYNCD: AUTHREQD vG2rNqyHUrnPvTsHDcG9Ig\n@RSYNCD: OK\n`;
    const { told, lines } = await hear(text);
    expect(told.split('\n').slice(1)).toEqual(['inbox', 'alice 240EOpRujpWzpLDG0+TC7g', '']);
    expect(lines).toEqual(['Welcome']);
  });

  it('does not ask for a password that nobody wants', async () => {
    const password = () => expect.unreachable();
    expect((await hear(`${GREETING}@RSYNCD: OK\n`, { password })).lines).toEqual([]);
  });

  it('waits for a password that takes its time', async () => {
    const password = () => Promise.resolve('s3cret-Pw');
    const text = `${GREETING}@RSYNCD: AUTHREQD vG2rNqyHUrnPvTsHDcG9Ig\n@RSYNCD: OK\n`;
    expect((await hear(text, { password })).told).toContain('240EOpRujpWzpLDG0+TC7g');
  });

  it('calls a user without a name nobody, as rsync does', async () => {
    const text = `${GREETING}@RSYNCD: AUTHREQD x\n@RSYNCD: OK\n`;
    expect((await hear(text, { user: '' })).told).toContain('\nnobody ');
  });

  it('names modules and users in their own bytes', async () => {
    const text = `${GREETING}@RSYNCD: AUTHREQD x\n@RSYNCD: OK\n`;
    const { told } = await hear(text, { module: 'mod\udcb5', user: '\udcd6\udcd0' });
    expect(told).toContain('\nmod\u00b5\n\u00d6\u00d0 ');
  });

  it('gets a list of modules for no name', async () => {
    const { lines, told } = await hear(`${GREETING}a\tb\n@RSYNCD: OK\n@RSYNCD: EXIT\n`, { module: '' });
    expect(lines).toEqual(['a\tb', '@RSYNCD: OK']);
    expect(told).toBe('@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n\n');
  });
});

describe('a login that fails', () => {
  it.each([
    ["Unknown module 'inbox'", UnknownModuleError, "unknown module 'inbox'"],
    ['access denied to inbox from host (1.2.3.4)', AccessDeniedError, 'access denied to inbox'],
    ['max connections (2) reached -- try again later', TooManyConnectionsError, 'max connections (2)'],
    ['max connections (2) reached - try again later', TooManyConnectionsError, 'max connections (2)'],
    ['auth failed on module inbox', AuthenticationError, "check user 'alice' and the password"],
    [
      'your client does not support one of our daemon-auth checksums: foo',
      DaemonError,
      'daemon-auth checksums',
    ],
    ['your client omitted the digest name list: @RSYNCD: 32.0', DaemonError, 'omitted the digest'],
    ['your client omitted the subprotocol value: @RSYNCD: 31', DaemonError, 'omitted the subprotocol'],
    ['protocol startup error', DaemonError, 'protocol startup error'],
    ['chdir failed', DaemonError, 'chdir failed'],
    ['chroot failed', DaemonError, 'chroot failed'],
    ['no path setting.', DaemonError, 'no path setting.'],
    ['invalid uid nouser', DaemonError, 'invalid uid nouser'],
    ['setgroups failed', DaemonError, 'setgroups failed'],
    ['daemon security issue -- contact admin', DaemonError, 'contact admin'],
    ['early exec failed', DaemonError, 'early exec failed'],
    ["Unknown command '#foo'", DaemonError, "Unknown command '#foo'"],
    ['invalid early_input length', DaemonError, 'invalid early_input length'],
  ])('with @ERROR: %s', async (text, kind, message) => {
    for (const line of [`@ERROR: ${text}`, `@ERROR: ${text}\r`, `motd\n@ERROR: ${text}`]) {
      const thrown = await refusal(`${GREETING}${line}\n`);
      expect(thrown).toBeInstanceOf(kind);
      expect(thrown).toMatchObject({ exitCode: 5, message: expect.stringContaining(message) });
    }
  });

  it('can be tried again only where slots were taken', async () => {
    const full = await refusal(`${GREETING}@ERROR: max connections (2) reached -- try again later\n`);
    expect(full).toMatchObject({ isTransient: true });
    expect(await refusal(`${GREETING}@ERROR: auth failed on module inbox\n`)).toMatchObject({
      isTransient: false,
    });
  });

  it.each([
    ['@ERROR', 'the server refused'],
    ['@ERROR:', 'the server refused'],
    ['@ERRORS', 'the server refused'],
    ['@RSYNCD: EXIT', 'of its own accord'],
  ])('with the line %s', async (line, message) => {
    const thrown = await refusal(`${GREETING}${line}\n`);
    expect(thrown).toBeInstanceOf(DaemonError);
    expect(thrown).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('when the server goes away at any place', async () => {
    const text = `${GREETING}motd\n@RSYNCD: AUTHREQD x\n@RSYNCD: OK`;
    for (let length = 0; length <= text.length; length++) {
      const thrown = await refusal(text.slice(0, length));
      expect(thrown).toBeInstanceOf(DaemonError);
      expect(thrown).toMatchObject({ exitCode: 5, message: expect.stringContaining('during the login') });
    }
  });

  it('when the connection is reset before a transfer, which the same call would meet again', async () => {
    for (const [chunk, broken] of [
      ['', 'receive'],
      [GREETING, 'receive'],
      [GREETING, 'send'],
    ] as const) {
      const transport = scriptedTransport([Buffer.from(chunk)]);
      const first = transport.receive.bind(transport);
      const fail = () => Promise.reject(new ConnectionError('read ECONNRESET'));
      transport.receive = async () => {
        const heard = await first();
        return heard === undefined || heard.length === 0 ? fail() : heard;
      };
      if (broken === 'send') transport.send = fail;
      const thrown = await logInTo(transport).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(DaemonError);
      expect(thrown).toMatchObject({ isTransient: false, exitCode: 5 });
    }
  });

  it.each([
    ['@RSYNCD: 31.0', 'sha256', false],
    ['@RSYNCD: 29.0', 'md5', false],
    ['@RSYNCD: 31.0', 'md5', true],
    ['@RSYNCD: 32.0 sha512 md5', 'sha256', true],
    ['@RSYNCD: 32.0 md5 md4', 'sha1', false],
    ['@RSYNCD: 31.0', undefined, true],
  ] as const)('at %s, if the least digest is %s: %s', async (greeting, leastDigest, isAnswered) => {
    let asked = 0;
    const password = () => {
      asked += 1;
      return 'pw';
    };
    const thrown = await refusal(`${greeting}\n@RSYNCD: AUTHREQD x\n@RSYNCD: OK\n`, {
      leastDigest,
      password,
    });
    expect([thrown === 'logged in', asked]).toEqual([isAnswered, isAnswered ? 1 : 0]);
    if (!isAnswered) expect(thrown).toBeInstanceOf(AuthenticationError);
  });

  it('when the server wants the password again and again', async () => {
    const asks = `${GREETING}${'@RSYNCD: AUTHREQD x\n'.repeat(2)}@RSYNCD: OK\n`;
    expect(await refusal(asks)).toMatchObject({ message: expect.stringContaining('once more') });
  });

  it('when the server offers digests that nobody has', async () => {
    const asks = '@RSYNCD: 32.0 foo\n@RSYNCD: AUTHREQD x\n';
    expect(await refusal(asks)).toBeInstanceOf(UnsupportedError);
  });

  it('when a line does not end', async () => {
    expect(await refusal(`${GREETING}${'x'.repeat(5120)}`)).toBeInstanceOf(StreamError);
    expect(await refusal('x'.repeat(5120))).toBeInstanceOf(StreamError);
  });

  it.each([
    ['long lines', `${'x'.repeat(5000)}\n`],
    ['empty lines', '\n'],
  ])('when the message of the day does not end, with %s', async (_name, line) => {
    const transport = scriptedTransport([Buffer.from(GREETING)]);
    const first = transport.receive.bind(transport);
    let received = 0;
    const endless = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
    transport.receive = async () => {
      received += endless.length;
      return (await first()) ?? endless;
    };
    const thrown = await logInTo(transport).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(DaemonError);
    expect(received).toBeLessThan(MAX_LOGIN_LENGTH + 4 * endless.length);
  });

  it.each([['a/b'], ['a\nb'], ['a\rb'], ['a\0b']])(
    'before anything is said, for a module called %j',
    async (module) => {
      const transport = scriptedTransport([Buffer.from(GREETING)]);
      await expect(logInTo(transport, { module })).rejects.toThrow(UsageError);
      expect(transport.told).toEqual([]);
    },
  );

  it.each([['a b'], ['a\nb'], ['a\0b']])(
    'before the password is used, for a user called %j',
    async (user) => {
      const transport = scriptedTransport([Buffer.from(`${GREETING}@RSYNCD: AUTHREQD x\n`)]);
      const password = () => expect.unreachable();
      await expect(logInTo(transport, { user, password })).rejects.toThrow(UsageError);
    },
  );

  it('with the reason for which there is no password', async () => {
    const password = () => {
      throw new UsageError('no password');
    };
    const asks = `${GREETING}@RSYNCD: AUTHREQD x\n`;
    expect(await refusal(asks, { password })).toMatchObject({ message: 'no password' });
  });

  it('and never tells the password', async () => {
    for (const end of ['@ERROR: auth failed on module inbox\n', '', '@RSYNCD: AUTHREQD x\n']) {
      const thrown = await refusal(`${GREETING}@RSYNCD: AUTHREQD x\n${end}`);
      if (!(thrown instanceof RsyncError)) throw new Error('no RsyncError', { cause: thrown });
      expect(`${thrown.stack}${thrown.cause}`).not.toContain('s3cret-Pw');
    }
  });
});
