export { listModules, type ModuleLine, type ModuleList } from './client/list-modules.ts';
export { openPush, push } from './client/push.ts';
export { type PushChangesOptions, pushChanges } from './client/push-changes.ts';
export type { PushListeners, PushResult, PushStatistics, RunningPush } from './client/push-listeners.ts';
export { PushProgress, type PushProgressEvent, type PushProgressOptions } from './client/push-progress.ts';
export type { ListRequest, OpenPushRequest, PushRequest } from './client/push-request.ts';
export type { PushRun, PushSession } from './client/push-session.ts';
export { pushTree, type TreePush } from './client/push-tree.ts';
export type {
  DaemonTarget,
  LocalTarget,
  ModuleListTarget,
  ShellTarget,
  Target,
  TargetSyntax,
} from './connect/target.ts';
export { daemonUrl, destinationModule, parseTarget } from './connect/target.ts';
export type { SearchCounts } from './delta/match-search.ts';
export type { SumHead } from './delta/sum-head.ts';
export * from './errors.ts';
export type {
  DeviceNumber,
  FileEntry,
  FolderContents,
  IdNames,
  InodeNumber,
} from './file-list/file-entry.ts';
export { isDevice, isDirectory, isRegular, isSpecial, isSymlink } from './file-list/file-mode.ts';
export type { KindCounts } from './file-list/kind-counts.ts';
export type { Listing, SourceFile, SourceTree } from './file-list/source-tree.ts';
export { type FilterEnvironment, parseFilters } from './filter/parse-filters.ts';
export type { CvsIgnore, FilterRule, FilterRules, RuleSettings } from './filter/rule.ts';
export { ForeignLinkError, NamedFileError } from './named-files/named-file-error.ts';
export type { ChecksumChoice, CompressChoice } from './options/algorithm-names.ts';
export { type Environment, type ParsedOptions, parseOptions } from './options/parse-options.ts';
export type { ResolvedOptions } from './options/resolve-options.ts';
export type {
  ConnectionOptions,
  DeleteMoment,
  FilterOption,
  OutputOptions,
  TransferOptions,
} from './options/transfer-options.ts';
export { type Item, itemFlags } from './roles/item.ts';
export { type ItemizeContext, itemize } from './roles/itemize.ts';
export type { SentContent } from './roles/sender.ts';
export type { ConnectionStep } from './session/connection.ts';
export type { PeerMessage } from './session/messages.ts';
export type { Transport } from './stream/transport.ts';
export type { ChecksumName, CompressionName, Terms } from './terms.ts';
export type { ChangeTreeOptions } from './trees/change-tree.ts';
export { openLocalTree } from './trees/local-source.ts';
export { LocalTree, type LocalTreeOptions } from './trees/local-tree.ts';
export type { ModeChange } from './trees/mode-changes.ts';
export { ChangedError } from './trees/source-remover.ts';
export type { ListingOptions } from './trees/stat-entry.ts';
export type { KeptInChanges, TreeAction, TreeChange } from './trees/tree-change.ts';
export { compareNames, decodeName, encodeName } from './wire/file-name.ts';
