import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/protocol/errors.ts';
import {
  answerChallenge,
  chooseDigest,
  type ResponseDigest,
} from '../../../src/protocol/handshake/challenge.ts';
import { parseGreeting } from '../../../src/protocol/handshake/greeting.ts';
import { recordedSessions } from '../../support/recorded-sessions.ts';

/** Accepted by real servers, for the password `s3cret-Pw`; docs/protocol chapter 1, section 5.3. */
const responses: ReadonlyArray<readonly [ResponseDigest, string]> = [
  ['old-md4', 'GLb6W5WBvikNuWB0yeEz4Q'],
  ['md4', 'k5NMMgBtXspAgs4DYGnvqw'],
  ['md5', '240EOpRujpWzpLDG0+TC7g'],
  ['sha1', 'afDqDZtLrk5C3lZEI55NacKfYUY'],
  ['sha256', 'j+deoqnmbouP8+ezWgl5kS/b26FnY3rOhsdwQWCy8RU'],
  ['sha512', 'iDI92Wt5xODrR56TLGT/q1jbe0xDZ65piEBqwImmuO2wHqNOJpsDIaWGWJ6v/savPtNwWgHc2sY3jlH/cxOw7g'],
];

const withLogin = recordedSessions.flatMap(([name, { auth }]) =>
  auth === undefined ? [] : [[name, auth] as const],
);

describe('the answer to a challenge', () => {
  it.each(responses)('made with %s', async (digest, response) => {
    expect(await answerChallenge(digest, 's3cret-Pw', 'vG2rNqyHUrnPvTsHDcG9Ig')).toBe(response);
  });

  it.each(withLogin)('of %s', async (_name, auth) => {
    const digest = auth.digest.includes('zero bytes') ? 'old-md4' : (auth.digest as ResponseDigest);
    expect(await answerChallenge(digest, auth.password, auth.challenge)).toBe(auth.response);
  });

  it('takes the bytes of a password that is not UTF-8', async () => {
    // printf 'p\351abc' | openssl md5 -binary | base64
    expect(await answerChallenge('md5', 'p\udce9', 'abc')).toBe('4RZ2A9QTVlWtd2LxW2lLKQ');
  });
});

describe('the digest of the answer', () => {
  it.each([
    ['@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4', 32, 'sha512'],
    ['@RSYNCD: 31.0 md5 md4', 31, 'md5'],
    ['@RSYNCD: 31.0 md4 md5 sha256', 31, 'sha256'],
    ['@RSYNCD: 27 md4', 27, 'md4'],
    ['@RSYNCD: 31.0', 31, 'md5'],
    ['@RSYNCD: 30.0', 30, 'md5'],
    ['@RSYNCD: 29', 29, 'old-md4'],
    ['@RSYNCD: 31.0', 29, 'old-md4'],
    ['@RSYNCD: 32.0 sha512 md5', 27, 'sha512'],
  ])("is chosen by the server's greeting %s at protocol %d: %s", (line, protocol, digest) => {
    expect(chooseDigest(parseGreeting(line), protocol)).toBe(digest);
  });

  it('must be one that both know', () => {
    expect(() => chooseDigest(parseGreeting('@RSYNCD: 31.0 foo bar'), 31)).toThrow(UnsupportedError);
  });
});
