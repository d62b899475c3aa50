/*
 * The inner loops of the match search, for the AssemblyScript compiler: `npm run build:wasm` makes ../scan-wasm.ts of
 * this file. The memory is laid out by scanner.ts; all offsets are bytes.
 *
 * Source of the rolling checksum: docs/protocol chapter 3, section 4.2.
 */

/** The sums under the window, kept from one call of `scan` to the next. */
let s1: i32 = 0;
let s2: i32 = 0;

/** Blocks of one chain that are looked at: a hostile basis must not make every position expensive. */
const MAX_CANDIDATES: i32 = 1024;

/** Where the tables are. Odd, and not known to the peer: it could else make chains of blocks that differ. */
let scramble: u32 = 0;
let filter: usize = 0;
let filterShift: u32 = 0;
let first: usize = 0;
let firstShift: u32 = 0;
let next: usize = 0;
/** The block sums as they came: a rolling sum and a strong one each, together so many bytes. */
let sums: usize = 0;
let stride: usize = 0;

/** The chain that `find` walks along. */
let candidate: i32 = -1;
let tried: i32 = 0;
let alarms: i32 = 0;

export function prepare(
  newScramble: u32,
  newFilter: usize,
  filterBits: u32,
  newFirst: usize,
  firstBits: u32,
  newNext: usize,
  newSums: usize,
  newStride: usize,
): void {
  scramble = newScramble;
  filter = newFilter;
  filterShift = 32 - filterBits;
  first = newFirst;
  firstShift = 32 - firstBits;
  next = newNext;
  sums = newSums;
  stride = newStride;
}

/** The rolling sum of the window. */
export function value(): u32 {
  return (<u32>s1 & 0xffff) | (<u32>s2 << 16);
}

/** Enters the blocks from `to` - 1 down to `from` into filter and chains: a chain gives the lowest block first. */
export function enter(from: i32, to: i32): void {
  for (let block = to - 1; block >= from; block--) {
    const scrambled = load<u32>(sums + <usize>block * stride) * scramble;
    const bit = scrambled >> filterShift;
    store<u8>(filter + (bit >> 3), load<u8>(filter + (bit >> 3)) | (<u8>1 << (<u8>bit & 7)));
    const chain = first + (<usize>(scrambled >> firstShift) << 2);
    store<i32>(next + (<usize>block << 2), load<i32>(chain));
    store<i32>(chain, block);
  }
}

/** Puts the window on [start, start + length). */
export function restart(start: usize, length: usize): void {
  let at = start;
  const end = start + length;
  let total: v128 = i32x4.splat(0);
  let totals: v128 = i32x4.splat(0);
  let weighted: v128 = i32x4.splat(0);
  const ones: v128 = i16x8.splat(1);
  const high: v128 = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const low: v128 = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  for (; at + 16 <= end; at += 16) {
    const bytes = v128.load(at);
    const front = i16x8.extend_low_i8x16_s(bytes);
    const back = i16x8.extend_high_i8x16_s(bytes);
    totals = i32x4.add(totals, total);
    total = i32x4.add(total, i32x4.dot_i16x8_s(i16x8.add(front, back), ones));
    weighted = i32x4.add(weighted, i32x4.add(i32x4.dot_i16x8_s(front, high), i32x4.dot_i16x8_s(back, low)));
  }
  s1 = sumOf(total);
  s2 = 16 * sumOf(totals) + sumOf(weighted);
  for (; at < end; at++) {
    s1 += load<i8>(at);
    s2 += s1;
  }
}

function sumOf(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}

/** Slides the window of `length` bytes at `at` on by one. */
export function slide(at: usize, length: i32): void {
  const gone = <i32>load<i8>(at);
  s1 += <i32>load<i8>(at + length) - gone;
  s2 += s1 - length * gone;
}

/**
 * Slides the window of `length` bytes on from `at` until its sum is that of some block, or it stands at `last`;
 * returns where it stands.
 */
export function scan(at: usize, last: usize, length: i32): usize {
  let a = s1;
  let b = s2;
  const factor = scramble;
  const bits = filter;
  const shift = filterShift;
  for (; at < last; at++) {
    const rolling = (<u32>a & 0xffff) | (<u32>b << 16);
    const bit = (rolling * factor) >> shift;
    if (load<u8>(bits + (bit >> 3)) & (<u8>1 << (<u8>bit & 7))) {
      if (isKnown(rolling)) break;
    }
    const gone = <i32>load<i8>(at);
    a += <i32>load<i8>(at + length) - gone;
    b += a - length * gone;
  }
  s1 = a;
  s2 = b;
  return at;
}

function chainOf(rolling: u32): i32 {
  return load<i32>(first + (<usize>((rolling * scramble) >> firstShift) << 2));
}

function isKnown(rolling: u32): bool {
  let block = chainOf(rolling);
  for (let steps = 0; block >= 0 && steps < MAX_CANDIDATES; steps++) {
    if (load<u32>(sums + <usize>block * stride) == rolling) return true;
    block = load<i32>(next + (<usize>block << 2));
  }
  return false;
}

/** Whether some block has the rolling sum of the window. */
export function isCandidate(): bool {
  return isKnown(value());
}

/** Begins at the first block that may have the rolling sum of the window. */
export function begin(): void {
  candidate = chainOf(value());
  tried = 0;
  alarms = 0;
}

/** The next block with the rolling sum of the window whose strong sum begins with these bytes, or -1. */
export function find(strong: usize, length: usize): i32 {
  const rolling = value();
  while (candidate >= 0 && tried < MAX_CANDIDATES) {
    const block = candidate;
    candidate = load<i32>(next + (<usize>block << 2));
    tried += 1;
    const at = sums + <usize>block * stride;
    if (load<u32>(at) != rolling) continue;
    if (isEqual(at + 4, strong, length)) return block;
    alarms += 1;
  }
  return -1;
}

function isEqual(one: usize, other: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(one + i) != load<u8>(other + i)) return false;
  return true;
}

/** Blocks that were looked at since `begin`. */
export function triedBlocks(): i32 {
  return tried;
}

/** Those of them that had the rolling sum, and another strong one. */
export function falseAlarms(): i32 {
  return alarms;
}
