import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/index.ts';
import { type ReplicatorOptions, type SersyncConfig, startReplicator } from '../../../src/watch/index.ts';
import { parse } from '../../support/confxml.ts';

const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const { config } = parse({});

function start(given: unknown, options: unknown = { log }): Promise<unknown> {
  return startReplicator(given as SersyncConfig, options as ReplicatorOptions);
}

async function refuses(starting: Promise<unknown>, reason: string): Promise<void> {
  await expect(starting).rejects.toThrow(reason);
  await expect(starting).rejects.toBeInstanceOf(UsageError);
}

describe('the replicator refuses a config', () => {
  const { sersync } = config;
  const { rsync } = sersync;

  it.each([
    ['that is missing', undefined, 'config: it is missing'],
    ['that is a list', [], 'config: its value is not an object'],
    ['that is empty', {}, 'config.version: it is missing'],
    ['without a room', { ...config, inotify: null }, 'config.inotify: null is not an object'],
    [
      'with a room too many',
      { ...config, debugs: 1 },
      'config: "debugs" is not a field of it; did you mean debug?',
    ],
    [
      'without remotes',
      { ...config, sersync: { ...sersync, remotes: [] } },
      'config.sersync.remotes: there are none',
    ],
    [
      'with a remote without a name',
      { ...config, sersync: { ...sersync, remotes: [{ host: 'h' }] } },
      'config.sersync.remotes[0].name: it is missing',
    ],
    [
      'with a port that is no number',
      {
        ...config,
        sersync: { ...sersync, rsync: { ...rsync, userDefinedPort: { isOn: true, port: Number.NaN } } },
      },
      'config.sersync.rsync.userDefinedPort.port: NaN is not a number',
    ],
    [
      'with a switch that is a text',
      { ...config, debug: { isOn: 'true' } },
      'config.debug.isOn: "true" is not true or false',
    ],
  ])('%s', async (_, given, reason) => {
    await refuses(start(given), reason);
  });
});
