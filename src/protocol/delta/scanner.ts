import { scanWasm } from './scan-wasm.ts';
import type { SumHead } from './sum-head.ts';

/** The functions of assembly/scan.ts. */
interface ScanExports {
  prepare(
    scramble: number,
    filter: number,
    filterBits: number,
    first: number,
    firstBits: number,
    next: number,
    sums: number,
    stride: number,
  ): void;
  enter(from: number, to: number): void;
  value(): number;
  restart(start: number, length: number): void;
  slide(at: number, length: number): void;
  scan(at: number, last: number, length: number): number;
  isCandidate(): number;
  begin(): void;
  find(strong: number, length: number): number;
  triedBlocks(): number;
  falseAlarms(): number;
}

/** Where the tables of one basis lie in memory, in bytes. */
interface Layout {
  readonly window: number;
  readonly digest: number;
  readonly sums: number;
  readonly next: number;
  readonly first: number;
  readonly firstBits: number;
  readonly filter: number;
  readonly filterBits: number;
  readonly end: number;
}

const PAGE = 65_536;
const EMPTY = -1;
/** Bytes of the longest digest. */
const DIGEST_LENGTH = 64;
const NO_DIGEST = Buffer.alloc(0);

/**
 * Finds the places of a window that could be blocks of the basis, by their rolling sums. The loops run in
 * WebAssembly, whose memory holds the window and the tables; one scanner serves one file after the other.
 */
export class Scanner {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #loops: ScanExports;
  readonly #scramble = oddNumber();
  #layout: Layout = layoutFor(0, 0, 0);
  #window = Buffer.alloc(0);
  #windowLength = 0;
  /** Blocks that are still to be entered into the tables: those below this number. */
  #missing = 0;

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
   * came. Slices of the last window must not be in use any more. A short last block is not looked for: it can only be
   * the end of a file.
   */
  load(head: SumHead, sums: Buffer, windowLength: number): void {
    const stride = 4 + head.strongLength;
    const layout = layoutFor(windowLength, head.blockCount, sums.length);
    this.#layout = layout;
    this.#windowLength = windowLength;
    const missing = layout.end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    const { buffer } = this.#memory;
    this.#window = Buffer.from(buffer, layout.window, windowLength);
    Buffer.from(buffer, layout.sums, sums.length).set(sums);
    new Int32Array(buffer, layout.first, 2 ** layout.firstBits).fill(EMPTY);
    new Uint8Array(buffer, layout.filter, 2 ** (layout.filterBits - 3)).fill(0);
    const { first, firstBits, filter, filterBits, next } = layout;
    this.#loops.prepare(this.#scramble, filter, filterBits, first, firstBits, next, layout.sums, stride);
    this.#missing = head.blockCount - (head.remainder > 0 ? 1 : 0);
  }

  /** Enters up to `most` blocks more into the tables; true once they are all there. Else the first scan does it. */
  enter(most: number): boolean {
    const from = Math.max(0, this.#missing - most);
    this.#loops.enter(from, this.#missing);
    this.#missing = from;
    return from === 0;
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
    this.#complete();
    const { window } = this.#layout;
    return this.#loops.scan(window + at, window + last, length) - window;
  }

  /** Whether some block has the rolling sum where the search stands. */
  get isCandidate(): boolean {
    this.#complete();
    return this.#loops.isCandidate() !== 0;
  }

  /**
   * The blocks with the rolling sum where the search stands, the lowest first, and with a strong sum that begins like
   * `digest`.
   */
  *candidates(digest: Buffer = NO_DIGEST): Generator<number> {
    this.#complete();
    const place = this.#layout.digest;
    new Uint8Array(this.#memory.buffer, place, DIGEST_LENGTH).set(digest);
    this.#loops.begin();
    for (;;) {
      const block = this.#loops.find(place, digest.length);
      if (block === EMPTY) return;
      yield block;
    }
  }

  /** Blocks that the last {@link candidates} has looked at. */
  get tried(): number {
    return this.#loops.triedBlocks();
  }

  /** Those of them that had the rolling sum, and another strong one. */
  get falseAlarms(): number {
    return this.#loops.falseAlarms();
  }

  #complete(): void {
    if (this.#missing > 0) this.enter(this.#missing);
  }

  #check(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.#windowLength) return;
    throw new RangeError(`the search left its window: ${at} + ${length} of ${this.#windowLength} bytes`);
  }
}

/** Tables big enough that most places are dismissed by the filter, and chains stay short. */
function layoutFor(windowLength: number, blocks: number, sumsLength: number): Layout {
  const firstBits = bitsFor(blocks, 10, 22);
  const filterBits = bitsFor(blocks * 8, 15, 27);
  const window = 0;
  const digest = align(window + windowLength);
  const sums = digest + DIGEST_LENGTH;
  const next = align(sums + sumsLength);
  const first = align(next + 4 * blocks);
  const filter = align(first + 4 * 2 ** firstBits);
  const end = filter + 2 ** (filterBits - 3);
  return { window, digest, sums, next, first, firstBits, filter, filterBits, end };
}

/** Which rolling sums share a chain is decided by this number, so a peer cannot choose them for that. */
function oddNumber(): number {
  return (Math.floor(Math.random() * 2 ** 32) | 1) >>> 0;
}

function bitsFor(count: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.ceil(Math.log2(count + 1))));
}

function align(offset: number): number {
  return Math.ceil(offset / 16) * 16;
}
