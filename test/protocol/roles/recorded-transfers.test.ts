import { describe, expect, it } from 'vitest';
import { digestLengths } from '../../../src/protocol/checksum/strong.ts';
import { EntryDecoder } from '../../../src/protocol/file-list/entry-decoder.ts';
import type { FileEntry } from '../../../src/protocol/file-list/file-entry.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import type { ChecksumName, CompressionName, Terms } from '../../../src/protocol/terms.ts';
import { Cursor } from '../../../src/protocol/wire/cursor.ts';
import { frame, int32 } from '../../support/frames.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';
import { MemoryTree } from '../../support/memory-tree.ts';
import { perform, termsOf } from '../../support/scripted-session.ts';
import { type Answer, decodeAnswers, plainFormat } from '../../support/sender-stream.ts';
import { joinLiterals, type PackedToken, type Token } from '../../support/token-decoder.ts';
import { unpackTokens, zlibUnpacker, zstdUnpacker } from '../../support/unpacker.ts';
import { wireFixtures } from '../../support/wire-fixtures.ts';

interface RecordedTransfer {
  readonly protocol: number;
  readonly options: readonly string[];
  readonly compatFlags: number;
  readonly checksumSeed: number;
  readonly transferChecksum: string;
  readonly compress: string;
  readonly fileListBytes: number;
  readonly basis: string;
  readonly source: string;
  readonly extraSource?: Readonly<Record<string, string>>;
  readonly messagesFromReceiver: ReadonlyArray<[name: string, payload: string, offset?: number]>;
  readonly fromReceiver: string;
  readonly fromSender: string;
}

/** Transfers that cannot be repeated, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'transfer-lz4-p32': 'lz4 is never offered',
  'transfer-pull-delta-md4-p27': 'the server is the sender there',
  'transfer-pull-delta-md5-p30': 'the server is the sender there',
  'transfer-pull-delta-md5-p31': 'the server is the sender there',
};

/** A whole file and its sum, of another checksum but of the same length: everything but the sum can be compared. */
const standIns: Readonly<Record<string, ChecksumName>> = { 'transfer-whole-p32': 'md5' };

const recorded = wireFixtures<RecordedTransfer>('transfer-*');

function termsFor(
  name: string,
  { protocol, compatFlags, transferChecksum, compress }: RecordedTransfer,
): Terms {
  const [recorded] = transferChecksum.split(' ') as [ChecksumName];
  const isOld = recorded === 'md4' && protocol < 30;
  const checksum = standIns[name] ?? (isOld ? 'old-md4' : recorded);
  return termsOf({ protocol, compatFlags, checksum, compression: compress as CompressionName });
}

/** The user's options, from what the server was told. */
function optionsOf({ options }: RecordedTransfer): TransferOptions {
  const cluster = options[1]?.replace(/e\..*/, '') ?? '';
  const appends = options.filter((word) => word === '--append').length;
  return {
    dryRun: cluster.includes('n'),
    backup: cluster.includes('b'),
    hardLinks: cluster.includes('H'),
    inplace: options.includes('--inplace'),
    ...(appends > 0 && { append: appends === 2 ? 'verify' : 'append' }),
  };
}

function decodeList(transfer: RecordedTransfer, terms: Terms): FileEntry[] {
  const format = { ...plainFormat(terms), hardLinks: optionsOf(transfer).hardLinks === true };
  const decoder = new EntryDecoder(format);
  decoder.startList(0);
  const cursor = new Cursor(Buffer.from(transfer.fromSender, 'hex'));
  const entries: FileEntry[] = [];
  for (let record = decoder.decode(cursor); record.kind === 'entry'; record = decoder.decode(cursor)) {
    const { linkLeader, ...entry } = record.entry;
    entries.push(linkLeader === undefined ? entry : { ...entry, inode: { device: 1n, inode: 7n } });
  }
  return entries;
}

function contentOf(text: string): Buffer {
  if (text.startsWith('base64:')) return Buffer.from(text.slice('base64:'.length), 'base64');
  const [, seed, length] = /gen\((\d+),(\d+)\)/.exec(text) ?? [];
  return generatedBytes(Number(seed), Number(length));
}

function treeOf(transfer: RecordedTransfer, terms: Terms): MemoryTree {
  const entries = decodeList(transfer, terms);
  const contents = new Map(entries.map(({ name }) => [name, contentOf(transfer.source)]));
  for (const [name, text] of Object.entries(transfer.extraSource ?? {})) contents.set(name, contentOf(text));
  return new MemoryTree(entries, contents);
}

