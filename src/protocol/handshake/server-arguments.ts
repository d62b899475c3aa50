import type { TransferOptions } from '../options/transfer-options.ts';
import type { Encoder } from '../wire/encoder.ts';
import { encodeName } from '../wire/file-name.ts';

export function serverArguments(
  options: TransferOptions,
  request: { protocol: number; paths: readonly string[]; capabilities: string },
): string[] {
  let c = '-';
  for (const [k, l] of Object.entries({
    verbose: 'v',
    update: 'u',
    dryRun: 'n',
    links: 'l',
    wholeFile: 'W',
    hardLinks: 'H',
    owner: 'o',
    group: 'g',
    devices: 'D',
    times: 't',
    perms: 'p',
    recursive: 'r',
    checksum: 'c',
    ignoreTimes: 'I',
    relative: 'R',
    compress: 'z',
  })) {
    if ((options as Record<string, unknown>)[k]) c += l;
  }
  if (request.protocol >= 30) c += `e.${request.capabilities}`;
  const words = ['--server', c];
  if (options.delete) words.push('--delete');
  if (options.numericIds) words.push('--numeric-ids');
  if (options.itemizeChanges) words.push('--log-format=%i');
  if (options.inplace) words.push('--inplace');
  return [...words, '.', ...request.paths];
}

export function encodeArguments(encoder: Encoder, words: readonly string[], protocol: number): void {
  for (const w of [...words, '']) {
    encoder.bytes(encodeName(w));
    encoder.uint8(protocol >= 30 ? 0 : 10);
  }
}
