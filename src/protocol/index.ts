export * from './errors.ts';
export type {
  ConnectionOptions,
  FilterOption,
  OutputOptions,
  TransferOptions,
} from './options/transfer-options.ts';
export type { Transport } from './stream/transport.ts';
export { compareNames, decodeName, encodeName, systemPath } from './wire/file-name.ts';
