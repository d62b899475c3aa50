export type { Failure } from './backlog.ts';
export type { BatchReport } from './batch-report.ts';
export { checkConfig } from './check-config.ts';
export { ConfigError, type ConfigNote, type ConfigPlace } from './config/config-error.ts';
export { describeConfig, describeRemote } from './config/describe-config.ts';
export { type ConfigPlaces, type ParsedConfig, parseConfig, readConfig } from './config/parse-config.ts';
export type { PathMatch, PathPattern, PatternKind } from './config/path-pattern.ts';
export type * from './config/sersync-config.ts';
export { pluginNames } from './config/sersync-config.ts';
export type { SettleTimes } from './dirty-paths.ts';
export type { EventFilterRules } from './event-filter.ts';
export type { Log } from './log.ts';
export { noticesOf } from './notices.ts';
export type { RemoteStatus } from './remote-status.ts';
export {
  type Replicator,
  type ReplicatorEvents,
  type ReplicatorStatus,
  startReplicator,
} from './replicator.ts';
export { MAX_LANES, type ReplicatorOptions } from './replicator-options.ts';
export { type RemoteSettings, type ReplicatorSettings, settingsOf } from './settings.ts';
export { type TargetConflict, targetConflicts } from './targets.ts';
