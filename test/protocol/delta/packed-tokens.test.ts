import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeflatePacker } from '../../../src/protocol/delta/deflate-packer.ts';
import { PackedTokens, type Packer } from '../../../src/protocol/delta/packed-tokens.ts';
import { ZstdPacker } from '../../../src/protocol/delta/zstd-packer.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';
import { runs } from '../../support/runs.ts';
import { decodePackedTokens, joinLiterals, type Token } from '../../support/token-decoder.ts';
import { type Unpacker, unpackTokens, zlibUnpacker, zstdUnpacker } from '../../support/unpacker.ts';

interface Way {
  readonly packer: () => Packer;
  readonly unpacker: () => Unpacker;
}

function deflate(level: number, seesBlocks: boolean, protocol: number): Way {
  return {
    packer: () => new DeflatePacker({ level, seesBlocks, protocol }),
    unpacker: () => zlibUnpacker({ seesBlocks, protocol }),
  };
}

const ways: ReadonlyArray<readonly [string, Way]> = [
  ['zlib at protocol 31', deflate(6, true, 31)],
  ['zlib at protocol 27', deflate(6, true, 27)],
  ['zlib without compressing', deflate(0, true, 31)],
  ['zlibx', deflate(6, false, 32)],
  ['zlibx at its best', deflate(9, false, 32)],
  ['zstd', { packer: () => new ZstdPacker(3), unpacker: zstdUnpacker }],
];

/** The wire of several files; blocks are `blockLength` bytes of `basis`. */
function pack(packer: Packer, files: readonly Token[][], blockAt: (block: number) => Buffer): Buffer {
  const encoder = new Encoder();
  const writer = new PackedTokens({ encoder, slice: (bytes) => encoder.bytes(bytes) }, packer);
  for (const file of files) {
    for (const token of file) {
      // Callers use the memory of a literal again as soon as it has been taken.
      if (token.kind === 'match') writer.match(token.block, blockAt(token.block));
      else writer.literal(Buffer.from(token.bytes));
    }
    writer.end();
  }
  return encoder.view();
}

async function unpack(wire: Buffer, count: number, unpacker: Unpacker, blockAt: (block: number) => Buffer) {
  const files: Token[][] = [];
  let rest = wire;
  for (let file = 0; file < count; file++) {
    const { tokens, length } = decodePackedTokens(rest);
    files.push(joinLiterals(await unpackTokens(tokens, unpacker, blockAt)));
    rest = rest.subarray(length);
  }
  expect(rest).toHaveLength(0);
  return files;
}

const literal = (bytes: Buffer | string): Token => ({ kind: 'literal', bytes: Buffer.from(bytes) });
const match = (block: number): Token => ({ kind: 'match', block });
const TEXT = Buffer.from('theta beta iota lambda nu sigma gamma phi omega eta '.repeat(200));

describe.each(ways)('tokens packed with %s', (_name, way) => {
  it('mean what was put into them, one file after the other', async () => {
    const blockAt = (block: number) => TEXT.subarray(block * 100, block * 100 + 100);
    const token = fc.oneof(
      fc
        .tuple(fc.nat(5000), fc.nat(900))
        .map(([from, length]) => literal(TEXT.subarray(from, from + length + 1))),
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => literal(Buffer.from(bytes))),
      fc.nat(99).map(match),
    );
    const files = fc.array(fc.array(token, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const wire = pack(way.packer(), given, blockAt);
        expect(await unpack(wire, given.length, way.unpacker(), blockAt)).toEqual(given.map(joinLiterals));
      }),
      { numRuns: runs(60) },
    );
  });

  it('carry literals of any length, in pieces of at most 16,383 bytes', async () => {
    const noise = generatedBytes(9, 300_000);
    const given = [
      [literal(noise), match(0), literal(noise.subarray(5)), literal(TEXT)],
      [],
      [literal(TEXT)],
    ];
    const blockAt = () => noise.subarray(0, 700);
    const wire = pack(way.packer(), given, blockAt);
    expect(await unpack(wire, 3, way.unpacker(), blockAt)).toEqual(given.map(joinLiterals));
  });

  it('are one byte for an empty file', () => {
    expect(pack(way.packer(), [[]], () => TEXT)).toEqual(Buffer.of(0));
  });
});

