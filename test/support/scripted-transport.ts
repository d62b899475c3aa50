import type { Transport } from '../../src/protocol/stream/transport.ts';

/** What a scripted peer says is fixed; what it is told is kept in `told`. */
export interface ScriptedTransport extends Transport {
  readonly told: Buffer[];
}

export function scriptedTransport(chunks: readonly Buffer[]): ScriptedTransport {
  const told: Buffer[] = [];
  let next = 0;
  return {
    peer: 'script',
    told,
    receive: async () => chunks[next++],
    send: async (sent) => {
      told.push(...sent.map((chunk) => Buffer.from(chunk)));
    },
    end: () => {},
    destroy: () => {},
  };
}
