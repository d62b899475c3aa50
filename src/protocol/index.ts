export * from './errors.ts';
export type {
  DaemonTarget,
  LocalTarget,
  ModuleListTarget,
  ShellTarget,
  Target,
  TargetSyntax,
} from './handshake/target.ts';
export { destinationModule, parseTarget } from './handshake/target.ts';
export { helpText } from './options/help-text.ts';
export { type Environment, type ParsedOptions, parseOptions } from './options/parse-options.ts';
export type {
  ConnectionOptions,
  DeleteMoment,
  FilterOption,
  OutputOptions,
  TransferOptions,
} from './options/transfer-options.ts';
export type { Transport } from './stream/transport.ts';
