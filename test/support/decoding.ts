import { expect } from 'vitest';
import { WireReader } from '../../src/protocol/stream/wire-reader.ts';
import type { Decoder } from '../../src/protocol/wire/cursor.ts';
import { scriptedTransport } from './scripted-transport.ts';

/** A reader that receives these chunks, one per wait, and then the end of the stream. */
export function readerOf(chunks: readonly Buffer[]): WireReader {
  return new WireReader(scriptedTransport(chunks));
}

/**
 * Decodes `wire` whole, byte by byte, and split in two at every offset: the result must never differ, and all bytes
 * must be used. `makeDecoder` is called for each round, for decoders that keep state.
 */
export async function assertDecodes<T>(
  wire: Buffer,
  makeDecoder: () => Decoder<T>,
  expected: T,
): Promise<void> {
  const bytewise = [...wire.keys()].map((at) => wire.subarray(at, at + 1));
  const splits = [...wire.keys()].slice(1).map((at) => [wire.subarray(0, at), wire.subarray(at)]);
  for (const chunks of [[wire], bytewise, ...splits]) {
    const reader = readerOf(chunks);
    const decode = makeDecoder();
    expect(await reader.read(decode)).toEqual(expected);
    await expect(reader.read((cursor) => cursor.uint8())).rejects.toThrow('closed the connection');
  }
}
