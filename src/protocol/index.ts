export * from './errors.ts';
export type {
  ConnectionOptions,
  FilterOption,
  OutputOptions,
  TransferOptions,
} from './options/transfer-options.ts';
export type { Transport } from './stream/transport.ts';
