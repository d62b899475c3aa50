import { describe, expect, it } from 'vitest';
import { RsyncError, UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';
import { checkConnectionOptions, checkTransferOptions } from '../../../src/protocol/options/check-options.ts';
import { resolveOptions } from '../../../src/protocol/options/resolve-options.ts';
import type { ConnectionOptions, TransferOptions } from '../../../src/protocol/options/transfer-options.ts';

/** What a caller without types may hand over. */
const transferOf = (fields: unknown) => fields as TransferOptions;
const connectionOf = (fields: unknown) => fields as ConnectionOptions;

describe('options of a transfer that a program made', () => {
  it.each([
    [{ timeout: -5 }, 'timeout: -5 is not a whole number in [0, 2147483647]'],
    [{ timeout: Number.NaN }, 'timeout: NaN is not a whole number'],
    [{ timeout: 1.5 }, 'timeout: 1.5 is not a whole number'],
    [{ timeout: '5' }, 'timeout: "5" is not a whole number'],
    [{ timeout: Number.POSITIVE_INFINITY }, 'timeout: Infinity is not'],
    [{ maxSize: -1 }, 'maxSize: -1 is not a whole number in [0, '],
    [{ minSize: 1.5 }, 'minSize: 1.5 is not'],
    [{ blockSize: -700 }, 'blockSize: -700 is not'],
    [{ maxDelete: -1 }, 'maxDelete: -1 is not'],
    [{ bwlimit: -1 }, 'bwlimit: -1 is not'],
    [{ stopAfter: 0 }, 'stopAfter: 0 is not a whole number in [1, '],
    [{ compressLevel: 2 ** 40 }, 'compressLevel: 1099511627776 is not'],
    [{ recursive: 'yes' }, 'recursive: "yes" is not true or false'],
    [{ delete: true }, 'delete: true is not one of default, before, during, delay, after'],
    [{ append: 'yes' }, 'append: "yes" is not one of append, verify'],
    [{ itemizeChanges: 3 }, 'itemizeChanges: 3 is not one of 0, 1, 2'],
    [{ oneFileSystem: true }, 'oneFileSystem: true is not one of 0, 1, 2'],
    [{ linkDest: '../x' }, 'linkDest: "../x" is not a list of texts'],
    [{ linkDest: ['a\0b'] }, 'linkDest: this list is not a list of texts without NUL'],
    [{ chmod: [5] }, 'chmod: this list is not a list of texts'],
    [{ suffix: null }, 'suffix: null is not a text'],
    [{ tempDir: '' }, 'tempDir: "" is not a path'],
    [{ filters: ['- x'] }, 'filters: this list is not a list of filter options'],
    [{ filters: [{ kind: 'exclude' }] }, 'filters: this list is not'],
    [{ protocol: '31' }, 'protocol: "31" is not a whole number'],
    [{ archive: true }, '"archive" is not a field of TransferOptions'],
    [{ recursiv: true }, '"recursiv" is not a field of TransferOptions; did you mean recursive?'],
    [{ __proto__: null, constructor: 1 }, '"constructor" is not a field of TransferOptions'],
    [null, 'TransferOptions: null is not an object'],
    [[], 'TransferOptions: this list is not an object'],
    ['-a', 'TransferOptions: "-a" is not an object'],
  ])('are refused by the name of the field: %j', (fields, message) => {
    expect(() => checkTransferOptions(transferOf(fields))).toThrow(UsageError);
    expect(() => resolveOptions(transferOf(fields))).toThrow(message);
  });

  it.each([
    [
      { compressChoice: 'lz4' },
      "compressChoice: 'lz4' is not supported; there are auto, zstd, zlibx, zlib, none",
    ],
    [{ checksumChoice: 'foo' }, "checksumChoice: 'foo' is not supported; there are auto, xxh128"],
    [{ checksumChoice: 'md5,foo' }, "checksumChoice: 'md5,foo' is not supported"],
    [{ checksumChoice: 'md5,md4,md5' }, 'checksumChoice'],
    [{ checksumChoice: '' }, 'checksumChoice'],
    [{ checksumChoice: 'old-md4' }, 'checksumChoice'],
  ])('name an algorithm that is not there: %j', (fields, message) => {
    expect(() => resolveOptions(transferOf(fields))).toThrow(UnsupportedError);
    expect(() => resolveOptions(transferOf(fields))).toThrow(message);
  });

  it('may leave fields undefined, and be resolved twice', () => {
    const given = transferOf({
      recursive: true,
      timeout: undefined,
      checksumChoice: 'xxh64,md5',
      protocol: 30,
    });
    expect(() => resolveOptions(resolveOptions(given))).not.toThrow();
  });

  it('must fit a version of the protocol', () => {
    for (const protocol of [26, 0, -1, 33, 100])
      expect(() => resolveOptions({ protocol })).toThrow(RsyncError);
  });
});

describe('options of a connection that a program made', () => {
  it.each([
    [{ port: 0 }, 'port: 0 is not a whole number in [1, 65535]'],
    [{ port: '873' }, 'port: "873" is not'],
    [{ family: 5 }, 'family: 5 is not one of 4, 6'],
    [{ contimeout: -1 }, 'contimeout: -1 is not a number of seconds'],
    [{ contimeout: Number.NaN }, 'contimeout: NaN is not'],
    [{ loginTimeout: Number.POSITIVE_INFINITY }, 'loginTimeout: Infinity is not'],
    [{ askPassword: 'pw' }, 'askPassword: "pw" is not a function'],
    [{ address: '' }, 'address: "" is not a path'],
    [{ pasword: 'x' }, '"pasword" is not a field of ConnectionOptions; did you mean password?'],
  ])('are refused by the name of the field: %j', (fields, message) => {
    expect(() => checkConnectionOptions(connectionOf(fields))).toThrow(UsageError);
    expect(() => checkConnectionOptions(connectionOf(fields))).toThrow(message);
  });

  it('are not repeated where they may hold a secret', () => {
    for (const field of ['password', 'proxy', 'connectProgram'])
      expect(() => checkConnectionOptions(connectionOf({ [field]: ['s3cret'] }))).toThrow(
        `${field}: its value is not a text`,
      );
  });

  it('do not name a remote shell, which would be left out in silence', () => {
    expect(() => checkConnectionOptions({ rsh: 'ssh' })).toThrow(UnsupportedError);
  });
});
