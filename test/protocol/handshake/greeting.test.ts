import { describe, expect, it } from 'vitest';
import { DaemonError, ProtocolError } from '../../../src/protocol/errors.ts';
import { agreeOnProtocol, formatGreeting, parseGreeting } from '../../../src/protocol/handshake/greeting.ts';

describe('the greeting of a server', () => {
  // The lines of real servers, and lines that the real client 3.5.0 was seen to take.
  it.each([
    ['@RSYNCD: 27', 27, 0, undefined],
    ['@RSYNCD: 29', 29, 0, undefined],
    ['@RSYNCD: 29.0', 29, 0, undefined],
    ['@RSYNCD: 30.0', 30, 0, undefined],
    ['@RSYNCD: 31.0', 31, 0, undefined],
    ['@RSYNCD: 31.14', 31, 14, undefined],
    ['@RSYNCD: 31.0 md5 md4', 31, 0, ['md5', 'md4']],
    ['@RSYNCD: 31.0  MD5  md4 ', 31, 0, ['md5', 'md4']],
    ['@RSYNCD: 31.0\tmd5', 31, 0, ['md5']],
    ['@RSYNCD: 27 md4', 27, 0, ['md4']],
    ['@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4', 32, 0, ['sha512', 'sha256', 'sha1', 'md5', 'md4']],
    ['@RSYNCD: 33.0 md5', 33, 0, ['md5']],
  ])('%s', (line, version, sub, digests) => {
    expect(parseGreeting(line)).toEqual({ version, sub, digests });
  });

  // What the real client 3.5.0 refuses, with exit code 5.
  it.each([
    ['SSH-2.0-OpenSSH_9.2', 'where the greeting of an rsync daemon should be'],
    ['', 'where the greeting'],
    ['@RSYNCD: x', 'where the greeting'],
    ['@RSYNCD: 31', 'left the subprotocol value out'],
    ['@RSYNCD: 30 md5', 'left the subprotocol value out'],
    ['@RSYNCD: 32.0', 'left the digest name list out'],
    ['@RSYNCD: 33.0 ', 'left the digest name list out'],
    ['@RSYNCD: 123456789012345678901234567890.0 md5', 'where the greeting'],
  ])('is refused: %s', (line, message) => {
    expect(() => parseGreeting(line)).toThrow(DaemonError);
    expect(() => parseGreeting(line)).toThrow(message);
  });

  it.each([
    [32, '@RSYNCD: 27', 27],
    [32, '@RSYNCD: 31.0', 31],
    [32, '@RSYNCD: 32.0 md5', 32],
    [32, '@RSYNCD: 33.0 md5', 32],
    [32, '@RSYNCD: 40.0 md5', 32],
    [27, '@RSYNCD: 32.0 md5', 27],
    [32, '@RSYNCD: 31.14', 30],
    [32, '@RSYNCD: 32.14 md5', 31],
    [32, '@RSYNCD: 33.14 md5', 32],
    [31, '@RSYNCD: 32.14 md5', 31],
  ])('with %d of ours, %s makes %d', (own, line, agreed) => {
    expect(agreeOnProtocol(own, parseGreeting(line))).toBe(agreed);
  });

  it.each(['@RSYNCD: 26', '@RSYNCD: 0', '@RSYNCD: 41.0 md5', '@RSYNCD: 99999.0 md5', '@RSYNCD: 27.5'])(
    'with a version that nobody speaks ends the session: %s',
    (line) => {
      expect(() => agreeOnProtocol(32, parseGreeting(line))).toThrow(ProtocolError);
    },
  );
});

describe('our greeting', () => {
  it('names the strongest digest first, as the newest server has them in its own list', () => {
    expect(formatGreeting(32)).toBe('@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4');
    expect(formatGreeting(27)).toBe('@RSYNCD: 27.0 sha512 sha256 sha1 md5 md4');
  });
});
