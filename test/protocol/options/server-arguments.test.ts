import { describe, expect, it } from 'vitest';
import { RsyncError, UsageError } from '../../../src/protocol/errors.ts';
import { parseOptions } from '../../../src/protocol/options/parse-options.ts';
import { type ServerArguments, serverArguments } from '../../../src/protocol/options/server-arguments.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { caseName, type PushCase, pushCases } from '../../support/recorded-arguments.ts';

const terms = {
  protocol: 32,
  paths: ['mod/dst/'],
  capabilities: 'LsfxCIvu',
  incrementalRecursion: true,
};

/** The words we compose where the real client was given the same command line. */
function compose({ options, environment, destination }: PushCase): ServerArguments {
  const { transfer } = parseOptions(options, environment);
  const paths = [destination ?? 'mod/dst/'];
  return serverArguments(transfer, { ...terms, paths, protocol: Math.min(transfer.protocol ?? 32, 32) });
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

describe('the words for the server', () => {
  const same = pushCases.filter(({ reason }) => reason === undefined);
  it.each(same.map((one) => [caseName(one), one] as const))('are those of rsync for %s', (_, one) => {
    const { arguments: plain, secluded } = one;
    expect(compose(one)).toEqual(secluded === undefined ? { plain } : { plain, secluded });
  });

  const others = pushCases.filter(({ ours }) => ours !== undefined);
  it.each(others.map((one) => [caseName(one), one] as const))('differ on purpose for %s', (_, one) => {
    expect(compose(one)).toEqual({ plain: one.ours });
    expect(one.ours).not.toEqual(one.arguments);
    expect(one.reason).toBeTruthy();
  });

  const refused = pushCases.filter((one) => one.refused !== undefined);
  it.each(refused.map((one) => [caseName(one), one] as const))('do not exist for %s', (_, one) => {
    const thrown = thrownBy(() => compose(one));
    expect(thrown).toBeInstanceOf(RsyncError);
    expect((thrown as RsyncError).exitCode).toBe(one.refused);
    expect(one.reason).toBeTruthy();
  });

  it('need not come from a command line', () => {
    const words = (given: TransferOptions) => serverArguments(given, terms).plain.slice(1, -2);
    expect(words({})).toEqual(['-e.LsfxCIvu']);
    expect(words({ compressChoice: 'zlib' })).toEqual(['-ze.LsfxCIvu', '--old-compress']);
    expect(words({ compressChoice: 'zstd', compress: false })).toEqual(['-e.LsfxCIvu']);
    expect(words({ deleteExcluded: true, dirs: true })).toEqual([
      '-de.LsfxCIvu',
      '--no-r',
      '--delete-excluded',
    ]);
    expect(words({ maxSize: 2 ** 63 - 1024 })).toEqual(['-e.LsfxCIvu', '--max-size=9223372036854774784']);
    expect(() => words({ timeout: 1.5 })).toThrow('timeout: 1.5 is not a whole number');
    expect(() => words({ maxSize: Number.NaN })).toThrow(UsageError);
    expect(() => words({ append: 'append', wholeFile: true })).toThrow(UsageError);
  });

  it('promise only what this client can do', () => {
    const cluster = (given: TransferOptions, changes: Partial<typeof terms>) =>
      serverArguments(given, { ...terms, ...changes }).plain[1];
    expect(cluster({ recursive: true }, { incrementalRecursion: false })).toBe('-re.LsfxCIvu');
    expect(cluster({ recursive: true }, { capabilities: 'fxC' })).toBe('-re.ifxC');
    expect(cluster({ recursive: true }, { protocol: 29 })).toBe('-r');
  });

  it.each([27, 29, 30, 32])(
    'go in a second list where they are secluded, with protocol %d too',
    (protocol) => {
      const { plain, secluded } = serverArguments(
        { secludedArgs: true, times: true },
        { ...terms, protocol },
      );
      expect(plain.join(' ')).toMatch(/^--server -s/);
      expect(secluded).toEqual(['rsync', '.', 'mod/dst/']);
    },
  );

  it('are compared with enough of the real program', () => {
    expect(same.length).toBeGreaterThan(500);
    expect(same.length + others.length + refused.length).toBe(pushCases.length);
  });
});
