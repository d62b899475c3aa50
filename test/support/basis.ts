import { createHash } from 'node:crypto';
import type { SumHead } from '../../src/protocol/delta/sum-head.ts';
import { rollingSum } from './rolling-sum.ts';
import type { Token } from './token-decoder.ts';

/** The strong sum of tests that are not about checksums. */
export function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** How a generator describes its basis file: docs/protocol chapter 3, sections 3.1, 4.2 and 5.3. */
export function describeBasis(
  basis: Buffer,
  cut: { readonly blockLength: number; readonly strongLength: number },
  strong: (bytes: Uint8Array) => Buffer = md5,
): { head: SumHead; sums: Buffer } {
  const head: SumHead = {
    ...cut,
    blockCount: Math.ceil(basis.length / cut.blockLength),
    remainder: basis.length % cut.blockLength,
  };
  const sums: Buffer[] = [];
  for (let at = 0; at < basis.length; at += cut.blockLength) {
    const block = basis.subarray(at, at + cut.blockLength);
    sums.push(rollingBytes(block), strong(block).subarray(0, cut.strongLength));
  }
  return { head, sums: Buffer.concat(sums) };
}

export function blockOf(basis: Buffer, { blockLength }: SumHead, block: number): Buffer {
  return basis.subarray(block * blockLength, (block + 1) * blockLength);
}

/** The file that a receiver builds beside its basis. */
export function rebuild(tokens: readonly Token[], basis: Buffer, head: SumHead): Buffer {
  return Buffer.concat(
    tokens.map((token) => (token.kind === 'literal' ? token.bytes : blockOf(basis, head, token.block))),
  );
}

/** The file that a receiver builds by overwriting its basis while it reads from it, as with `--inplace`. */
export function rebuildInPlace(tokens: readonly Token[], basis: Buffer, head: SumHead): Buffer {
  const length = tokens.reduce((sum, token) => sum + tokenLength(token, basis, head), 0);
  const file = Buffer.alloc(Math.max(length, basis.length));
  basis.copy(file);
  let at = 0;
  for (const token of tokens) {
    const bytes = token.kind === 'literal' ? token.bytes : blockOf(file, head, token.block);
    at += Buffer.from(bytes.subarray(0, tokenLength(token, basis, head))).copy(file, at);
  }
  return file.subarray(0, at);
}

function tokenLength(token: Token, basis: Buffer, head: SumHead): number {
  return token.kind === 'literal' ? token.bytes.length : blockOf(basis, head, token.block).length;
}

function rollingBytes(block: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(rollingSum(block));
  return bytes;
}
