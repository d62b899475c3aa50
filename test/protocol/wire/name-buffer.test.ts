import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName } from '../../../src/protocol/wire/file-name.ts';
import { NameBuffer } from '../../../src/protocol/wire/name-buffer.ts';

describe('the buffer of names', () => {
  it('holds the bytes of each name, long ones and bytes that are no text included', () => {
    const buffer = new NameBuffer();
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.uint8Array({ maxLength: 1000 }).map((bytes) => decodeName(Buffer.from(bytes))),
    );
    fc.assert(
      fc.property(names, (name) => {
        buffer.set(name);
        expect(buffer.bytes.subarray(0, buffer.length)).toEqual(encodeName(name));
      }),
    );
  });
});
