import { describe, expect, it } from 'vitest';
import { ConnectionClosedError, StreamError, UnsupportedError } from '../../../src/protocol/errors.ts';
import { EarlyOfferRejected } from '../../../src/protocol/handshake/negotiation.ts';
import { type SetUpRequest, setUp } from '../../../src/protocol/handshake/set-up.ts';
import { WireReader } from '../../../src/protocol/stream/wire-reader.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

const wishes: SetUpRequest = {
  protocol: 31,
  offersIncrementalRecursion: true,
  transferChecksum: undefined,
  fileListChecksum: undefined,
  compress: false,
  compression: undefined,
  mayNameFirst: false,
};

/** A list of names as it travels. */
const names = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
const CHECKSUMS = names('xxh128 xxh3 xxh64 md5 md4 sha1 none');
const COMPRESSIONS = names('zstd lz4 zlibx zlib none');

/** Hears `said` whole, byte by byte and cut at every place; gives the terms and what was answered. */
async function hear(said: Buffer, request: Partial<SetUpRequest> = {}) {
  const bytewise = [...said.keys()].map((at) => said.subarray(at, at + 1));
  const cuts = [...said.keys()].slice(1).map((at) => [said.subarray(0, at), said.subarray(at)]);
  const heard = [];
  for (const chunks of [[said], bytewise, ...cuts]) {
    const transport = scriptedTransport(chunks);
    const terms = await setUp(new WireReader(transport), new WireWriter(transport), {
      ...wishes,
      ...request,
    });
    heard.push({ terms, answer: Buffer.concat(transport.told).toString('latin1') });
  }
  for (const one of heard) expect(one).toEqual(heard[0]);
  return heard[0] as (typeof heard)[number];
}

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('the set-up', () => {
  it('has nothing to agree on below protocol 30', async () => {
    const { terms, answer } = await hear(Buffer.alloc(0), { protocol: 29, compress: true });
    expect(terms).toEqual({
      protocol: 29,
      incrementalRecursion: false,
      safeFileList: false,
      varintFlags: false,
      idZeroNames: false,
      seedFirst: false,
      inplacePartialDir: false,
      avoidsXattrShortcut: false,
      transferChecksum: 'old-md4',
      fileListChecksum: 'old-md4',
      compression: 'zlib',
    });
    expect(answer).toBe('');
    expect(Object.isFrozen(terms)).toBe(true);
  });

  // The flags that real servers sent: docs/protocol chapter 1, section 9.1, and chapter 3, section 4.4.
  it.each([
    ['3.0.0', '02', { safeFileList: true, seedFirst: false, varintFlags: false, transferChecksum: 'md5' }],
    ['3.1.0', '0e', { safeFileList: true, seedFirst: false, varintFlags: false, transferChecksum: 'md5' }],
    [
      '3.1.3',
      '3e',
      { seedFirst: true, avoidsXattrShortcut: true, varintFlags: false, transferChecksum: 'md5' },
    ],
    ['3.1.3 with recursion', '3f', { incrementalRecursion: true, seedFirst: true, varintFlags: false }],
    ['3.5.0 without v', '817e', { idZeroNames: true, inplacePartialDir: true, varintFlags: false }],
  ])('reads the flags of %s', async (_name, hex, expected) => {
    const { terms, answer } = await hear(bytes(hex));
    expect(terms).toMatchObject(expected);
    expect(answer).toBe('');
  });

  it('takes a list of protocol 30 for unsafe unless the server says otherwise', async () => {
    expect((await hear(bytes('02'), { protocol: 30 })).terms.safeFileList).toBe(false);
    expect((await hear(bytes('0a'), { protocol: 30 })).terms.safeFileList).toBe(true);
  });

  it('answers lists of names with the one that it takes', async () => {
    const { terms, answer } = await hear(Buffer.concat([bytes('81ff'), CHECKSUMS, COMPRESSIONS]), {
      compress: true,
    });
    expect(answer).toBe('\x06xxh128\x04zstd');
    expect(terms).toMatchObject({
      transferChecksum: 'xxh128',
      fileListChecksum: 'xxh128',
      compression: 'zstd',
    });
    expect(terms).toMatchObject({ incrementalRecursion: true, varintFlags: true, idZeroNames: true });
  });

  it('takes the best that an older server has', async () => {
    const old = Buffer.concat([bytes('81fe'), names('md5 md4 none'), names('zlibx zlib none')]);
    const { terms, answer } = await hear(old, { compress: true });
    expect(answer).toBe('\x03md5\x05zlibx');
    expect(terms).toMatchObject({ transferChecksum: 'md5', compression: 'zlibx' });
  });

  it('takes the names of older servers in their order', async () => {
    const answerTo = async (offered: string) =>
      (await hear(Buffer.concat([bytes('81fe'), names(offered)]))).answer;
    expect(await answerTo('xxh64 md5 md4 none')).toBe('\x05xxh64');
    expect(await answerTo('xxh128 xxh3 xxh64 md5 md4 none')).toBe('\x06xxh128');
    expect(await answerTo('xxh3 md5')).toBe('\x04xxh3');
  });

  it('does not mind the case of names', async () => {
    expect((await hear(Buffer.concat([bytes('81fe'), names('MD5 XXH64')]))).answer).toBe('\x05xxh64');
  });

  it('exchanges no names that the options have fixed', async () => {
    const fixed = { transferChecksum: 'md5', fileListChecksum: 'md4' } as const;
    const { terms, answer } = await hear(bytes('81fe'), { ...fixed, compress: true, compression: 'zlib' });
    expect(answer).toBe('');
    expect(terms).toMatchObject({ ...fixed, compression: 'zlib' });
  });

  it('follows the wishes of the user where the server can', async () => {
    const preference = { checksumPreference: ['sha1', 'md5'], compressionPreference: ['zlib'] } as const;
    const both = Buffer.concat([bytes('81fe'), CHECKSUMS, COMPRESSIONS]);
    expect((await hear(both, { ...preference, compress: true })).answer).toBe('\x04sha1\x04zlib');
  });

  it('passes over wishes that we do not know, and reads the others as rsync does', async () => {
    const both = Buffer.concat([bytes('81fe'), CHECKSUMS, COMPRESSIONS]);
    const wishes = {
      checksumPreference: ['crc32', 'XXHash'],
      compressionPreference: ['lz4', 'ZLIBX', 'zstd'],
    };
    expect((await hear(both, { ...wishes, compress: true })).answer).toBe('\x05xxh64\x05zlibx');
    expect((await hear(both, { checksumPreference: ['none'] })).answer).toBe('\x04none');
    const unknown = hear(both, { checksumPreference: ['crc32'] });
    await expect(unknown).rejects.toThrow(
      /no common checksum: the server offers .*, we want none that we know/,
    );
  });

  it('never agrees to do without checksums by itself', async () => {
    await expect(hear(Buffer.concat([bytes('81fe'), names('crc32 none')]))).rejects.toThrow(UnsupportedError);
  });

  it.each([
    ['zlib', 'none'],
    ['zlibx', 'none'],
    ['zstd', 'zstd'],
  ] as const)('takes level 0 of a fixed %s for %s', async (compression, expected) => {
    const wish = { compress: true, compressLevel: 0, compression };
    const heard = await hear(Buffer.concat([bytes('81fe'), CHECKSUMS]), wish);
    expect(heard.terms.compression).toBe(expected);
  });

  it('packs nothing with zlib at level 0, negotiated or not', async () => {
    const wish = { compress: true, compressLevel: 0 };
    const heard = await hear(Buffer.concat([bytes('81fe'), CHECKSUMS, names('zlibx none')]), wish);
    expect([heard.answer, heard.terms.compression]).toEqual(['\x06xxh128\x05zlibx', 'none']);
    expect((await hear(Buffer.alloc(0), { ...wish, protocol: 29 })).terms.compression).toBe('none');
  });

  it('fails without a common name', async () => {
    const foreign = Buffer.concat([bytes('81fe'), names('blake3 crc32')]);
    await expect(hear(foreign)).rejects.toThrow(UnsupportedError);
    await expect(hear(foreign)).rejects.toThrow(
      'the server offers blake3 crc32, we want xxh128 xxh3 xxh64 md5 md4 sha1',
    );
  });

  it('fails when the server recurses without being asked', async () => {
    await expect(hear(bytes('03'), { offersIncrementalRecursion: false })).rejects.toThrow(
      'although we did not offer it',
    );
  });

  it('reads no more names than a list may have', async () => {
    await expect(hear(Buffer.concat([bytes('81fe'), bytes('8100'), Buffer.alloc(256, 'x')]))).rejects.toThrow(
      'length of checksum names: 256 is not in [0, 255]',
    );
  });

  it('refuses flags of more than 32 bits', async () => {
    await expect(hear(bytes('f80000000000'))).rejects.toThrow(StreamError);
  });
});

