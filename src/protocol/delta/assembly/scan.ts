/*
 * The inner loops of the match search, for the AssemblyScript compiler: `npm run build:wasm` makes ../scan-wasm.ts of
 * this file. The memory is laid out by scanner.ts; all offsets are bytes.
 *
 * Source of the rolling checksum: docs/protocol chapter 3, section 4.2.
 */

/** The sums under the window, kept from one call of `scan` to the next. */
let s1: i32 = 0;
let s2: i32 = 0;

const SCRAMBLE: u32 = 0x9e3779b1;

/** Blocks of one chain that are looked at: a hostile basis must not make every position expensive. */
const MAX_CANDIDATES: i32 = 1024;

/** The place of a rolling sum in a table of 2^bits. */
function slot(rolling: u32, bits: u32): u32 {
  return (rolling * SCRAMBLE) >> (32 - bits);
}

/** The rolling sum of the window. */
export function value(): u32 {
  return (<u32>s1 & 0xffff) | (<u32>s2 << 16);
}

/** Enters block number `block` with this rolling sum into filter and chains. */
export function enter(
  rolling: u32,
  block: i32,
  filter: usize,
  filterBits: u32,
  first: usize,
  firstBits: u32,
  next: usize,
  sums: usize,
): void {
  const bit = slot(rolling, filterBits);
  store<u8>(filter + (bit >> 3), load<u8>(filter + (bit >> 3)) | (<u8>1 << (<u8>bit & 7)));
  const chain = first + (<usize>slot(rolling, firstBits) << 2);
  store<i32>(next + (<usize>block << 2), load<i32>(chain));
  store<i32>(chain, block);
  store<u32>(sums + (<usize>block << 2), rolling);
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
export function scan(
  at: usize,
  last: usize,
  length: i32,
  filter: usize,
  filterBits: u32,
  first: usize,
  firstBits: u32,
  next: usize,
  sums: usize,
): usize {
  let a = s1;
  let b = s2;
  const shift = 32 - filterBits;
  for (; at < last; at++) {
    const rolling = (<u32>a & 0xffff) | (<u32>b << 16);
    const bit = (rolling * SCRAMBLE) >> shift;
    if (load<u8>(filter + (bit >> 3)) & (<u8>1 << (<u8>bit & 7))) {
      if (isKnown(rolling, first, firstBits, next, sums)) break;
    }
    const gone = <i32>load<i8>(at);
    a += <i32>load<i8>(at + length) - gone;
    b += a - length * gone;
  }
  s1 = a;
  s2 = b;
  return at;
}

function isKnown(rolling: u32, first: usize, firstBits: u32, next: usize, sums: usize): bool {
  let block = load<i32>(first + (<usize>slot(rolling, firstBits) << 2));
  for (let tried = 0; block >= 0 && tried < MAX_CANDIDATES; tried++) {
    if (load<u32>(sums + (<usize>block << 2)) == rolling) return true;
    block = load<i32>(next + (<usize>block << 2));
  }
  return false;
}
