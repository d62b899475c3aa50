import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MatchSearch } from '../../../src/protocol/delta/match-search.ts';
import { Scanner } from '../../../src/protocol/delta/scanner.ts';
import { BlockSums } from '../../../src/protocol/delta/sum-head.ts';
import { blockOf, describeBasis, md5, rebuild, rebuildInPlace } from '../../support/basis.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';
import { runs } from '../../support/runs.ts';
import { joinLiterals, type Token } from '../../support/token-decoder.ts';

/** One for all searches, as in a session. */
const scanner = new Scanner();

interface Search {
  readonly basis: Buffer;
  readonly file: Buffer;
  readonly blockLength: number;
  readonly strongLength?: number;
  readonly isInPlace?: boolean;
  /** Lengths of the pieces in which the file arrives, in turns; as much as there is room for if left out. */
  readonly pieces?: readonly number[];
  readonly strong?: (bytes: Uint8Array) => Buffer;
}

/** The tokens for `file`; each match is checked to name a block of the same bytes. */
function search({ basis, file, blockLength, pieces = [Infinity], ...rest }: Search): Token[] {
  const { strongLength = 16, isInPlace = false, strong = md5 } = rest;
  const { head, sums } = describeBasis(basis, { blockLength, strongLength }, strong);
  const tokens: Token[] = [];
  const searching = new MatchSearch(
    scanner,
    new BlockSums(head, sums, 16),
    {
      literal: (bytes) => {
        expect(bytes.length).toBeGreaterThan(0);
        tokens.push({ kind: 'literal', bytes: Buffer.from(bytes) });
      },
      match: (block, bytes) => {
        expect(bytes.equals(blockOf(basis, head, block))).toBe(true);
        tokens.push({ kind: 'match', block });
      },
    },
    { strong, isInPlace },
  );
  for (let at = 0, turn = 0, isEnd = false; !isEnd; turn++) {
    const space = searching.nextSpace();
    const length = Math.min(space.length, pieces[turn % pieces.length] as number, file.length - at);
    at += file.copy(space, 0, at, at + length);
    isEnd = at === file.length;
    searching.advance(length, isEnd);
  }
  return joinLiterals(tokens);
}

const blocks = (tokens: readonly Token[]) =>
  tokens.map((token) => (token.kind === 'match' ? token.block : token.bytes.toString('latin1')));

/** Few different bytes, so that blocks repeat and rolling sums collide. */
const contents = fc
  .oneof(
    fc.array(fc.constantFrom(0x00, 0x01, 0xff), { maxLength: 400 }),
    fc.array(fc.nat(255), { maxLength: 400 }),
    fc
      .tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }), fc.nat(12))
      .map(([period, times]) => Array.from({ length: times }, () => period).flat()),
  )
  .map((bytes) => Buffer.from(bytes));

/** A file and what became of it: parts of the old one, moved and repeated, between new bytes. */
const edited = fc
  .tuple(
    contents,
    fc.array(fc.tuple(fc.nat(400), fc.nat(400), fc.uint8Array({ maxLength: 9 })), { maxLength: 6 }),
  )
  .map(([basis, parts]) => ({
    basis,
    file: Buffer.concat(parts.flatMap(([from, to, added]) => [basis.subarray(from, to), Buffer.from(added)])),
  }));

const cut = fc.record({
  blockLength: fc.integer({ min: 1, max: 64 }),
  strongLength: fc.integer({ min: 3, max: 16 }),
  pieces: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
});

