import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { push, type TransferOptions } from '../../src/protocol/index.ts';
import { disturbTree, growTree, type TreeLimits } from '../support/random-tree.ts';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { snapshot } from '../support/snapshot.ts';

let rsyncd: Rsyncd;
let base: string;
let source: string;
let destination: string;

beforeAll(async () => {
  rsyncd = await startRsyncd({ modules: [{ name: 'inbox' }] });
  base = mkdtempSync(join(tmpdir(), 'tsersync-push-'));
});

beforeEach(() => {
  source = join(base, 'source');
  destination = join(rsyncd.modulePath('inbox'), 'tree');
  for (const folder of [source, destination]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(source);
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

const archive: TransferOptions = {
  recursive: true,
  links: true,
  perms: true,
  times: true,
  owner: true,
  group: true,
  devices: true,
  specials: true,
  hardLinks: true,
  timeout: 30,
};

function limitsAt(protocol: number): TreeLimits {
  if (protocol < 30) return { times: 'seconds-32' };
  return { times: protocol < 31 ? 'seconds' : 'nanoseconds' };
}

async function pushTree(options: TransferOptions) {
  const target = {
    kind: 'daemon',
    host: rsyncd.host,
    port: rsyncd.port,
    module: 'inbox',
    path: 'tree/',
  } as const;
  return await push([`${source}/`], { target, transfer: { ...archive, ...options } });
}

async function expectEqual(): Promise<void> {
  expect(snapshot(destination)).toEqual(snapshot(source));
  const { stdout, stderr } = await rsync([
    '-aniH',
    '--checksum',
    '--delete',
    `${source}/`,
    `${destination}/`,
  ]);
  expect(`${stdout}${stderr}`).toBe('');
}

const ways: ReadonlyArray<readonly [string, TransferOptions]> = [
  ['--delete', {}],
  ['--delete -z', { compress: true }],
  ['--delete -c', { checksum: true }],
  ['--delete --inplace', { inplace: true }],
  ['--delete -W', { wholeFile: true }],
  ['--delete -I --numeric-ids', { ignoreTimes: true, numericIds: true }],
];

/** Each is combined with two of the ways, in turns. */
const protocols = [
  { protocol: 27, incRecursive: false },
  { protocol: 28, incRecursive: false },
  { protocol: 29, incRecursive: false },
  { protocol: 30, incRecursive: false },
  { protocol: 30, incRecursive: true },
  { protocol: 31, incRecursive: false },
  { protocol: 31, incRecursive: true },
  { protocol: 32, incRecursive: false },
  { protocol: 32, incRecursive: true },
];

describe.each(protocols)('a random tree at protocol $protocol, incremental: $incRecursive', (agreed) => {
  const turn = protocols.indexOf(agreed);
  it.each(ways.filter((_, at) => (at + turn) % 3 === 0))(
    'arrives, and its changes with %s',
    async (way, options) => {
      const seed = agreed.protocol * 1000 + way.length;
      const limits = limitsAt(agreed.protocol);
      growTree(source, seed, limits);
      expect(await pushTree({ ...agreed, ...options })).toMatchObject({
        exitCode: 0,
        problems: [],
        serverErrors: [],
      });
      await expectEqual();

      disturbTree(source, seed + 1, limits);
      // Everything has another time, maybe within the same second.
      const exact = {
        ...agreed,
        delete: 'default',
        ...(agreed.protocol >= 31 && { modifyWindow: -1 }),
      } as const;
      const changed = await pushTree({ ...exact, ...options });
      expect(changed).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
      await expectEqual();

      const again = await pushTree(exact);
      expect(again.statistics.transferredFiles).toBe(0);
    },
  );
});
