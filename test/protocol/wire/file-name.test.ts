import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareNames,
  decodeName,
  encodeName,
  NameBuffer,
  systemPath,
} from '../../../src/protocol/wire/file-name.ts';

const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const almostText = fc
  .array(fc.oneof(fc.constantFrom('é', '中', '😀', 'a', '/'), fc.integer({ min: 0x80, max: 0xff })), {
    maxLength: 12,
  })
  .map((parts) =>
    Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part)))),
  );

describe('file names', () => {
  it('keep any bytes exactly', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, almostText), (bytes) => {
        expect(encodeName(decodeName(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('are ordinary text where the bytes are UTF-8', () => {
    expect(decodeName(Buffer.from('naïve 中 😀'))).toBe('naïve 中 😀');
  });

  it('show GBK bytes as lone surrogates, and go to the file system as bytes', () => {
    const gbk = Buffer.from('d6d0cec4', 'hex');
    expect(decodeName(gbk)).toBe('\udcd6\udcd0\udcce\udcc4');
    expect(systemPath(decodeName(gbk))).toEqual(gbk);
    expect(systemPath('plain')).toBe('plain');
  });

  it('are ordered as bytes', () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, almostText), fc.oneof(anyBytes, almostText), (a, b) => {
        expect(Math.sign(compareNames(decodeName(a), decodeName(b)))).toBe(Buffer.compare(a, b));
      }),
    );
    expect(compareNames('\uffee', '😀')).toBeLessThan(0);
  });
});

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