/** The seed, then the recorded data in frames, with the recorded messages at their places. */
function serverBytes({ checksumSeed, fromReceiver, messagesFromReceiver }: RecordedTransfer): Buffer {
  const data = Buffer.from(fromReceiver, 'hex');
  const parts = [int32(checksumSeed)];
  let from = 0;
  for (const [, payload, offset = data.length - 1] of messagesFromReceiver) {
    if (offset > from) parts.push(frame(0, data.subarray(from, offset)));
    parts.push(frame(100, Buffer.from(payload, 'hex')));
    from = offset;
  }
  return Buffer.concat([...parts, frame(0, data.subarray(from))]);
}

const repeatable = recorded.filter(([name]) => leftOut[name] === undefined);

describe.each(repeatable)('%s', (name, transfer) => {
  const terms = termsFor(name, transfer);
  const listLength = transfer.fileListBytes;
  const isPacked = terms.compression !== 'none';
  const expected = Buffer.from(transfer.fromSender, 'hex');
  const options = optionsOf(transfer);
  const format = {
    protocol: terms.protocol,
    isDryRun: options.dryRun === true,
    isPacked,
    digestLength: digestLengths[terms.transferChecksum],
  };
  const run = (chunks: readonly Buffer[]) =>
    perform({ terms, options, tree: treeOf(transfer, terms), fromServer: chunks });

  it('is answered as the real sender answered it', async () => {
    const { data, messages, result } = await run([serverBytes(transfer)]);
    expect(messages).toEqual([]);
    expect(result).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    if (name.includes('hardlink')) {
      // That client was hand-made and sent the folders in another order.
      const answers = expected.subarray(listLength).toString('hex');
      expect(data.subarray(-answers.length / 2).toString('hex')).toBe(answers);
      return;
    }
    expect(data.toString('hex', 0, listLength)).toBe(expected.toString('hex', 0, listLength));
    if (isPacked || standIns[name] !== undefined) {
      const [ours, theirs] = await Promise.all(
        [data, expected].map((stream) => meaningOf(stream.subarray(listLength))),
      );
      expect(ours).toEqual(theirs);
    } else if (name.includes('redo')) {
      // What was recorded had been damaged on its way, so that there was something to redo.
      expect(data.length).toBe(expected.length);
      expect(data.filter((byte, at) => byte !== expected[at])).toHaveLength(1);
    } else {
      expect(data.toString('hex', listLength)).toBe(expected.toString('hex', listLength));
    }
  });

  it('is answered the same, however the bytes arrive', async () => {
    const bytes = serverBytes(transfer);
    const whole = await run([bytes]);
    for (const size of [1, 3, 4096]) {
      const chunks = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const pieced = await run(chunks);
      expect(pieced.data.equals(whole.data)).toBe(true);
    }
  });

  /** The answers with their literals unpacked, and without sums that are not ours. */
  async function meaningOf(stream: Buffer): Promise<Answer[]> {
    const { protocol, compression } = terms;
    const unpacker =
      compression === 'zstd'
        ? zstdUnpacker()
        : zlibUnpacker({ seesBlocks: compression === 'zlib', protocol });
    const basis = transfer.basis === 'absent' ? Buffer.alloc(0) : contentOf(transfer.basis);
    const meanings: Answer[] = [];
    for (const answer of decodeAnswers(stream, format)) {
      if (answer.kind === 'done' || answer.tokens === undefined) {
        meanings.push(answer);
        continue;
      }
      const tokens = isPacked
        ? await unpackTokens(answer.tokens as PackedToken[], unpacker, (block) =>
            blockAt(basis, answer, block),
          )
        : (answer.tokens as Token[]);
      const sum = standIns[name] === undefined ? answer.sum : 'of another checksum';
      meanings.push({ ...answer, tokens: joinLiterals(tokens), ...(sum !== undefined && { sum }) });
    }
    return meanings;
  }
});

function blockAt(basis: Buffer, { head }: { readonly head: string }, block: number): Buffer {
  const blockLength = Buffer.from(head, 'hex').readInt32LE(head.length / 2 - 12);
  return basis.subarray(block * blockLength, (block + 1) * blockLength);
}

describe('the recorded transfers', () => {
  it('are all repeated, but for those that are named with their reason', () => {
    expect(repeatable.length).toBe(recorded.length - Object.keys(leftOut).length);
    expect(repeatable.length).toBeGreaterThanOrEqual(50);
    const odd = repeatable.filter(
      ([name, { transferChecksum }]) =>
        !((transferChecksum.split(' ')[0] as string) in digestLengths) && standIns[name] === undefined,
    );
    expect(odd.map(([name]) => name)).toEqual([]);
  });
});
