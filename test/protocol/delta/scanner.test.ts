import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scanner } from '../../../src/protocol/delta/scanner.ts';
import type { SumHead } from '../../../src/protocol/delta/sum-head.ts';
import { compileScan, scanModule } from '../../support/compile-scan.ts';
import { rollingSum } from '../../support/rolling-sum.ts';

const anyBytes = (minLength: number) =>
  fc.oneof(
    fc.uint8Array({ minLength, maxLength: 300 }),
    // Few different bytes: many equal sums.
    fc
      .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength, maxLength: 300 })
      .map((list) => Uint8Array.from(list)),
  );

/** A scanner over `window` whose basis has blocks with these rolling sums. */
function scannerFor(window: Uint8Array, rollings: readonly number[], blockLength: number): Scanner {
  const head: SumHead = { blockCount: rollings.length, blockLength, strongLength: 2, remainder: 0 };
  const sums = Buffer.alloc(rollings.length * 6);
  for (const [block, rolling] of rollings.entries()) sums.writeUInt32LE(rolling, block * 6);
  const scanner = new Scanner();
  scanner.load(head, sums, window.length);
  scanner.window.set(window);
  return scanner;
}

describe('the compiled loops of the search', () => {
  it('are those of their source', async () => {
    const module = join(import.meta.dirname, '..', '..', '..', 'src', 'protocol', 'delta', 'scan-wasm.ts');
    expect(readFileSync(module, 'utf8')).toBe(scanModule(await compileScan()));
  });

  it('sum a window as the definition does, wherever it stands', () => {
    fc.assert(
      fc.property(anyBytes(1), fc.nat(), fc.nat(), (bytes, a, b) => {
        const at = a % bytes.length;
        const length = b % (bytes.length - at + 1);
        const scanner = scannerFor(bytes, [], 1);
        scanner.restart(at, length);
        expect(scanner.sum).toBe(rollingSum(bytes.subarray(at, at + length)));
      }),
    );
  });

  it('sum the largest block full of the largest byte, and do not drift over more bytes than 32 bits can sum', () => {
    for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
      const bytes = Buffer.alloc(3_000_000, byte);
      const scanner = scannerFor(bytes, [], 131_072);
      scanner.restart(0, 131_072);
      const expected = rollingSum(bytes.subarray(0, 131_072));
      expect(scanner.sum).toBe(expected);
      scanner.scan(0, bytes.length - 131_072, 131_072);
      expect(scanner.sum).toBe(expected);
    }
  });

  it('slide to the first place whose sum the basis has, and give its blocks', () => {
    fc.assert(
      fc.property(
        anyBytes(20),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (bytes, length, picks) => {
          const last = bytes.length - length;
          const sumAt = (at: number) => rollingSum(bytes.subarray(at, at + length));
          const rollings = picks.map((pick) => sumAt(pick % (last + 1)));
          const scanner = scannerFor(bytes, rollings, length);
          scanner.restart(0, length);
          for (let from = 0; ; from++) {
            const found = scanner.scan(from, last, length);
            const expected = firstFrom(from, last, (at) => rollings.includes(sumAt(at)));
            expect(found).toBe(expected ?? last);
            expect(scanner.sum).toBe(sumAt(found));
            const blocks = [...rollings.keys()].filter((block) => rollings[block] === sumAt(found));
            expect([...scanner.candidates()]).toEqual(blocks);
            if (found === last) break;
            scanner.slide(found, length);
            from = found;
          }
        },
      ),
    );
  });

  it('find their way among many blocks', () => {
    const length = 16;
    const bytes = Buffer.alloc(40_000, 0).map((_, at) => (at * 2_654_435_761) >>> 24);
    const places = Array.from({ length: 60_000 }, (_, block) => (block * 7919) % (bytes.length - length));
    const rollings = places.map((at) => rollingSum(bytes.subarray(at, at + length)));
    const scanner = scannerFor(bytes, rollings, length);
    scanner.restart(0, length);
    expect(scanner.scan(0, 39_000, length)).toBe(0);
    expect([...scanner.candidates()][0]).toBe(
      places.findIndex((_, block) => rollings[block] === scanner.sum),
    );
  });

  it('give up on a basis whose blocks all look the same', () => {
    const scanner = scannerFor(new Uint8Array(32), new Array(5000).fill(0), 8);
    scanner.restart(0, 8);
    expect([...scanner.candidates()]).toHaveLength(1024);
  });

  it('take only blocks whose strong sum begins as it should, and count the others', () => {
    const head: SumHead = { blockCount: 5, blockLength: 8, strongLength: 2, remainder: 3 };
    const sums = Buffer.from(
      '00000000aabb 00000000aacc 01000000aabb 00000000aabb 00000000aabb'.replaceAll(' ', ''),
      'hex',
    );
    const scanner = new Scanner();
    scanner.load(head, sums, 32);
    scanner.window.fill(0);
    scanner.restart(0, 8);
    expect(scanner.isCandidate).toBe(true);
    expect([...scanner.candidates(Buffer.from('aabb', 'hex'))]).toEqual([0, 3]);
    expect(scanner.falseAlarms).toBe(1);
    expect([...scanner.candidates(Buffer.from('aa', 'hex'))]).toEqual([0, 1, 3]);
    expect([...scanner.candidates(Buffer.from('ff', 'hex'))]).toEqual([]);
    expect(scanner.falseAlarms).toBe(3);
  });

  it('know of blocks as they are entered, the last ones first', () => {
    const head: SumHead = { blockCount: 5, blockLength: 8, strongLength: 2, remainder: 0 };
    const scanner = new Scanner();
    scanner.load(head, Buffer.alloc(30), 32);
    expect([scanner.enter(2), scanner.enter(2), scanner.enter(2), scanner.enter(2)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    scanner.restart(0, 8);
    expect([...scanner.candidates()]).toEqual([0, 1, 2, 3, 4]);
  });

  it('never leave their window', () => {
    const scanner = scannerFor(new Uint8Array(32), [], 8);
    expect(() => scanner.restart(30, 8)).toThrow('the search left its window: 30 + 8 of 32 bytes');
    expect(() => scanner.scan(0, 25, 8)).toThrow('the search left its window');
    expect(() => scanner.slide(24, 8)).toThrow('the search left its window');
  });
});

function firstFrom(from: number, last: number, isWanted: (at: number) => boolean): number | undefined {
  for (let at = from; at <= last; at++) if (isWanted(at)) return at;
  return undefined;
}
