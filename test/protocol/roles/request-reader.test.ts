import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FileList } from '../../../src/protocol/file-list/file-list.ts';
import { runRequestReader } from '../../../src/protocol/roles/request-reader.ts';
import { Requests } from '../../../src/protocol/roles/requests.ts';
import { WireReader } from '../../../src/protocol/stream/wire-reader.ts';
import { frame } from '../../support/frames.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

const REQUEST = frame(0, Buffer.from(`0200a0${'00'.repeat(16)}`, 'hex'));
const DONE = frame(0, Buffer.from('00', 'hex'));

/** Reads these chunks, one per wait, for a list that is still to come. */
function readingOf(chunks: readonly Buffer[]) {
  const list = new FileList({ protocol: 31, incrementalRecursion: false });
  const requests = new Requests();
  const reader = new WireReader(scriptedTransport(chunks));
  const messages: string[] = [];
  reader.startFrames((_code, payload) => messages.push(payload.toString()));
  const reading = runRequestReader({
    reader,
    requests,
    protocol: 31,
    isDryRun: false,
    isAppend: false,
    blockLength: undefined,
    entryAt: (index) => list.at(index),
    entryCount: () => list.count,
  });
  return { list, requests, reader, messages, reading };
}

it('hears messages before there is a list, and takes no request, however many come', async () => {
  const { list, requests, reader, messages, reading } = readingOf([
    frame(2, Buffer.from('hello')),
    REQUEST,
    ...Array(1000).fill(DONE),
  ]);
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(messages).toEqual(['hello']);
  expect(requests.isEmpty).toBe(true);
  expect(reader.received).toBeLessThan(100);
  list.add(memoryTree({ f: 'hello' }).entries);
  requests.open();
  expect(await requests.next()).toMatchObject({ kind: 'item', item: { index: 1 } });
  await reading;
  expect(reader.received).toBeGreaterThan(1000);
});

it('ends when nobody wants requests any more, also if there has never been a list', async () => {
  const { requests, reading } = readingOf([REQUEST, DONE]);
  await turn();
  requests.abandon();
  await reading;
  await expect(requests.next()).rejects.toThrow();
});
