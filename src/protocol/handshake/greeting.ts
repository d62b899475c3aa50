import { DaemonError, ProtocolError } from '../errors.ts';
import { type PasswordDigest, passwordDigests } from '../options/transfer-options.ts';

/** The protocol versions we speak. */
export const OLDEST_PROTOCOL = 27;
export const NEWEST_PROTOCOL = 32;
/** No server has a greater one yet: whoever names it is no rsync. */
const GREATEST_PROTOCOL = 40;

/**
 * Digests for the login, strongest first: 3.5.0 takes the first of its own list that we name, older servers the first
 * of ours, and only in this order do both mean the same.
 */
export const authDigests = passwordDigests;
export type AuthDigest = PasswordDigest;

/**
 * The first line of each side: `@RSYNCD: <version>.<sub>[ <digest>...]`.
 *
 * Source: docs/protocol chapter 1, section 4.1.
 */
export interface Greeting {
  readonly version: number;
  readonly sub: number;
  /** Undefined where the line carries no list. */
  readonly digests: readonly string[] | undefined;
}

const GREETING = /^@RSYNCD: (\d{1,5})(?:\.(\d{1,5}))?((?:\s+\S+)*)\s*$/;

export function parseGreeting(line: string): Greeting {
  const [, version, sub, digests] = GREETING.exec(line) ?? [];
  if (version === undefined) {
    throw new DaemonError(
      `the server sent ${JSON.stringify(line)} where the greeting of an rsync daemon should be`,
    );
  }
  const names = digests?.split(/\s+/).filter((name) => name !== '') ?? [];
  if (Number(version) >= 30 && sub === undefined) throw incomplete('subprotocol value', line);
  // Without its list an attacker in between could have us answer with the weakest digest.
  if (Number(version) >= 32 && names.length === 0) throw incomplete('digest name list', line);
  return {
    version: Number(version),
    sub: Number(sub ?? 0),
    digests: names.length > 0 ? names.map((name) => name.toLowerCase()) : undefined,
  };
}

function incomplete(what: string, line: string): DaemonError {
  return new DaemonError(`the server left the ${what} out of its greeting: ${JSON.stringify(line)}`);
}

export function formatGreeting(version: number): string {
  return `@RSYNCD: ${version}.0 ${authDigests.join(' ')}`;
}

/** The version that both sides speak: the smaller one, and one less for a pre-release of ours or theirs. */
export function agreeOnProtocol(own: number, { version, sub }: Greeting): number {
  if (version > GREATEST_PROTOCOL) {
    throw new ProtocolError(`the server claims to speak rsync protocol ${version}: is it an rsync daemon?`);
  }
  const isPreRelease = sub > 0 && version <= own;
  const agreed = Math.min(own, isPreRelease ? version - 1 : version);
  if (agreed >= OLDEST_PROTOCOL) return agreed;
  throw new ProtocolError(
    `the server speaks rsync protocol ${version}; the oldest supported is ${OLDEST_PROTOCOL} (rsync 2.6.0)`,
  );
}
