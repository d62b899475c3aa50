import { anyButSlash, type ByteSet, parseSet } from './byte-set.ts';

/** A piece of a pattern between two stars: so many bytes, each literal or of a set. */
export interface Segment {
  readonly length: number;
  isAt(text: string, at: number): boolean;
  /** The leftmost place from `from` on, or -1. */
  find(text: string, from: number): number;
}

/** Segments that are held together by `*`. */
export type SegmentGroup = readonly Segment[];

/**
 * Cuts a pattern at its stars: groups with `**` between them, segments with `*` between them inside of a group. A
 * star at the start or the end of the pattern leaves an empty segment there. Undefined if the pattern is malformed.
 */
export function parseWildcards(pattern: string): readonly SegmentGroup[] | undefined {
  let group: Segment[] = [];
  const groups = [group];
  let bytes: SegmentByte[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '*') {
      group.push(segmentOf(bytes));
      bytes = [];
      if (pattern[at + 1] !== '*') continue;
      while (pattern[at + 1] === '*') at += 1;
      group = [];
      groups.push(group);
    } else if (character === '[') {
      const parsed = parseSet(pattern, at);
      if (parsed === undefined) return undefined;
      bytes.push(parsed.set);
      at = parsed.end - 1;
    } else if (character === '?') {
      bytes.push(anyButSlash);
    } else {
      if (character === '\\') at += 1;
      if (at === pattern.length) return undefined;
      bytes.push(pattern.charCodeAt(at));
    }
  }
  group.push(segmentOf(bytes));
  return groups;
}

type SegmentByte = number | ByteSet;

function segmentOf(bytes: readonly SegmentByte[]): Segment {
  return bytes.every((byte) => typeof byte === 'number')
    ? literalSegment(String.fromCharCode(...bytes))
    : mixedSegment(bytes);
}

function literalSegment(literal: string): Segment {
  return {
    length: literal.length,
    isAt: (text, at) => text.startsWith(literal, at),
    find: (text, from) => text.indexOf(literal, from),
  };
}

function mixedSegment(bytes: readonly SegmentByte[]): Segment {
  const isAt = (text: string, at: number) => {
    for (let i = 0; i < bytes.length; i++) {
      const byte = text.charCodeAt(at + i);
      const wanted = bytes[i];
      if (typeof wanted === 'number' ? wanted !== byte : wanted?.[byte] !== 1) return false;
    }
    return true;
  };
  const find = (text: string, from: number) => {
    for (let at = from; at + bytes.length <= text.length; at++) if (isAt(text, at)) return at;
    return -1;
  };
  return { length: bytes.length, isAt, find };
}
