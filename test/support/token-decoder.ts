/** One step of rebuilding a file, as a receiver sees it. */
export type Token =
  | { readonly kind: 'literal'; readonly bytes: Buffer }
  | { readonly kind: 'match'; readonly block: number };

/** The same with literals that are still packed. */
export type PackedToken =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'match'; readonly block: number };

/** Tokens of one file, and the bytes that they took, the end mark included. */
export interface Decoded<T> {
  readonly tokens: T[];
  readonly length: number;
}

/** Written from docs/protocol chapter 3, section 7.1. */
export function decodePlainTokens(wire: Buffer): Decoded<Token> {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    const word = wire.readInt32LE(at);
    at += 4;
    if (word === 0) return { tokens, length: at };
    if (word < 0) {
      tokens.push({ kind: 'match', block: -1 - word });
      continue;
    }
    if (word > 32_768) throw new Error(`a literal of ${word} bytes, which 3.4.3 refuses`);
    tokens.push({ kind: 'literal', bytes: take(wire, at, word) });
    at += word;
  }
}

/** Written from docs/protocol chapter 3, section 7.2. */
export function decodePackedTokens(wire: Buffer): Decoded<PackedToken> {
  const tokens: PackedToken[] = [];
  let last = 0;
  const match = (first: number, more: number) => {
    for (let block = first; block <= first + more; block++) tokens.push({ kind: 'match', block });
    last = first + more;
  };
  for (let at = 0; ; ) {
    const flag = wire.readUInt8(at);
    at += 1;
    if (flag === 0x00) return { tokens, length: at };
    if (flag >= 0xc0) {
      match(last + (flag & 0x3f), wire.readUInt16LE(at));
      at += 2;
    } else if (flag >= 0x80) {
      match(last + (flag & 0x3f), 0);
    } else if (flag >= 0x40) {
      const length = ((flag & 0x3f) << 8) | wire.readUInt8(at);
      if (length === 0) throw new Error('a piece of data without bytes');
      tokens.push({ kind: 'data', bytes: take(wire, at + 1, length) });
      at += 1 + length;
    } else if (flag === 0x21) {
      match(wire.readInt32LE(at), wire.readUInt16LE(at + 4));
      at += 6;
    } else if (flag === 0x20) {
      match(wire.readInt32LE(at), 0);
      at += 4;
    } else {
      throw new Error(`unknown token 0x${flag.toString(16)}`);
    }
  }
}

/** One literal for each run of them: how they were cut has no meaning. */
export function joinLiterals(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const before = joined.at(-1);
    if (token.kind === 'literal' && before?.kind === 'literal') {
      joined[joined.length - 1] = { kind: 'literal', bytes: Buffer.concat([before.bytes, token.bytes]) };
    } else {
      joined.push(token);
    }
  }
  return joined;
}

function take(wire: Buffer, at: number, length: number): Buffer {
  if (at + length > wire.length) throw new Error(`${length} bytes announced, ${wire.length - at} are there`);
  return wire.subarray(at, at + length);
}
