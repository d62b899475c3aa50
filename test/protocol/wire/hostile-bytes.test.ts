import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSumHead } from '../../../src/protocol/delta/sum-head.ts';
import { RsyncError } from '../../../src/protocol/errors.ts';
import { EntryDecoder } from '../../../src/protocol/file-list/entry-decoder.ts';
import type { EntryFormat } from '../../../src/protocol/file-list/file-entry.ts';
import { decodeIdList } from '../../../src/protocol/file-list/id-list.ts';
import { parseGreeting } from '../../../src/protocol/handshake/greeting.ts';
import { decodeGeneratorRecord } from '../../../src/protocol/roles/item.ts';
import { WireReader } from '../../../src/protocol/stream/wire-reader.ts';
import { Cursor, type Decoder, NEED_MORE } from '../../../src/protocol/wire/cursor.ts';
import { IndexDecoder } from '../../../src/protocol/wire/file-index.ts';
import { decodeFrameHeader } from '../../../src/protocol/wire/frame.ts';
import { runs } from '../../support/runs.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

const protocols = [27, 28, 29, 30, 31, 32];

const entryFormat: fc.Arbitrary<EntryFormat> = fc.record({
  protocol: fc.constantFrom(...protocols),
  varintFlags: fc.boolean(),
  safeEnd: fc.boolean(),
  owner: fc.boolean(),
  group: fc.boolean(),
  links: fc.boolean(),
  devices: fc.boolean(),
  specials: fc.boolean(),
  hardLinks: fc.boolean(),
  atimes: fc.boolean(),
  checksumLength: fc.constantFrom(0, 8, 16),
  inlineNames: fc.boolean(),
});

/** Any bytes, with more of those that are lengths, flags and markers somewhere. */
const bytes = fc
  .array(
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x00, 0x01, 0x04, 0x20, 0x40, 0x7f, 0x80, 0xc0, 0xf0, 0xfc, 0xfe, 0xff),
    ),
    { maxLength: 120 },
  )
  .map((list) => Buffer.from(list));

/** Decodes records until something ends it; whatever that is must be a wish for more bytes or our own error. */
function exhaust(wire: Buffer, decode: Decoder<unknown>): void {
  const cursor = new Cursor(wire);
  for (let records = 0; records <= wire.length; records++) {
    const before = cursor.offset;
    try {
      decode(cursor);
    } catch (thrown) {
      if (thrown !== NEED_MORE) expect(thrown).toBeInstanceOf(RsyncError);
      return;
    }
    expect(cursor.offset).toBeGreaterThan(before);
    if (cursor.remaining === 0) return;
  }
  expect.unreachable('more records than bytes');
}

describe('any bytes', () => {
  it('make an entry, an end, a wish for more or an RsyncError', () => {
    fc.assert(
      fc.property(bytes, entryFormat, fc.nat(5), (wire, format, firstIndex) => {
        const decoder = new EntryDecoder(format);
        decoder.startList(firstIndex);
        exhaust(wire, (cursor) => decoder.decode(cursor));
      }),
      { numRuns: runs(50000) },
    );
  });

  it('make a request, a wish for more or an RsyncError', () => {
    const format = fc.record({
      protocol: fc.constantFrom(...protocols),
      isDryRun: fc.boolean(),
      entryCount: fc.nat(300),
    });
    fc.assert(
      fc.property(bytes, format, (wire, agreed) => {
        const indexes = new IndexDecoder(agreed.protocol);
        exhaust(wire, (cursor) => {
          const record = decodeGeneratorRecord(cursor, indexes, agreed);
          if (record.kind === 'item') indexes.remember(record.item.index);
          return record;
        });
      }),
      { numRuns: runs(50000) },
    );
  });

  it.each<readonly [string, (protocol: number) => Decoder<unknown>]>([
    [
      'a file index',
      (protocol) => {
        const indexes = new IndexDecoder(protocol);
        return (cursor) => indexes.remember(indexes.decode(cursor));
      },
    ],
    ['a frame header', () => decodeFrameHeader],
    ['a sum head', (protocol) => (cursor) => decodeSumHead(cursor, protocol)],
    ['a list of ids', (protocol) => (cursor) => decodeIdList(cursor, { protocol, idZeroNames: true })],
    ['a line', () => (cursor) => cursor.line(60, 'line')],
    ['a text', () => (cursor) => cursor.vstring(60, 'text')],
  ])('make %s, a wish for more or an RsyncError', (_name, makeDecoder) => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(...protocols), (wire, protocol) =>
        exhaust(wire, makeDecoder(protocol)),
      ),
      { numRuns: runs(500) },
    );
  });

  it('in frames make what the frames hold, a message, or an RsyncError', async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(chunks, async (list) => {
        const reader = new WireReader(scriptedTransport(list.map((chunk) => Buffer.from(chunk))));
        let heard = 0;
        reader.startFrames((_code, payload) => {
          heard += payload.length;
        });
        try {
          for (;;) heard += (await reader.readBytes(1)).length;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RsyncError);
        }
        expect(heard).toBeLessThanOrEqual(list.reduce((sum, { length }) => sum + length, 0));
      }),
      { numRuns: runs(500) },
    );
  });

  it('as a greeting make one or an RsyncError', () => {
    const almost = fc
      .tuple(fc.constantFrom('@RSYNCD: ', '@RSYNCD:', ''), fc.string({ unit: 'binary', maxLength: 40 }))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(almost, (line) => {
        try {
          expect(parseGreeting(line).version).toBeGreaterThanOrEqual(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RsyncError);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('a decoder that is short of bytes', () => {
  it('changes nothing: what it gets anew with more bytes is the same', () => {
    fc.assert(
      fc.property(bytes, entryFormat, (wire, format) => {
        const outcome = (decoder: EntryDecoder, cursor: Cursor): unknown => {
          try {
            return decoder.decode(cursor);
          } catch (thrown) {
            return thrown;
          }
        };
        const start = () => {
          const decoder = new EntryDecoder(format);
          decoder.startList(0);
          return decoder;
        };
        const interrupted = start();
        for (let length = 0; length < wire.length; length++) {
          const early = outcome(interrupted, new Cursor(wire.subarray(0, length)));
          if (early !== NEED_MORE) return;
        }
        expect(outcome(interrupted, new Cursor(wire))).toEqual(outcome(start(), new Cursor(wire)));
      }),
      { numRuns: runs(500) },
    );
  });
});
