import type { SumHead } from './sum-head.ts';

/** Blocks above which the table of rolling sums gets more than 16 bits. */
const SMALL_TABLE_BLOCKS = 52_000;
/** Candidates per position after which the search gives up: a hostile basis must not cost more. */
const MAX_CANDIDATES = 1024;
const NONE = -1;

/**
 * The sums of a basis file, as the generator sent them, and where to find a block by its rolling sum:
 *
 *   per block: uint32 rolling sum | strong sum, `strongLength` bytes
 */
export class BlockSums {
  readonly head: SumHead;
  readonly #sums: Buffer;
  /** Bytes of the strong sums that mean something: old servers send more than a digest has. */
  readonly #compared: number;
  readonly #rolling: Uint32Array;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  /** `sums` are the bytes from the wire, `digestLength` is that of the session's checksum. */
  constructor(head: SumHead, sums: Buffer, digestLength: number) {
    this.head = head;
    this.#sums = sums;
    this.#compared = Math.min(head.strongLength, digestLength);
    this.#mask = tableSize(head.blockCount) - 1;
    this.#rolling = new Uint32Array(head.blockCount);
    this.#first = new Int32Array(this.#mask + 1).fill(NONE);
    this.#next = new Int32Array(head.blockCount);
    for (let block = head.blockCount - 1; block >= 0; block--) this.#insert(block);
  }

  /** Whether any block could have this rolling sum; cheap, and wrong only in saying yes. */
  mayContain(rolling: number): boolean {
    return this.#first[this.#slot(rolling)] !== NONE;
  }

  /** The blocks with this rolling sum, the lowest first. */
  *candidates(rolling: number): Generator<number> {
    let block = this.#first[this.#slot(rolling)] as number;
    for (let tried = 0; block !== NONE && tried < MAX_CANDIDATES; tried++) {
      if (this.#rolling[block] === rolling) yield block;
      block = this.#next[block] as number;
    }
  }

  rollingOf(block: number): number {
    return this.#rolling[block] as number;
  }

  /** Whether the strong sum of a block begins like this digest. */
  isStrong(block: number, digest: Buffer): boolean {
    const start = this.#place(block) + 4;
    return this.#sums.compare(digest, 0, this.#compared, start, start + this.#compared) === 0;
  }

  /** Whether two blocks cannot be told apart. */
  isSame(one: number, other: number): boolean {
    if (this.#rolling[one] !== this.#rolling[other]) return false;
    const start = this.#place(other) + 4;
    return this.isStrong(one, this.#sums.subarray(start, start + this.#compared));
  }

  #insert(block: number): void {
    const rolling = this.#sums.readUInt32LE(this.#place(block));
    const slot = this.#slot(rolling);
    this.#rolling[block] = rolling;
    this.#next[block] = this.#first[slot] as number;
    this.#first[slot] = block;
  }

  #slot(rolling: number): number {
    return ((rolling >>> 16) + (rolling & 0xffff) + Math.imul(rolling >>> 16, 0x9e5)) & this.#mask;
  }

  #place(block: number): number {
    return block * (4 + this.head.strongLength);
  }
}

function tableSize(blocks: number): number {
  let size = 1 << 16;
  while (blocks > SMALL_TABLE_BLOCKS && size < blocks && size < 1 << 24) size *= 2;
  return size;
}
