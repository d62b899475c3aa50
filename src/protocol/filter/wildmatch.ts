import { parseWildcards, type Segment, type SegmentGroup } from './wildcard-syntax.ts';

/**
 * Makes a test of a wildcard pattern: `?` one byte, `*` bytes without a slash, `**` any bytes, `[...]` one byte of a
 * set. Pattern and text have one character per byte. A malformed pattern matches nothing.
 *
 * The pattern is cut at its stars, and the segments between them are looked for from left to right. The leftmost
 * place is always the best one, except that a `*` cannot reach over a slash: so the segments that `*` holds together
 * form a group, and a group that breaks at a slash is tried again further right. What was found stays known, so that
 * no pattern takes longer than its length times that of the text.
 *
 * Source: docs/protocol chapter 1, section 10.7.
 */
export function compileWildcards(pattern: string): (text: string) => boolean {
  const groups = parseWildcards(pattern);
  if (groups === undefined) return () => false;
  return (text) => {
    let end = 0;
    for (let i = 0; i < groups.length; i++) {
      const search = new GroupSearch(groups[i] as SegmentGroup, text, i === groups.length - 1);
      end = i === 0 ? search.placeAtStart() : search.placeFrom(end);
      if (end < 0) return false;
    }
    return true;
  };
}

/** There is no place, here or further to the right. */
const NOWHERE = -1;
/** A slash came in between; a place further to the right may do. */
const BROKEN = -2;

/** Looks for places of one group of segments in one text. */
class GroupSearch {
  readonly #group: SegmentGroup;
  readonly #text: string;
  readonly #last: number;
  /** The only place for the last segment, if it is to end with the text. */
  readonly #lastPlace: number | undefined;
  /** For each segment, from where it was looked for last and what was found. */
  #known: Array<{ readonly from: number; readonly place: number }> | undefined;
  /** The first slash from `#slashFrom` on; the length of the text if there is none. */
  #slash = -1;
  #slashFrom = 0;

  constructor(group: SegmentGroup, text: string, endsText: boolean) {
    this.#group = group;
    this.#text = text;
    this.#last = group.length - 1;
    this.#lastPlace = endsText ? text.length - this.#segment(this.#last).length : undefined;
  }

  /** Places the group at the start of the text; gives where it ends, or a negative number. */
  placeAtStart(): number {
    const isPossible = this.#last > 0 || this.#lastPlace === undefined || this.#lastPlace === 0;
    return isPossible && this.#segment(0).isAt(this.#text, 0) ? this.#placeRest(0) : NOWHERE;
  }

  /** Places the group as far to the left as possible, from `from` on; gives where it ends, or a negative number. */
  placeFrom(from: number): number {
    this.#known = [];
    for (let start = from; ; start++) {
      start = this.#find(0, start);
      if (start === NOWHERE) return NOWHERE;
      const end = this.#placeRest(start);
      if (end !== BROKEN) return end;
    }
  }

  #placeRest(start: number): number {
    let end = start + this.#segment(0).length;
    for (let i = 1; i <= this.#last; i++) {
      const place = this.#find(i, end);
      if (place === NOWHERE) return NOWHERE;
      if (this.#slashAfter(end) < place) return BROKEN;
      end = place + this.#segment(i).length;
    }
    return end;
  }

  #find(i: number, from: number): number {
    if (i === this.#last && this.#lastPlace !== undefined) {
      const isThere = from <= this.#lastPlace && this.#segment(i).isAt(this.#text, this.#lastPlace);
      return isThere ? this.#lastPlace : NOWHERE;
    }
    const known = this.#known?.[i];
    if (known !== undefined && known.from <= from && from <= known.place) return known.place;
    const place = this.#segment(i).find(this.#text, from);
    if (this.#known !== undefined) this.#known[i] = { from, place };
    return place;
  }

  #slashAfter(from: number): number {
    if (from < this.#slashFrom || from > this.#slash) {
      const slash = this.#text.indexOf('/', from);
      this.#slash = slash === -1 ? this.#text.length : slash;
      this.#slashFrom = from;
    }
    return this.#slash;
  }

  #segment(i: number): Segment {
    return this.#group[i] as Segment;
  }
}
