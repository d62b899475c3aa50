import type { FilterRule } from '../../src/protocol/filter/rule.ts';
import { type Direction, encodeFilterList } from '../../src/protocol/filter/wire.ts';
import { Cursor } from '../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../src/protocol/wire/encoder.ts';
import { decodeName } from '../../src/protocol/wire/file-name.ts';

/** The rules as a server gets to see them. */
export function wireTexts(rules: readonly FilterRule[], direction: Direction, protocol = 32): string[] {
  const encoder = new Encoder();
  encodeFilterList(encoder, rules, protocol, direction);
  return textsOnWire(encoder.view());
}

/** The texts of a recorded filter list. */
export function textsOnWire(wire: Buffer): string[] {
  const texts: string[] = [];
  const cursor = new Cursor(wire);
  for (let length = cursor.int32(); length !== 0; length = cursor.int32()) {
    texts.push(decodeName(cursor.bytes(length)));
  }
  return texts;
}
