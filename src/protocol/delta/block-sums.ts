import type { SumHead } from './sum-head.ts';

/**
 * The strong sums of a basis file, as the generator sent them:
 *
 *   per block: uint32 rolling sum | strong sum, `strongLength` bytes
 */
export class BlockSums {
  readonly head: SumHead;
  /** The bytes as they came. */
  readonly bytes: Buffer;
  /** Bytes of the strong sums that mean something: old servers send more than a digest has. */
  readonly #compared: number;

  /** `digestLength` is that of the session's checksum. */
  constructor(head: SumHead, bytes: Buffer, digestLength: number) {
    this.head = head;
    this.bytes = bytes;
    this.#compared = Math.min(head.strongLength, digestLength);
  }

  rolling(block: number): number {
    return this.bytes.readUInt32LE(this.#place(block));
  }

  /** The part of a digest that is compared with strong sums. */
  comparedOf(digest: Buffer): Buffer {
    return digest.subarray(0, this.#compared);
  }

  /** Whether the strong sum of a block begins like this digest. */
  isStrong(block: number, digest: Buffer): boolean {
    const start = this.#place(block) + 4;
    return this.bytes.compare(digest, 0, this.#compared, start, start + this.#compared) === 0;
  }

  /** Whether two blocks cannot be told apart. */
  isSame(one: number, other: number): boolean {
    const length = 4 + this.#compared;
    const [start, otherStart] = [this.#place(one), this.#place(other)];
    return this.bytes.compare(this.bytes, otherStart, otherStart + length, start, start + length) === 0;
  }

  #place(block: number): number {
    return block * (4 + this.head.strongLength);
  }
}
