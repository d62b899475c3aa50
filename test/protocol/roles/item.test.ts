import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeGeneratorRecord,
  encodeItem,
  type GeneratorRecord,
  type Item,
  itemFlags,
} from '../../../src/protocol/roles/item.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { IndexDecoder, IndexEncoder } from '../../../src/protocol/wire/file-index.ts';
import { assertDecodes } from '../../support/decoding.ts';

const format = { protocol: 31, isDryRun: false, entryCount: 10 };

function decoderAt(protocol: number, isDryRun = false, entryCount = 10) {
  return () => {
    const indexes = new IndexDecoder(protocol);
    return (cursor: Cursor) => decodeGeneratorRecord(cursor, indexes, { protocol, isDryRun, entryCount });
  };
}

const HEAD = { blockCount: 2, blockLength: 700, strongLength: 2, remainder: 0 };
const HEAD_HEX = '02000000' + 'bc020000' + '02000000' + '00000000';
const item = (one: Item): GeneratorRecord => ({ kind: 'item', item: one });

// Records that real generators sent: docs/protocol chapter 3, sections 2 and 3.
describe('a record of the generator', () => {
  it.each<readonly [string, number, string, GeneratorRecord]>([
    ['a changed file', 31, `010c80${HEAD_HEX}`, item({ index: 0, flags: 0x800c, head: HEAD })],
    [
      'a changed file at protocol 29',
      29,
      `000000000c80${HEAD_HEX}`,
      item({ index: 0, flags: 0x800c, head: HEAD }),
    ],
    [
      'a changed file at protocol 27',
      27,
      `00000000${HEAD_HEX}`,
      item({ index: 0, flags: 0x8000, head: HEAD }),
    ],
    ['changed permissions', 31, '011000', item({ index: 0, flags: 0x10 })],
    [
      'a similar file of another name',
      31,
      `0100b8830a6f746865722e6e616d65${HEAD_HEX}`,
      item({ index: 0, flags: 0xb800, basisType: 0x83, name: Buffer.from('other.name'), head: HEAD }),
    ],
    [
      'a basis elsewhere',
      31,
      `01048800${HEAD_HEX}`,
      item({ index: 0, flags: 0x8804, basisType: 0, head: HEAD }),
    ],
    ['a hard link', 31, '04007005702f6f6c64', item({ index: 3, flags: 0x7000, name: Buffer.from('p/old') })],
    ['an exact copy elsewhere', 31, '01005000', item({ index: 0, flags: 0x5000, name: Buffer.alloc(0) })],
    ['the end of a phase', 31, '00', { kind: 'done' }],
    ['the end of a phase at protocol 29', 29, 'ffffffff', { kind: 'done' }],
    [
      'counts of deletions',
      31,
      'ff020100000000',
      {
        kind: 'delete-stats',
        index: -3,
        counts: { files: 1, folders: 0, symlinks: 0, devices: 0, specials: 0 },
      },
    ],
    ['a sign of life', 29, '0a0000000020', { kind: 'keep-alive', index: 10 }],
  ])('%s', async (_name, protocol, hex, expected) => {
    await assertDecodes(Buffer.from(hex, 'hex'), decoderAt(protocol), expected);
  });

  it('has no sum head in a dry run', async () => {
    await assertDecodes(Buffer.from('010c80', 'hex'), decoderAt(31, true), item({ index: 0, flags: 0x800c }));
    await assertDecodes(
      Buffer.from('00000000', 'hex'),
      decoderAt(27, true),
      item({ index: 0, flags: 0x8000 }),
    );
  });

  it('is an ordinary item where the sign of life has no meaning', () => {
    const at30 = decodeGeneratorRecord(new Cursor(Buffer.from('0b0020', 'hex')), new IndexDecoder(30), {
      ...format,
      protocol: 30,
    });
    expect(at30).toEqual(item({ index: 10, flags: 0x2000 }));
  });

  it.each([
    [30, 'ff02', 'file index: -3 cannot be requested'],
    [29, 'fdffffff', 'file index: -3 cannot be requested'],
    [31, 'ff01', 'file index: -2 cannot be requested'],
    [31, 'ff64', 'file index: -101 cannot be requested'],
  ])('at protocol %d is refused: %s', (protocol, hex, message) => {
    expect(() => decoderAt(protocol)()(new Cursor(Buffer.from(hex, 'hex')))).toThrow(message);
  });
});

describe('an item', () => {
  const int = (max: number) => fc.nat(max);
  const head = fc
    .record({
      blockCount: int(2 ** 31 - 1),
      blockLength: fc.integer({ min: 1, max: 131_072 }),
      strongLength: int(16),
    })
    .chain((cut) => int(cut.blockLength).map((remainder) => ({ ...cut, remainder })));
  const anyItem = fc
    .record({
      index: fc.oneof(int(300), int(2 ** 31 - 1)),
      flags: int(0xffff),
      basisType: int(255),
      name: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      head,
    })
    .map(
      ({ index, flags, ...rest }): Item => ({
        index,
        flags,
        ...(flags & itemFlags.basisTypeFollows && { basisType: rest.basisType }),
        ...(flags & itemFlags.nameFollows && { name: rest.name }),
        ...(flags & itemFlags.transfer && { head: rest.head }),
      }),
    );

  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 8 }), fc.constantFrom(30, 31, 32), (items, protocol) => {
        const encoder = new Encoder();
        const writing = new IndexEncoder(protocol);
        for (const one of items) encodeItem(encoder, writing, one, { protocol, isDryRun: false });
        const cursor = new Cursor(encoder.view());
        const reading = new IndexDecoder(protocol);
        for (const one of items) {
          const record = decodeGeneratorRecord(cursor, reading, { protocol, isDryRun: false, entryCount: 0 });
          expect(record).toEqual({ kind: 'item', item: one });
          reading.remember(one.index);
        }
        expect(cursor.remaining).toBe(0);
      }),
    );
  });
});