describe('a file that is not worth packing', () => {
  it.each(ways)('is sent nearly as it is, and the next one is packed again, with %s', async (_name, way) => {
    const text = Buffer.alloc(20_000, 'all the same ');
    const lengths = [true, false, true].map((isWorthPacking) => {
      const encoder = new Encoder();
      const writer = new PackedTokens({ encoder, slice: (bytes) => encoder.bytes(bytes) }, way.packer());
      writer.startFile(isWorthPacking);
      writer.literal(text);
      writer.end();
      return encoder.length;
    });
    expect(lengths[1]).toBeGreaterThanOrEqual(lengths[0] as number);
    expect(lengths[2]).toBe(lengths[0]);
  });

  it.each(ways)('arrives among others with %s', async (_name, way) => {
    const encoder = new Encoder();
    const writer = new PackedTokens({ encoder, slice: (bytes) => encoder.bytes(bytes) }, way.packer());
    const files = [generatedBytes(1, 5000), Buffer.alloc(70_000, 'same '), generatedBytes(2, 40_000)];
    for (const [i, file] of files.entries()) {
      writer.startFile(i !== 1);
      writer.literal(Buffer.from(file.subarray(0, 3000)));
      writer.match(0, TEXT);
      writer.literal(Buffer.from(file.subarray(3000)));
      writer.end();
    }
    const unpacked = await unpack(encoder.view(), files.length, way.unpacker(), () => TEXT);
    const expected = files.map((file) => [
      literal(file.subarray(0, 3000)),
      match(0),
      literal(file.subarray(3000)),
    ]);
    expect(unpacked).toEqual(expected);
  });
});

describe('runs of blocks', () => {
  const nothing: Packer = {
    startFile: () => {},
    pack: () => Buffer.alloc(0),
    endRun: () => Buffer.alloc(0),
    skip: () => {},
    endFile: () => {},
  };
  const wireOf = (blocks: readonly number[]) =>
    pack(nothing, [blocks.map(match)], () => TEXT.subarray(0, 1)).toString('hex');

  it.each([
    ['a block close to the last one', [0, 63, 66], '80 bf 83 00'],
    ['a block that is farther than 63', [64, 200], '20 40000000 20 c8000000 00'],
    ['a step back', [5, 4], '85 20 04000000 00'],
    ['the same block again', [3, 3, 3], '83 80 80 00'],
    ['a run, and one behind it', [0, 1, 2, 3, 4, 7, 0, 11], 'c0 0400 83 20 00000000 8b 00'],
    ['a run that starts far away', [100, 101, 102], '21 64000000 0200 00'],
  ])('%s', (_name, blocks, hex) => {
    expect(wireOf(blocks)).toBe(hex.replaceAll(' ', ''));
  });

  it('are closed after 65,536 blocks', () => {
    const blocks = [...Array(65_540).keys()];
    expect(wireOf(blocks)).toBe('c0ffff' + 'c10300' + '00');
    const { tokens } = decodePackedTokens(Buffer.from(wireOf(blocks), 'hex'));
    expect(tokens).toEqual(blocks.map(match));
  });

  it('start anew with each file', () => {
    const wire = pack(nothing, [[match(40)], [match(40)]], () => TEXT.subarray(0, 1));
    expect(wire.toString('hex')).toBe('a800a800');
  });

  it('stand in front of the data that follows them', async () => {
    const wire = pack(new ZstdPacker(3), [[match(0), match(1), literal('new')]], () => TEXT.subarray(0, 1));
    expect(wire.subarray(0, 3).toString('hex')).toBe('c00100');
  });
});

describe('zlib and large blocks', () => {
  const block = Buffer.concat([generatedBytes(1, 65_535), generatedBytes(2, 65_537)]);
  const given = [[match(0), literal(block.subarray(100_000, 131_072)), literal(block.subarray(0, 40_000))]];

  it.each([27, 30, 31, 32])('agree on the history at protocol %d', async (protocol) => {
    const { packer, unpacker } = deflate(6, true, protocol);
    const wire = pack(packer(), given, () => block);
    expect(await unpack(wire, 1, unpacker(), () => block)).toEqual(given.map(joinLiterals));
  });

  it('make use of it: what follows a block and equals its end costs next to nothing', () => {
    const known = [[match(0), literal(block.subarray(110_000, 131_000))]];
    const sizeAt = (protocol: number, text: readonly Token[]) =>
      pack(deflate(6, true, protocol).packer(), [[...text]], () => block).length;
    expect(sizeAt(31, known[0] as Token[])).toBeLessThan(1000);
    // Below protocol 31 the second piece is the block's start once more.
    expect(sizeAt(30, known[0] as Token[])).toBeGreaterThan(20_000);
    expect(sizeAt(30, [match(0), literal(block.subarray(40_000, 61_000))])).toBeLessThan(1000);
  });
});
