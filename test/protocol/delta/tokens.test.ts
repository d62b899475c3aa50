import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainTokens, type TokenOutput } from '../../../src/protocol/delta/tokens.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { decodePlainTokens, joinLiterals, type Token } from '../../support/token-decoder.ts';

/** What is encoded and what passes as a slice, in one buffer. */
function output(): TokenOutput & { wire(): Buffer } {
  const encoder = new Encoder();
  return { encoder, slice: (bytes) => encoder.bytes(bytes), wire: () => encoder.view() };
}

const tokens = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes): Token => {
      return { kind: 'literal', bytes: Buffer.from(bytes) };
    }),
    fc.nat(2 ** 31 - 2).map((block): Token => ({ kind: 'match', block })),
  ),
);

describe('plain tokens', () => {
  it('are the bytes that the real program sends for two blocks around two new bytes', () => {
    const out = output();
    const writer = new PlainTokens(out);
    writer.match(0);
    writer.literal(Buffer.from('XY'));
    writer.match(1);
    writer.end();
    expect(out.wire().toString('hex')).toBe('ffffffff' + '020000005859' + 'feffffff' + '00000000');
  });

  it('mean what was put into them, one file after the other', () => {
    fc.assert(
      fc.property(fc.array(tokens, { minLength: 1, maxLength: 3 }), (files) => {
        const out = output();
        const writer = new PlainTokens(out);
        for (const file of files) {
          for (const token of file) {
            if (token.kind === 'literal') writer.literal(token.bytes);
            else writer.match(token.block);
          }
          writer.end();
        }
        let wire = out.wire();
        for (const file of files) {
          const decoded = decodePlainTokens(wire);
          expect(joinLiterals(decoded.tokens)).toEqual(joinLiterals(file));
          wire = wire.subarray(decoded.length);
        }
        expect(wire).toHaveLength(0);
      }),
    );
  });

  it('are never longer than 32,768 bytes, which 3.4.3 takes for an attack', () => {
    const bytes = Buffer.alloc(3 * 32_768 + 5, 'x');
    const out = output();
    const writer = new PlainTokens(out);
    writer.literal(bytes);
    writer.end();
    const lengths = decodePlainTokens(out.wire()).tokens.map((token) =>
      token.kind === 'literal' ? token.bytes.length : 0,
    );
    expect(lengths).toEqual([32_768, 32_768, 32_768, 5]);
  });
});