/** Our lists of names, and an empty frame: frames begin before the server has said anything. */
const NAMED = {
  checksums: '\x1exxh128 xxh3 xxh64 md5 md4 sha1',
  compressions: '\x14zstd zlibx zlib none',
};

describe('names that go first', () => {
  const first = { mayNameFirst: true, compress: true };

  it('are in the order of all servers, so that both sides mean the same', async () => {
    const { terms, answer } = await hear(Buffer.concat([bytes('81ff'), CHECKSUMS, COMPRESSIONS]), first);
    expect(answer).toBe(NAMED.checksums + NAMED.compressions);
    expect(terms).toMatchObject({ transferChecksum: 'xxh128', compression: 'zstd' });
  });

  it('leave before the server has said anything, with frames behind them', async () => {
    const transport = scriptedTransport([]);
    const writer = new WireWriter(transport);
    writer.encoder.latin1('arguments');
    const request = { ...wishes, mayNameFirst: true };
    await expect(setUp(new WireReader(transport), writer, request)).rejects.toThrow(EarlyOfferRejected);
    writer.sendEmptyFrame();
    await writer.flush();
    expect(Buffer.concat(transport.told).toString('latin1')).toBe(
      `arguments${NAMED.checksums}\x00\x00\x00\x07`,
    );
  });

  it('may be fewer than ours at the server', async () => {
    const old = Buffer.concat([bytes('81fe'), names('md5 md4 none'), names('zlib none')]);
    const { terms } = await hear(old, first);
    expect(terms).toMatchObject({ transferChecksum: 'md5', compression: 'zlib' });
  });

  it.each([
    ['has another order', Buffer.concat([bytes('81fe'), names('md5 xxh64')])],
    ['does not negotiate', bytes('817e')],
  ])('are no use where the server %s', async (_what, said) => {
    await expect(hear(said, { mayNameFirst: true })).rejects.toThrow(EarlyOfferRejected);
  });

  it('wait for the server if the user prefers some', async () => {
    const said = Buffer.concat([bytes('81fe'), CHECKSUMS]);
    const { answer } = await hear(said, { mayNameFirst: true, checksumPreference: ['md5', 'xxh64'] });
    expect(answer).toBe('\x03md5');
  });

  it('are none if the options have decided: then nobody is waited for, whatever the server is', async () => {
    const fixed = { transferChecksum: 'md5', fileListChecksum: 'md5' } as const;
    const transport = scriptedTransport([]);
    const writer = new WireWriter(transport);
    await expect(setUp(new WireReader(transport), writer, { ...wishes, ...fixed })).rejects.toThrow(
      ConnectionClosedError,
    );
    writer.sendEmptyFrame();
    await writer.flush();
    expect(Buffer.concat(transport.told)).toEqual(bytes('00000007'));
  });
});
