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

describe('the replicator refuses options', () => {
  it.each([
    [null, 'null is not an object'],
    [[], 'this list is not an object'],
    [{}, 'log: it is missing'],
    [{ log: 5 }, 'log: 5 is not a log with debug'],
    [{ log: {} }, 'log: this object is not a log with debug'],
    [{ log, lane: 5 }, '"lane" is not a field of the options of the replicator; did you mean lanes?'],
    [{ log, lanes: Number.NaN }, 'lanes: NaN is not a whole number in [1, 100]'],
    [{ log, lanes: 0 }, 'lanes: 0 is not'],
    [{ log, lanes: '5' }, 'lanes: "5" is not'],
    [{ log, drainMs: -1 }, 'drainMs: -1 is not'],
    [{ log, signal: {} }, 'signal: this object is not an AbortSignal'],
    [{ log, startsWithAll: 1 }, 'startsWithAll: 1 is not true or false'],
    [{ log, environment: null }, 'environment: null is not an object of variables'],
  ])('such as %j', async (options, reason) => {
    await refuses(start(config, options), reason);
  });
});