describe('the match search', () => {
  it('describes the new file, whatever has changed and however it arrives', () => {
    fc.assert(
      fc.property(edited, cut, ({ basis, file }, how) => {
        fc.pre(basis.length > 0);
        const { head } = describeBasis(basis, how);
        const tokens = search({ basis, file, ...how });
        expect(rebuild(tokens, basis, head).equals(file)).toBe(true);
        expect(search({ basis, file, ...how, pieces: [Infinity] })).toEqual(tokens);
      }),
      { numRuns: runs(400) },
    );
  });

  it('describes it also for a receiver that overwrites its basis while it reads from it', () => {
    fc.assert(
      fc.property(edited, cut, ({ basis, file }, how) => {
        fc.pre(basis.length > 0);
        const { head } = describeBasis(basis, how);
        const tokens = search({ basis, file, ...how, isInPlace: true });
        expect(rebuildInPlace(tokens, basis, head).equals(file)).toBe(true);
      }),
      { numRuns: runs(400) },
    );
  });

  it('finds every block of an unchanged file in its own place, also in place', () => {
    fc.assert(
      fc.property(contents, cut, fc.boolean(), (basis, how, isInPlace) => {
        fc.pre(basis.length > 0);
        const tokens = search({ basis, file: basis, ...how, isInPlace });
        expect(blocks(tokens)).toEqual([...Array(Math.ceil(basis.length / how.blockLength)).keys()]);
      }),
    );
  });

  it('finds every block behind an insertion', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.nat(9), (added, block) => {
        const basis = generatedBytes(3, 10 * 40);
        const file = Buffer.concat([basis.subarray(0, block * 40), added, basis.subarray(block * 40)]);
        const expected: Array<number | string> = [...Array(10).keys()];
        expected.splice(block, 0, Buffer.from(added).toString('latin1'));
        expect(blocks(search({ basis, file, blockLength: 40, pieces: [7, 90] }))).toEqual(expected);
      }),
    );
  });

  it('works on files of many windows and blocks of any length', () => {
    const basis = generatedBytes(5, 1_500_000);
    const file = Buffer.concat([basis.subarray(700_000), Buffer.from('between'), basis.subarray(0, 700_001)]);
    for (const blockLength of [700, 131_072, 1_000_000, 2_000_000]) {
      const { head } = describeBasis(basis, { blockLength, strongLength: 16 });
      for (const isInPlace of [false, true]) {
        const tokens = search({ basis, file, blockLength, isInPlace });
        const rebuilt = isInPlace ? rebuildInPlace(tokens, basis, head) : rebuild(tokens, basis, head);
        expect(rebuilt.equals(file)).toBe(true);
      }
    }
  });

  it('keeps repeated blocks in ascending order, which packed tokens need to be short', () => {
    const basis = Buffer.alloc(40, 'x');
    expect(blocks(search({ basis, file: basis, blockLength: 8 }))).toEqual([0, 1, 2, 3, 4]);
    const longer = Buffer.alloc(72, 'x');
    expect(blocks(search({ basis, file: longer, blockLength: 8 }))).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3]);
  });

  it('matches the short last block at the end of the file only', () => {
    const basis = Buffer.from('aaaabbbbcc');
    expect(blocks(search({ basis, file: Buffer.from('ccaaaacc'), blockLength: 4 }))).toEqual(['cc', 0, 2]);
    expect(blocks(search({ basis, file: Buffer.from('cc'), blockLength: 4 }))).toEqual([2]);
    expect(blocks(search({ basis, file: Buffer.from('ccx'), blockLength: 4 }))).toEqual(['ccx']);
  });

  it('finds the short last block behind thousands of blocks with its rolling sum', () => {
    const zeros = Buffer.alloc(3000 * 10 + 7);
    const found = blocks(search({ basis: zeros, file: zeros, blockLength: 10 }));
    expect(found).toHaveLength(3001);
    expect(found.at(-1)).toBe(3000);
  });

  it('knows files that are empty or shorter than a block', () => {
    const basis = Buffer.from('abcdefgh');
    expect(search({ basis, file: Buffer.alloc(0), blockLength: 4 })).toEqual([]);
    expect(blocks(search({ basis, file: Buffer.from('abc'), blockLength: 4 }))).toEqual(['abc']);
    expect(blocks(search({ basis: Buffer.from('ab'), file: Buffer.from('xab'), blockLength: 4 }))).toEqual([
      'x',
      0,
    ]);
  });

  it('is not fooled by bytes that have the rolling sum of a block and are others', () => {
    const basis = Buffer.from('the quick brown fox jumps over the lazy dog!');
    // One up, two down, one up: neither the sum of the bytes nor the sum of their sums changes.
    const twin = Buffer.from(basis);
    for (const [at, by] of [1, -2, 1].entries()) twin[at + 4] = (twin[at + 4] as number) + by;
    const tokens = search({ basis, file: Buffer.concat([twin, basis]), blockLength: 44, strongLength: 2 });
    expect(blocks(tokens)).toEqual([twin.toString('latin1'), 0]);
  });

  it('counts matches, places with the rolling sum of a block, and blocks that were others', () => {
    const basis = Buffer.from('the quick brown fox jumps over the lazy dog!');
    const twin = Buffer.from(basis);
    for (const [at, by] of [1, -2, 1].entries()) twin[at + 4] = (twin[at + 4] as number) + by;
    const { head, sums } = describeBasis(basis, { blockLength: 44, strongLength: 2 });
    const sink = { literal: () => {}, match: () => {} };
    const searching = new MatchSearch(scanner, new BlockSums(head, sums, 16), sink, {
      strong: md5,
      isInPlace: false,
    });
    const file = Buffer.concat([twin, basis]);
    searching.advance(file.copy(searching.nextSpace()), true);
    expect(searching.counts).toEqual({ matches: 1, hashHits: 2, falseAlarms: 1 });
  });

  it('sums each place once, however many blocks have the same rolling sum', () => {
    const basis = Buffer.alloc(64 * 100);
    for (let block = 0; block < 100; block++) {
      basis.set(
        [100 + block, 255 - 2 * block, 100 + block].map((byte) => byte & 0xff),
        block * 64 + 8,
      );
    }
    let summed = 0;
    const strong = (bytes: Uint8Array) => {
      summed += 1;
      return md5(bytes);
    };
    const { sums } = describeBasis(basis, { blockLength: 64, strongLength: 16 });
    const rolling = new Set([...Array(100).keys()].map((block) => sums.readUInt32LE(block * 20)));
    expect(rolling.size).toBeLessThan(50);
    search({ basis, file: basis.subarray(640), blockLength: 64, strong });
    expect(summed - 100).toBeLessThanOrEqual(basis.length - 640);
  });

  describe('of a basis that was made to cost time', () => {
    /** Sends a file of zeros to a receiver that claims to have these blocks, each with the rolling sum of zeros. */
    function searchZeros(
      length: number,
      { blockCount, blockLength }: { readonly blockCount: number; readonly blockLength: number },
      options: { readonly strongLength?: number; readonly isLengthWanted?: boolean } = {},
    ) {
      const { strongLength = 16, ...wishes } = options;
      const head = { blockCount, blockLength, strongLength, remainder: 0 };
      const sums = Buffer.alloc(blockCount * (4 + strongLength));
      const summed = { times: 0, bytes: 0 };
      const strong = (bytes: Uint8Array) => {
        summed.times += 1;
        summed.bytes += bytes.length;
        return md5(Buffer.of(1));
      };
      let sent = 0;
      const sink = {
        literal: (bytes: Buffer) => {
          sent += bytes.length;
        },
        match: (_block: number, bytes: Buffer) => {
          sent += bytes.length;
        },
      };
      const searching = new MatchSearch(scanner, new BlockSums(head, sums, 16), sink, {
        strong,
        isInPlace: false,
        ...wishes,
      });
      let most = 0;
      for (let at = 0; at < length; ) {
        const piece = Math.min(searching.nextSpace().fill(0).length, length - at);
        at += piece;
        searching.advance(piece, at === length);
        most = Math.max(most, searching.takeCost());
      }
      expect(sent).toBe(length);
      return { ...summed, ...searching.counts, most };
    }

    it('sums a bounded number of bytes', () => {
      expect(searchZeros(400_000, { blockCount: 1, blockLength: 1000 }).bytes).toBeLessThan(30_000_000);
    });

    it('compares a bounded number of blocks, where thousands have the rolling sum of every place', () => {
      const { times, falseAlarms } = searchZeros(400_000, { blockCount: 5000, blockLength: 1 });
      expect(falseAlarms).toBeLessThan(3_000_000);
      expect(times).toBeLessThan(3000);
    });

    it('looks at a bounded number of places, however short the blocks are', () => {
      expect(searchZeros(4_000_000, { blockCount: 2, blockLength: 1 }).times).toBeLessThan(100_000);
      // Without strong sums everything is a match.
      const { times, matches } = searchZeros(
        4_000_000,
        { blockCount: 2, blockLength: 1 },
        { strongLength: 0 },
      );
      expect(matches).toBe(times);
      expect(times).toBeLessThan(100_000);
    });

    it('does what the user wants with blocks that are short by his own choice', () => {
      const short = { blockCount: 100, blockLength: 4 };
      const { matches } = searchZeros(1_000_000, short, { strongLength: 0, isLengthWanted: true });
      expect(matches).toBe(250_000);
    });

    it('says what it has cost after each piece, so that nobody waits long for his turn', () => {
      const hostile = searchZeros(3_000_000, { blockCount: 1400, blockLength: 700 });
      expect(hostile.most).toBeGreaterThan(16 * 1024 * 1024);
      expect(hostile.most).toBeLessThan(32 * 1024 * 1024);
      const harmless = searchZeros(3_000_000, { blockCount: 1400, blockLength: 700 }, { strongLength: 0 });
      expect(harmless.most).toBeLessThan(2 * 1024 * 1024);
    });
  });

  describe('in place', () => {
    const basis = Buffer.from('aaaabbbbccccdddd');
    const inPlace = (file: string) =>
      blocks(search({ basis, file: Buffer.from(file), blockLength: 4, isInPlace: true }));

    it('takes what is still in front of the place of writing', () => {
      expect(inPlace('ccccdddd')).toEqual([2, 3]);
    });

    it('sends again what has been overwritten', () => {
      expect(inPlace('ccccaaaabbbbdddd')).toEqual([2, 'aaaabbbb', 3]);
    });

    it('takes again what was found to be unchanged in its place', () => {
      expect(inPlace('aaaabbbbaaaa')).toEqual([0, 1, 0]);
    });

    it('prefers a block in its own place to the one it wants next', () => {
      const twice = { basis: Buffer.from('aaaabbbbbbbb'), file: Buffer.from('bbbbbbbb'), blockLength: 4 };
      expect(blocks(search({ ...twice, isInPlace: true }))).toEqual([1, 1]);
      expect(blocks(search(twice))).toEqual([1, 2]);
    });
  });
});
