import { scanWasm } from './scan-wasm.ts';
import type { SumHead } from './sum-head.ts';

/** The functions of assembly/scan.ts. */
interface ScanExports {
  enter(
    rolling: number,
    block: number,
    filter: number,
    filterBits: number,
    first: number,
    firstBits: number,
    next: number,
    sums: number,
  ): void;
  value(): number;
  restart(start: number, length: number): void;
  slide(at: number, length: number): void;
  scan(
    at: number,
    last: number,
    length: number,
    filter: number,
    filterBits: number,
    first: number,
    firstBits: number,
    next: number,
    sums: number,
  ): number;
}

/** Where the tables of one basis lie in memory, in bytes. */
interface Layout {
  readonly window: number;
  readonly sums: number;
  readonly next: number;
  readonly first: number;
  readonly firstBits: number;
  readonly filter: number;
  readonly filterBits: number;
  readonly end: number;
}

const PAGE = 65_536;
const SCRAMBLE = 0x9e37_79b1;
const MAX_CANDIDATES = 1024;
const EMPTY = -1;

/**
 * Finds the places of a window that could be blocks of the basis, by their rolling sums. The loops run in
 * WebAssembly, whose memory holds the window and the tables; one scanner serves one file after the other.
 */
export class Scanner {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #loops: ScanExports;
  #layout: Layout = layoutFor(0, 0);
  #window = Buffer.alloc(0);
  #windowLength = 0;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(scanWasm, 'base64'));
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#loops = instance.exports as ScanExports;
  }

  /** Where the bytes to be searched belong. */
  get window(): Buffer {
    return this.#window;
  }

  /**
   * Takes the blocks of another basis and makes a window of `windowLength` bytes. `sums` are the block sums as they
   * came. Slices of the last window must not be in use any more.
   */
  load(head: SumHead, sums: Buffer, windowLength: number): void {
    const layout = layoutFor(windowLength, head.blockCount);
    this.#layout = layout;
    this.#windowLength = windowLength;
    const missing = layout.end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    const { buffer } = this.#memory;
    this.#window = Buffer.from(buffer, layout.window, windowLength);
    new Int32Array(buffer, layout.first, 2 ** layout.firstBits).fill(EMPTY);
    new Uint8Array(buffer, layout.filter, 2 ** (layout.filterBits - 3)).fill(0);
    const { first, firstBits, filter, filterBits, next } = layout;
    // From the last to the first, so that a chain gives the lowest block first.
    for (let block = head.blockCount - 1; block >= 0; block--) {
      const rolling = sums.readUInt32LE(block * (4 + head.strongLength));
      this.#loops.enter(rolling, block, filter, filterBits, first, firstBits, next, layout.sums);
    }
  }

  /** The rolling sum where the search stands, unsigned. */
  get sum(): number {
    return this.#loops.value() >>> 0;
  }

  /** Puts the search on [at, at + length) of the window. */
  restart(at: number, length: number): void {
    this.#check(at, length);
    this.#loops.restart(this.#layout.window + at, length);
  }

  /** Moves the search on by one. */
  slide(at: number, length: number): void {
    this.#check(at, length + 1);
    this.#loops.slide(this.#layout.window + at, length);
  }

  /**
   * Moves the search on from `at` until the sum of `length` bytes is one of the basis or it stands at `last`; returns
   * where it stands. All bytes up to `last + length` must be there.
   */
  scan(at: number, last: number, length: number): number {
    this.#check(last, length);
    const { window, filter, filterBits, first, firstBits, next, sums } = this.#layout;
    const stands = this.#loops.scan(
      window + at,
      window + last,
      length,
      filter,
      filterBits,
      first,
      firstBits,
      next,
      sums,
    );
    return stands - window;
  }

  /** The blocks with the rolling sum where the search stands, the lowest first. */
  *candidates(): Generator<number> {
    const rolling = this.sum;
    const { buffer } = this.#memory;
    const { first, firstBits, next, sums } = this.#layout;
    const slot = Math.imul(rolling, SCRAMBLE) >>> (32 - firstBits);
    const rollings = new Uint32Array(buffer, sums);
    const nexts = new Int32Array(buffer, next);
    let block = new Int32Array(buffer, first)[slot] as number;
    for (let tried = 0; block !== EMPTY && tried < MAX_CANDIDATES; tried++) {
      if (rollings[block] === rolling) yield block;
      block = nexts[block] as number;
    }
  }

  #check(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.#windowLength) return;
    throw new RangeError(`the search left its window: ${at} + ${length} of ${this.#windowLength} bytes`);
  }
}

/** Tables big enough that most places are dismissed by the filter, and chains stay short. */
function layoutFor(windowLength: number, blocks: number): Layout {
  const firstBits = bitsFor(blocks, 10, 22);
  const filterBits = bitsFor(blocks * 8, 15, 27);
  const window = 0;
  const sums = align(window + windowLength);
  const next = align(sums + 4 * blocks);
  const first = align(next + 4 * blocks);
  const filter = align(first + 4 * 2 ** firstBits);
  const end = filter + 2 ** (filterBits - 3);
  return { window, sums, next, first, firstBits, filter, filterBits, end };
}

function bitsFor(count: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.ceil(Math.log2(count + 1))));
}

function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}
