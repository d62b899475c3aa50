import { createFileHash } from '../checksum/strong.ts';
import { AuthenticationError, UnsupportedError } from '../errors.ts';
import { encodeName } from '../wire/file-name.ts';
import { type AuthDigest, authDigests, type Greeting } from './greeting.ts';

/** How the answer to a challenge is made: a digest by name, or MD4 as it was before names were exchanged. */
export type ResponseDigest = AuthDigest | 'old-md4';

/** Our first digest that the server lists too; without a list the protocol decides. */
export function chooseDigest(server: Greeting, protocol: number): ResponseDigest {
  if (server.digests === undefined) return protocol >= 30 ? 'md5' : 'old-md4';
  const common = authDigests.find((name) => server.digests?.includes(name));
  if (common !== undefined) return common;
  throw new UnsupportedError(
    `no common digest for the login: the server offers ${server.digests.join(' ')}, we have ${authDigests.join(' ')}`,
  );
}

/** @throws AuthenticationError for a digest that is weaker than the least one. */
export function refuseWeaker(digest: ResponseDigest, least: AuthDigest): void {
  const strength = (name: ResponseDigest) => authDigests.indexOf(name === 'old-md4' ? 'md4' : name);
  if (strength(digest) <= strength(least)) return;
  throw new AuthenticationError(
    `the server wants the password answered with ${digest}, which is weaker than ${least}: no answer was given`,
  );
}

/**
 * The answer to a challenge: the digest of password and challenge, in base64 without padding.
 *
 * Source: docs/protocol chapter 1, section 5.3.
 */
export async function answerChallenge(
  digest: ResponseDigest,
  password: string,
  challenge: string,
): Promise<string> {
  const secret = encodeName(password + challenge);
  const sum = await digestOf(digest, secret);
  return sum.toString('base64').replace(/=+$/, '');
}

async function digestOf(digest: ResponseDigest, secret: Buffer): Promise<Buffer> {
  if (digest !== 'md4' && digest !== 'old-md4') {
    const { createHash } = await import('node:crypto');
    return createHash(digest).update(secret).digest();
  }
  const createMd4 = await createFileHash('md4', digest === 'old-md4' ? Buffer.alloc(4) : undefined);
  const md4 = createMd4();
  md4.update(secret);
  return md4.digest();
}
