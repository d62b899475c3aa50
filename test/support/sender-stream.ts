import { EntryDecoder } from '../../src/protocol/file-list/entry-decoder.ts';
import type { EntryFormat } from '../../src/protocol/file-list/file-entry.ts';
import type { Terms } from '../../src/protocol/terms.ts';
import { Cursor } from '../../src/protocol/wire/cursor.ts';
import { IndexDecoder, NDX_DONE } from '../../src/protocol/wire/file-index.ts';
import { decodePackedTokens, decodePlainTokens, type PackedToken, type Token } from './token-decoder.ts';

/** One answer of a sender: an item with the tokens of its file, if it was a transfer, or the end of a phase. */
export type Answer =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'item';
      readonly index: number;
      readonly flags: number;
      /** Basis type, name and sum head as they stand on the wire, in hex. */
      readonly head: string;
      readonly tokens?: ReadonlyArray<Token | PackedToken>;
      readonly sum?: string;
    };

export interface SenderStreamFormat {
  readonly protocol: number;
  readonly isDryRun: boolean;
  readonly isPacked: boolean;
  readonly digestLength: number;
}

/** Takes apart what a sender sends behind its file list: docs/protocol chapter 3, section 3.1. */
export function decodeAnswers(data: Buffer, format: SenderStreamFormat): Answer[] {
  const { protocol, isDryRun, isPacked, digestLength } = format;
  const indexes = new IndexDecoder(protocol);
  const answers: Answer[] = [];
  const cursor = new Cursor(data);
  while (cursor.remaining > 0) {
    const index = indexes.decode(cursor);
    indexes.remember(index);
    if (index === NDX_DONE) {
      answers.push({ kind: 'done' });
      continue;
    }
    const flags = protocol >= 29 ? cursor.uint16() : 0x8000;
    const start = cursor.offset;
    if (flags & 0x0800) cursor.uint8();
    if (flags & 0x1000) cursor.vstring(4095, 'name');
    const isTransfer = (flags & 0x8000) !== 0 && !isDryRun;
    if (isTransfer) cursor.bytes(16);
    const item = { kind: 'item', index, flags, head: data.toString('hex', start, cursor.offset) } as const;
    if (!isTransfer) {
      answers.push(item);
      continue;
    }
    const rest = data.subarray(cursor.offset);
    const { tokens, length } = isPacked ? decodePackedTokens(rest) : decodePlainTokens(rest);
    cursor.bytes(length);
    answers.push({ ...item, tokens, sum: cursor.bytes(digestLength).toString('hex') });
  }
  return answers;
}

/** The format of entries of which nothing is kept but type, size and time: no options that add fields. */
export function plainFormat({ protocol, varintFlags, safeFileList: safeEnd }: Terms): EntryFormat {
  return {
    protocol,
    varintFlags,
    safeEnd,
    owner: false,
    group: false,
    links: false,
    devices: false,
    specials: false,
    hardLinks: false,
    atimes: false,
    checksumLength: 0,
    inlineNames: false,
  };
}

/** What follows a file list that came in one piece, in {@link plainFormat}. */
export function behindList(data: Buffer, terms: Terms): Buffer {
  const decoder = new EntryDecoder(plainFormat(terms));
  const cursor = new Cursor(data);
  decoder.startList(0);
  while (decoder.decode(cursor).kind === 'entry');
  if (terms.protocol < 30) cursor.int32();
  return cursor.takeRest();
}
