import type { Cursor } from '../wire/cursor.ts';
import type { Encoder } from '../wire/encoder.ts';

/** An id that occurs in the list, and its name where the list was made. */
export interface NamedId {
  readonly id: number;
  readonly name: string;
}

/*
 * After a file list that is not incremental, first the users, then the groups:
 *
 *   { id, length byte, name } ... 0 [length byte, name of id 0]
 *
 * The name of id 0 is there with the compat flag for it. Ids are varints from protocol 30 on, int32 before.
 * Source: docs/protocol chapter 2, section 2.7.
 */

export interface IdListFormat {
  readonly protocol: number;
  readonly idZeroNames: boolean;
}

export function encodeIdList(encoder: Encoder, ids: readonly NamedId[], format: IdListFormat): void {
  for (const { id, name } of ids) {
    if (id === 0) continue;
    encodeId(encoder, id, format);
    encodeShortText(encoder, name);
  }
  encodeId(encoder, 0, format);
  if (format.idZeroNames) encodeShortText(encoder, ids.find(({ id }) => id === 0)?.name ?? '');
}

export function decodeIdList(cursor: Cursor, format: IdListFormat): NamedId[] {
  const ids: NamedId[] = [];
  for (;;) {
    const id = format.protocol >= 30 ? cursor.unsignedVarint() : cursor.uint32();
    if (id === 0) break;
    ids.push({ id, name: decodeShortText(cursor) });
  }
  const zero = format.idZeroNames ? decodeShortText(cursor) : '';
  return zero === '' ? ids : [...ids, { id: 0, name: zero }];
}

function encodeId(encoder: Encoder, id: number, { protocol }: IdListFormat): void {
  if (protocol >= 30) encoder.varint(id);
  else encoder.int32(id);
}

function encodeShortText(encoder: Encoder, text: string): void {
  encoder.uint8(Buffer.byteLength(text));
  encoder.utf8(text);
}

function decodeShortText(cursor: Cursor): string {
  return cursor.bytes(cursor.uint8()).toString();
}
